from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from mldebt.scan import read_project
from mldebt.settings import Settings

BASE = """
    from torch import nn

    class Recommender(nn.Module):
        def predict(self, rows):
            raise NotImplementedError
"""
ZOO = {
    "zoo/base.py": BASE,
    **{
        f"zoo/{name.lower()}.py": f"""
            from torch import nn
            from zoo.base import Recommender

            class {name}(Recommender):
                def __init__(self):
                    super().__init__()
                    self.loss = nn.BCEWithLogitsLoss()
                    self.layer = nn.Linear(8, 1)

                def calculate_loss(self, rows, labels):
                    return self.loss(self.layer(rows), labels)

                def predict(self, rows):
                    return self.layer(rows)
        """
        for name in ("Alpha", "Beta", "Gamma", "Delta")
    },
    "zoo/make.py": """
        import importlib

        def make(name):
            module = importlib.import_module("zoo." + name.lower())
            return getattr(module, name)()
    """,
}


def kinds(root: Path, texts: Mapping[str, str]) -> dict[str, str]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    return {each.path: each.kind for each in project.components}


def test_models_made_by_their_names_are_models_and_their_losses_no_evaluation(tmp_path: Path) -> None:
    found = kinds(tmp_path, ZOO)
    assert {path: found[path] for path in sorted(found)} == dict.fromkeys(
        ("zoo/alpha.py", "zoo/beta.py", "zoo/delta.py", "zoo/gamma.py"), "model"
    )


def test_the_distance_of_two_things_is_no_evaluation(tmp_path: Path) -> None:
    texts = {
        "names.py": "import Levenshtein\n\ndef near(a, b):\n    return Levenshtein.ratio(a, b) > 0.9\n",
        "like.py": "from scipy.spatial.distance import hamming\n\ndef like(a, b):\n    return hamming(a, b) < 0.1\n",
        "judge.py": "from sklearn.metrics import f1_score\n\ndef judge(a, b):\n    return f1_score(a, b)\n",
    }
    assert kinds(tmp_path, texts) == {"judge.py": "evaluation"}


def test_layers_and_blocks_are_parts_of_models(tmp_path: Path) -> None:
    network = "from torch import nn\n\nclass {}(nn.Module):\n    def forward(self, x):\n        return x\n\nit = {}()\n"
    texts = {
        "nets/click.py": network.format("ClickNet", "ClickNet"),
        "nets/cross.py": network.format("CrossBlock", "CrossBlock"),
        "nets/transforms/tokens.py": network.format("ToTokens", "ToTokens"),
        "nets/dense.py": "import tensorflow as tf\n\nclass Dense(tf.keras.layers.Layer):\n    pass\n\nit = Dense()\n",
        "nets/tower.py": "import tensorflow as tf\n\nclass Tower(tf.keras.Model):\n    pass\n\nit = Tower()\n",
    }
    assert kinds(tmp_path, texts) == {
        "nets/click.py": "model",
        "nets/cross.py": "part of models",
        "nets/dense.py": "part of models",
        "nets/tower.py": "model",
        "nets/transforms/tokens.py": "part of models",
    }


def test_a_class_that_can_also_be_read_from_a_file_is_no_ingestion(tmp_path: Path) -> None:
    texts = {
        "table.py": """
            import pandas as pd

            class Tables:
                def __init__(self, tables):
                    self.tables = tables

                @classmethod
                def load(cls, folder, names):
                    tables = {}
                    for name in names:
                        tables[name] = pd.read_parquet(folder / f"{name}.parquet")
                    return cls(tables)
        """,
        "train.py": """
            from sklearn.linear_model import Ridge
            from table import Tables

            tables = Tables.load(folder, ["clicks"]).tables
            Ridge().fit(tables["clicks"], [])
        """,
    }
    assert kinds(tmp_path, texts) == {"train.py": "training step"}


def test_what_finds_a_peak_trains_nothing(tmp_path: Path) -> None:
    peak = """
        from scipy.optimize import minimize_scalar
        from scipy.stats import gaussian_kde

        class Table:
            def __init__(self, rows):
                self.curve = gaussian_kde(rows)

        def peak(curve):
            return -minimize_scalar(lambda x: -curve(x)[0]).fun
    """
    assert kinds(tmp_path, {"peak.py": peak}) == {}


def test_a_form_of_a_web_page_is_no_model(tmp_path: Path) -> None:
    forms = """
        from django import forms

        class LoginForm(forms.Form):
            name = forms.CharField()

        class CommentForm(forms.ModelForm):
            class Meta:
                fields = ["content"]
    """
    views = """
        from forms import CommentForm, LoginForm

        def login(request):
            form = LoginForm(request.POST)
            return form.is_valid() and CommentForm(request.POST).is_valid()
    """
    assert kinds(tmp_path, {"forms.py": forms, "views.py": views}) == {}


RANKER = """
    from qdrant_client import QdrantClient

    class Similar:
        def __init__(self):
            self.client = QdrantClient()

        def like(self, number):
            return self.client.recommend("items", positive=[number])
"""
PICKED = """
    def best(items, model):
        scores = model.predict(items)
        return [item for _, item in sorted(zip(scores, items), reverse=True)]
"""
SHOP = """
    from fastapi import FastAPI
    from shop.picked import best
    from shop.similar import Similar

    app = FastAPI()

    @app.get("/like")
    def like(number: int):
        return best(Similar().like(number), MODEL)
"""


def test_what_ranks_behind_an_endpoint_is_a_component_of_its_own(tmp_path: Path) -> None:
    served = {"shop/similar.py": RANKER, "shop/picked.py": PICKED, "shop/app.py": SHOP}
    assert kinds(tmp_path / "a", served) == {
        "shop/app.py": "serving boundary",
        "shop/picked.py": "ranking",
        "shop/similar.py": "ranking",
    }
    assert kinds(tmp_path / "b", served | {"shop/app.py": SHOP.replace('@app.get("/like")', "")}) == {}


RESOURCE = """
    import falcon
    from shop.similar import Similar

    class Likes:
        def on_get(self, request, response):
            response.media = Similar().like(request.get_param_as_int("number"))

    class Other:
        def on_get(self, request, response):
            response.media = Similar().like(1)

    app = falcon.App()
    app.add_route("/likes", Likes())
"""
OWN_DECORATOR = """
    from flask import Blueprint, request
    from shop.similar import Similar

    blueprint = Blueprint("shop", __name__)

    def api(blueprint, rule):
        def decorate(implementation):
            def wrapper():
                return implementation(request.get_json())

            blueprint.add_url_rule(rule, view_func=wrapper)
            return implementation

        return decorate

    @api(blueprint, "/likes")
    def likes(asked):
        return Similar().like(asked["number"])
"""


def served(root: Path, app: str) -> list[str]:
    for path, text in {"shop/similar.py": RANKER, "shop/app.py": app}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    project = read_project(root, Settings(cache=False, history=False, jobs=1))
    modules = project.flow.program.modules
    return [
        modules[module].facts.scopes[number].qualname
        for component in project.components
        if component.kind == "serving boundary"
        for module, number in component.units
    ]


def test_a_resource_serves_by_its_responders_and_only_where_it_is_routed_to(tmp_path: Path) -> None:
    assert served(tmp_path, RESOURCE) == ["Likes"]


def test_a_decorator_of_the_repository_that_routes_makes_endpoints(tmp_path: Path) -> None:
    assert served(tmp_path / "a", OWN_DECORATOR) == ["likes"]
    assert served(tmp_path / "b", OWN_DECORATOR.replace("blueprint.add_url_rule(rule, view_func=wrapper)", "")) == []


def test_gradients_alone_are_no_training_and_a_projection_no_model(tmp_path: Path) -> None:
    explain = """
        import torch

        def saliency(net, picture, label):
            score = net(picture)[0, label]
            score.backward()
            return picture.grad.abs()
    """
    train = """
        import torch

        def train(net, rows, labels, optimizer):
            loss = torch.nn.functional.mse_loss(net(rows), labels)
            loss.backward()
            optimizer.step()
    """
    store = """
        from sklearn.decomposition import PCA

        class Store:
            def __init__(self, client):
                self.client = client

            def delete(self, name):
                self.client.delete(name)

            def picture(self, name):
                return PCA(n_components=3).fit_transform(self.client.vectors(name))

        def open_store(client):
            return Store(client)
    """
    chooser = """
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        class Chooser:
            def choose(self, rows, labels):
                self.scaler = StandardScaler().fit(rows)
                self.chosen = LogisticRegression().fit(self.scaler.transform(rows), labels)

        Chooser().choose([[1], [2]], [0, 1])
    """
    texts = {"explain.py": explain, "train.py": train, "store.py": store, "chooser.py": chooser}
    found = kinds(tmp_path, texts)
    assert found == {"train.py": "training step", "store.py": "feature code", "chooser.py": "model"}


ASKER = """
    {imported}

    class Asker({base}):
        def _generate(self, messages, stop=None):
            return super()._generate(messages[-1:], stop)

    asker = Asker(model="gpt-5")
    print(asker.invoke("hello"))
"""


def test_a_client_of_a_language_model_is_no_model(tmp_path: Path) -> None:
    texts = {"ask.py": ASKER.format(imported="from langchain_openai import ChatOpenAI", base="ChatOpenAI")}
    assert "model" not in kinds(tmp_path, texts).values()


def test_a_language_model_of_one_s_own_is_one(tmp_path: Path) -> None:
    imported = "from langchain_core.language_models import BaseLanguageModel"
    texts = {"ask.py": ASKER.format(imported=imported, base="BaseLanguageModel")}
    assert "model" in kinds(tmp_path, texts).values()
