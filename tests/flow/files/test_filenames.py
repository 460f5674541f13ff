import pytest

from mldebt.flow.files.filenames import holds_no_data, holds_weights


@pytest.mark.parametrize(
    "path",
    [
        "config.json",
        "{folder}/model_config.json",
        "conf/base.yaml",
        "prompts/system.txt",
        "vocab.txt",
        "label_map.json",
        "labels.txt",
        "models/best.pt",
        "metrics.json",
        "out/{run}_predictions.csv",
        "word2idx.pkl",
        "README.md",
        "feature_columns.json",
        "cat_to_name.json",
        "monitoring/inference_log.parquet",
        "label_binarizer.pkl",
        "models/means.json",
        "champion_registry.json",
        "label_paths.json",
        "data/train-meta.json",
        "raw/team_map.csv",
        "https://{host}/readyz",
        "saved_models/similar_items.pkl",
        "ontology/tones_v2.csv",
        "{ontology_dir}/tones_v2.csv",
        "input/sample_submission.csv",
        "{path}_movie_to_ix.dict",
        "kept/ix_to_movie.pkl",
        "sybil_calibrator.json",
        "candidates/graph_embeddings.npz",
        "eval/psi.csv",
        "out/drift_2024.csv",
        "out/video_preds/{name}.csv",
        "{sql_path}",
        "{run_dir}/defaults.json",
        "artifacts/encode/{file}",
        "{encoders_dir}/{name}",
        "{}/_global/aliases.json",
        "{}/{run}/data_fingerprint.json",
        "{}/{}/feature_spec_v1.json",
        "{}/registry/{model}/{run_id}/runs.json",
        "out/permutation_importance_all.csv",
        "runs/feature_ranking.csv",
        "dynamics/logits.npz",
        "out/grid_backtest_cache.parquet",
    ],
)
def test_names_of_what_is_no_data(path: str) -> None:
    assert holds_no_data(path)


@pytest.mark.parametrize(
    "path",
    [
        "clicks.csv",
        "data/train_labels.csv",
        "user_history.tsv",
        "reviews.json",
        "{path}",
        "{}",
        "https://example.org/trips-2024.parquet",
        "images/cat.png",
        "artifacts/train.csv",
        "data/inference.csv",
        "meta_books.json",
        "models_of_cars/cars.pkl",
        "drifters.csv",
        "data/embeddings.csv",
        "queries.tsv",
        "reddit/submissions.csv",
        "predictors/rain.csv",
        "predictions_of_experts/rows.csv",
        "credit/loan_defaults.csv",
        "raw/artist_alias.txt",
        "molecules/morgan_fingerprint.csv",
        "registry/patients.csv",
        "raw/importance_of_trade.csv",
        "rankings.csv",
        "back/tests.csv",
        "encoded/{file}",
    ],
)
def test_names_that_say_nothing_against_data(path: str) -> None:
    assert not holds_no_data(path)


def test_a_picture_that_is_written_is_a_plot() -> None:
    assert holds_no_data("curve.png", written=True)


def test_what_was_learnt_is_told_by_its_ending() -> None:
    assert holds_weights("out/{run}/Net.PTH")
    assert not holds_weights("out/net.pt/rows.csv")
