"""What the catalogue says of the libraries that train, store, rank and serve models."""

import pytest

from mldebt.rulebook import Catalogue, load_apis


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_apis()


@pytest.mark.parametrize(
    ("name", "role", "order", "returns"),
    [
        ("torch.topk", "ranks", "ranks", ""),
        ("torch.argsort", "sorts", "sorts", ""),
        ("tensorflow.math.top_k", "ranks", "ranks", ""),
        ("sklearn.model_selection.train_test_split", "splits", "shuffles", ""),
        ("sklearn.metrics.pairwise.cosine_similarity", "predicts", "keeps", "numpy.ndarray"),
        ("faiss.read_index", "loads", "", "faiss.Index"),
        ("sentence_transformers.util.semantic_search", "ranks", "ranks", ""),
        ("transformers.AutoModel.from_pretrained", "loads", "", "transformers.PreTrainedModel"),
        ("transformers.BertModel.from_pretrained", "loads", "", "self"),
        ("xgboost.train", "fits", "", "xgboost.Booster"),
        ("mlflow.sklearn.load_model", "loads", "", "sklearn.base.BaseEstimator"),
        ("chromadb.PersistentClient", "wraps", "", "chromadb.api.ClientAPI"),
        ("langchain.vectorstores.FAISS.from_documents", "saves", "", "self"),
        ("joblib.dump", "stores", "", ""),
        ("mmdet.apis.init_detector", "loads", "", "torch.nn.Module"),
        ("allennlp.predictors.Predictor.from_path", "loads", "", "allennlp.predictors.Predictor"),
        ("river.evaluate.progressive_val_score", "measures", "", ""),
        ("streamlit.dataframe", "serves", "", ""),
    ],
)
def test_functions(catalogue: Catalogue, name: str, role: str, order: str, returns: str) -> None:
    api = catalogue.function(name)
    assert api is not None
    assert role in api.roles
    assert (api.order, api.returns) == (order, returns)


@pytest.mark.parametrize(
    ("type_name", "method", "role", "order"),
    [
        ("torch.Tensor", "topk", "ranks", "ranks"),
        ("torch.Tensor", "argsort", "sorts", "sorts"),
        ("torch.Tensor", "flip", "reverses", "reverses"),
        ("torch.nn.Linear", "__call__", "predicts", "keeps"),
        ("torch.nn.CrossEntropyLoss", "__call__", "measures", ""),
        ("torch.optim.AdamW", "step", "optimizes", ""),
        ("sklearn.ensemble.RandomForestClassifier", "fit", "fits", ""),
        ("sklearn.preprocessing.StandardScaler", "fit_transform", "features", "keeps"),
        ("sklearn.model_selection.GridSearchCV", "fit", "tunes", ""),
        ("ruptures.base.BaseEstimator", "fit", "features", ""),
        ("statsmodels.tsa.api.STL", "fit", "features", "keeps"),
        ("tensorflow.keras.preprocessing.image.ImageDataGenerator", "fit", "features", ""),
        ("sklearn.neighbors.NearestNeighbors", "kneighbors", "ranks", "ranks"),
        ("xgboost.XGBRanker", "predict", "predicts", "keeps"),
        ("keras.Sequential", "fit", "fits", ""),
        ("pytorch_lightning.Trainer", "fit", "fits", ""),
        ("catalyst.dl.SupervisedRunner", "train", "fits", ""),
        ("mmengine.Runner", "train", "fits", ""),
        ("gluonts.torch.DeepAREstimator", "train", "fits", ""),
        ("river.forest.ARFClassifier", "predict_proba_one", "predicts", "keeps"),
        ("faiss.IndexFlatIP", "search", "ranks", "ranks"),
        ("chromadb.Collection", "query", "ranks", "ranks"),
        ("chromadb.Collection", "get", "queries", "loses"),
        ("qdrant_client.QdrantClient", "query_points", "ranks", "ranks"),
        ("langchain_chroma.Chroma", "similarity_search", "ranks", "ranks"),
        ("langchain_community.vectorstores.faiss.FAISS", "similarity_search_with_score", "ranks", "ranks"),
        ("llama_index.core.retrievers.VectorIndexRetriever", "retrieve", "ranks", "ranks"),
        ("sentence_transformers.CrossEncoder", "predict", "predicts", "keeps"),
        ("sentence_transformers.CrossEncoder", "rank", "ranks", "ranks"),
        ("implicit.als.AlternatingLeastSquares", "recommend", "ranks", "ranks"),
        ("gensim.models.KeyedVectors", "most_similar", "ranks", "ranks"),
        ("pyspark.ml.recommendation.ALSModel", "recommendForAllUsers", "ranks", "ranks"),
        ("datasets.DatasetDict", "shuffle", "shuffles", "shuffles"),
        ("fastapi.APIRouter", "get", "serves", ""),
    ],
)
def test_methods(catalogue: Catalogue, type_name: str, method: str, role: str, order: str) -> None:
    api = catalogue.method(type_name, method)
    assert api is not None
    assert role in api.roles
    assert api.order == order


@pytest.mark.parametrize(
    ("type_name", "method", "when"),
    [
        ("torch.nn.Module", "forward", "call"),
        ("torch.utils.data.IterableDataset", "__iter__", "item"),
        ("lightning.LightningModule", "training_step", "train"),
        ("lightning.LightningModule", "forward", "call"),
        ("pytorch_lightning.LightningDataModule", "val_dataloader", "evaluate"),
        ("tensorflow.keras.Model", "call", "call"),
        ("rest_framework.viewsets.ModelViewSet", "list", "serve"),
        ("tornado.web.RequestHandler", "get", "serve"),
        ("graphene.ObjectType", "resolve_feed", "serve"),
        ("graphene.ObjectType", "feed", ""),
        ("torch.nn.Module", "parameters", ""),
    ],
)
def test_hooks(catalogue: Catalogue, type_name: str, method: str, when: str) -> None:
    assert catalogue.hook(type_name, method) == when


@pytest.mark.parametrize(
    "name",
    [
        "datasets.load_dataset",
        "tensorflow_datasets.load",
        "tensorflow.data.TFRecordDataset",
        "torchvision.datasets.ImageFolder",
        "sklearn.datasets.fetch_openml",
    ],
)
def test_platform_readers(catalogue: Catalogue, name: str) -> None:
    api = catalogue.function(name)
    assert api is not None
    assert "reads" in api.roles
    assert api.platform
