import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import networkx as nx
import pytest

from mldebt.errors import UsageError
from mldebt.pipeline.graph.folding import fold, only_about
from mldebt.pipeline.graph.forms import LOOKS
from mldebt.pipeline.graph.graph import FORMS, build_graph, draw_graph, render_form
from mldebt.pipeline.project import Project
from mldebt.scan import read_project
from mldebt.settings import Settings


def render_graph(project: Project, form: str, about: str = "") -> str:
    return render_form(draw_graph(project, about), form)


SHOP = {
    "data.py": """
        import pandas as pd

        def load():
            with open("data/clicks.csv", "r") as lines:
                rows = [line.strip().split(",") for line in lines]
            frame = pd.DataFrame(rows, columns=["item", "age", "clicked"])
            frame = frame.dropna()
            frame["age"] = frame.age.astype(int)
            return frame
        """,
    "features.py": """
        from sklearn.preprocessing import StandardScaler

        def scaled(frame):
            return StandardScaler().fit_transform(frame[["age"]])
        """,
    "train.py": """
        import joblib
        from sklearn.linear_model import LogisticRegression

        from data import load
        from features import scaled

        def train():
            frame = load()
            model = LogisticRegression()
            model.fit(scaled(frame), frame.clicked)
            joblib.dump(model, "models/clicks.joblib")
            return model
        """,
    "judge.py": """
        from sklearn.metrics import roc_auc_score

        from data import load
        from features import scaled
        from train import train

        def judge():
            frame = load()
            print(roc_auc_score(frame.clicked, train().predict(scaled(frame))))
        """,
    "serve.py": """
        import joblib
        from fastapi import FastAPI

        app = FastAPI()
        MODEL = joblib.load("models/clicks.joblib")

        def score(age):
            return float(MODEL.predict([[age]])[0])

        @app.get("/score")
        def one(age: int) -> float:
            return score(age)

        @app.get("/scores")
        def many(ages: list[int]) -> list[float]:
            return [score(age) for age in ages]
        """,
    "nightly.py": """
        import joblib
        import pandas as pd

        def nightly():
            model = joblib.load("models/clicks.joblib")
            items = pd.read_parquet("data/items.parquet")
            items["score"] = model.predict(items)
            items.to_parquet("out/nightly_scores.parquet")
        """,
    "mail.py": """
        import pandas as pd

        def mail():
            for row in pd.read_parquet("out/nightly_scores.parquet").itertuples():
                print(row)
        """,
}


def project(root: Path, texts: Mapping[str, str]) -> Project:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return read_project(root, Settings(cache=False, history=False, jobs=1))


def nodes(graph: "nx.DiGraph[str]", kind: str) -> list[str]:
    return sorted(data["label"] for _, data in graph.nodes(data=True) if data["kind"] == kind)


def arrows(graph: "nx.DiGraph[str]") -> set[tuple[str, str]]:
    label = {name: data["label"] for name, data in graph.nodes(data=True)}
    return {(label[start], label[end]) for start, end in graph.edges}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("shop"), SHOP)


@pytest.fixture(scope="module")
def graph(shop: Project) -> "nx.DiGraph[str]":
    return build_graph(shop)


def test_every_kind_of_node_is_drawn(graph: "nx.DiGraph[str]") -> None:
    assert nodes(graph, "source") == ["data/clicks.csv", "data/items.parquet"]
    assert nodes(graph, "ingestion pipeline") == ["data.py:load"]
    assert nodes(graph, "features") == ["StandardScaler in features.py:scaled"]
    assert nodes(graph, "training step") == ["train.py:train"]
    assert nodes(graph, "model") == ["LogisticRegression"]
    assert nodes(graph, "artifact") == ["models/clicks.joblib"]
    assert nodes(graph, "evaluation") == ["judge.py:judge"]
    assert nodes(graph, "serving boundary") == ["nightly.py:nightly", "serve.py:many", "serve.py:one"]
    assert nodes(graph, "consumer") == ["mail.py:mail"]
    assert {data["kind"] for _, data in graph.nodes(data=True)} == set(LOOKS) - {"data set", "ranking"}


def test_arrows_lead_the_way_data_goes(graph: "nx.DiGraph[str]") -> None:
    for arrow in (
        ("data/clicks.csv", "data.py:load"),
        ("data.py:load", "StandardScaler in features.py:scaled"),
        ("StandardScaler in features.py:scaled", "train.py:train"),
        ("train.py:train", "LogisticRegression"),
        ("LogisticRegression", "models/clicks.joblib"),
        ("LogisticRegression", "judge.py:judge"),
        ("models/clicks.joblib", "serve.py:one"),
        ("models/clicks.joblib", "serve.py:many"),
        ("models/clicks.joblib", "nightly.py:nightly"),
        ("nightly.py:nightly", "mail.py:mail"),
    ):
        assert arrow in arrows(graph), arrow
    assert ("train.py:train", "judge.py:judge") not in arrows(graph)


def test_the_mode_of_open_is_no_source(graph: "nx.DiGraph[str]") -> None:
    assert "r" not in nodes(graph, "source")


def test_every_node_and_arrow_has_its_place(graph: "nx.DiGraph[str]") -> None:
    assert all(re.fullmatch(r"[\w/]+\.py:\d+", data["place"]) for _, data in graph.nodes(data=True))
    assert all(re.fullmatch(r"([\w/]+\.py:\d+)?", data["place"]) for _, _, data in graph.edges(data=True))


READER = """
    import pandas as pd
    from sklearn.linear_model import Ridge

    def fit():
        rows = pd.read_csv({path!r})
        rows = rows.dropna().drop_duplicates()
        rows["a"] = rows.a / rows.b
        model = Ridge().fit(rows[["a"]], rows.b)
        model_file = open("model.pkl", "wb")
        import pickle
        pickle.dump(model, model_file)
    """


def test_relative_paths_of_two_projects_are_two_sources_and_one_address_is_one(tmp_path: Path) -> None:
    near = {f"{name}/fit.py": READER.format(path="rows.csv") for name in "ab"}
    same = build_graph(project(tmp_path / "near", {**near, "a/README.md": "# A\n", "b/README.md": "# B\n"}))
    assert nodes(same, "source") == ["rows.csv (a/fit.py)", "rows.csv (b/fit.py)"]
    far = {f"{name}/fit.py": READER.format(path="s3://lake/rows.csv") for name in "ab"}
    assert nodes(build_graph(project(tmp_path / "far", far)), "source") == ["s3://lake/rows.csv"]


def test_the_tables_of_a_query_are_sources(tmp_path: Path) -> None:
    text = """
        import pandas as pd
        import joblib
        from sklearn.linear_model import Ridge

        def fit(engine):
            rows = pd.read_sql("SELECT c.a, u.b FROM clicks c JOIN users u ON u.id = c.user_id", engine)
            joblib.dump(Ridge().fit(rows[["a"]], rows.b), "ridge.joblib")
        """
    found = build_graph(project(tmp_path, {"fit.py": text}))
    assert nodes(found, "source") == ["table clicks", "table users"]
    assert ("table users", "fit.py:fit") in arrows(found)


def test_models_of_one_name_in_one_file_are_told_apart(tmp_path: Path) -> None:
    text = """
        import joblib
        from sklearn.linear_model import Ridge

        def young(rows):
            joblib.dump(Ridge().fit(rows.a, rows.b), "young.joblib")

        def old(rows):
            joblib.dump(Ridge().fit(rows.a, rows.b), "old.joblib")
        """
    found = build_graph(project(tmp_path, {"train.py": text}))
    assert nodes(found, "model") == ["Ridge (train.py:5)", "Ridge (train.py:8)"]


def test_an_endpoint_shows_the_model_that_others_trained(tmp_path: Path) -> None:
    text = """
        from fastapi import FastAPI
        from sentence_transformers import SentenceTransformer

        app = FastAPI()
        encoder = SentenceTransformer("all-MiniLM-L6-v2")

        @app.post("/embed")
        def embed(text: str) -> list[float]:
            return encoder.encode(text).tolist()
        """
    found = build_graph(project(tmp_path, {"api.py": text}))
    assert arrows(found) == {("SentenceTransformer.encode (not trained here)", "api.py:embed")}


def test_a_model_whose_training_is_elsewhere_is_called_by_its_class(tmp_path: Path) -> None:
    texts = {
        "nets.py": """
            from torch import nn

            class Next(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embedding = nn.Embedding(10, 4)

                def predict(self, items):
                    return self.embedding(items)
            """,
        "api.py": """
            from fastapi import FastAPI
            from nets import Next

            app = FastAPI()
            model = Next()

            @app.post("/next")
            def following(items: list[int]) -> list[float]:
                return model.predict(items)
            """,
    }
    found = build_graph(project(tmp_path, texts))
    assert arrows(found) == {("nets.py:Next", "api.py:following")}


def test_of_a_method_by_its_name_alone_no_training_is_denied(tmp_path: Path) -> None:
    text = """
        from fastapi import FastAPI

        app = FastAPI()

        @app.post("/next")
        def following(ranker, items: list[int]) -> list[float]:
            return ranker.predict(items)
        """
    found = build_graph(project(tmp_path, {"api.py": text}))
    assert arrows(found) == {("ranker.predict (training not seen)", "api.py:following")}


def test_a_likeness_that_an_endpoint_ranks_by_is_no_model(tmp_path: Path) -> None:
    text = """
        from fastapi import FastAPI
        from sklearn.metrics.pairwise import cosine_similarity

        app = FastAPI()

        @app.post("/alike")
        def alike(vectors: list[list[float]]) -> list[list[float]]:
            return cosine_similarity(vectors).tolist()
        """
    found = build_graph(project(tmp_path, {"api.py": text}))
    assert arrows(found) == {("cosine_similarity", "api.py:alike")}
    assert nodes(found, "ranking") == ["cosine_similarity"]


def test_a_table_of_likenesses_is_served_and_their_mean_is_not(tmp_path: Path) -> None:
    table = """
        import pandas as pd
        from sklearn.metrics.pairwise import cosine_similarity

        def alike(vectors):
            pd.DataFrame(cosine_similarity(vectors)).to_csv("alike.csv")
        """
    mean = """
        import numpy as np
        import pandas as pd
        from sklearn.metrics.pairwise import cosine_similarity

        def within(vectors):
            return float(np.sum(np.triu(cosine_similarity(vectors), 1)) / len(vectors))

        def report(lists):
            pd.DataFrame({"within": [within(each) for each in lists]}).to_csv("report.csv")
        """
    found = build_graph(project(tmp_path, {"table.py": table, "mean.py": mean}))
    assert nodes(found, "serving boundary") == ["table.py:alike"]


def test_an_endpoint_that_runs_a_pipeline_of_components_serves(tmp_path: Path) -> None:
    texts = {
        "api.py": """
            from fastapi import FastAPI
            from pipes import choose

            app = FastAPI()

            @app.post("/")
            def root(user: int) -> list[int]:
                return choose(user)
            """,
        "pipes.py": """
            from lenskit.pipeline import PipelineBuilder

            def choose(user):
                return PipelineBuilder("shelf").build().run("recommender", query=user)
            """,
    }
    found = build_graph(project(tmp_path, texts))
    assert arrows(found) == {("Pipeline.run (not trained here)", "api.py:root")}


HANDED_ON = {
    "prepare.py": """
        import pandas as pd

        def prepare(raw, prepared):
            rows = pd.read_csv(raw)
            rows = rows.dropna()
            rows["age"] = rows.age.astype(int)
            rows["old"] = rows.age > 60
            rows.to_csv(prepared)

        if __name__ == "__main__":
            prepare("data/clicks.csv", "data/clicks_prepared.csv")
        """,
    "train.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        def train():
            rows = pd.read_csv("data/clicks_prepared.csv")
            rows = rows[rows.old]
            rows["weight"] = rows.age / 100
            rows = rows.merge(pd.read_csv("data/items.csv"), on="item")
            joblib.dump(LogisticRegression().fit(rows[["age"]], rows.clicked), "models/clicks.joblib")

        if __name__ == "__main__":
            train()
        """,
}


def test_what_is_written_here_and_read_there_joins_both(tmp_path: Path) -> None:
    found = build_graph(project(tmp_path, HANDED_ON))
    assert nodes(found, "source") == ["data/clicks.csv", "data/items.csv"]
    assert nodes(found, "data set") == ["data/clicks_prepared.csv"]
    assert {
        ("data/clicks.csv", "prepare.py:prepare"),
        ("prepare.py:prepare", "data/clicks_prepared.csv"),
        ("data/clicks_prepared.csv", "train.py:train"),
    } <= arrows(found)


def test_what_code_keeps_for_itself_is_no_data_set_for_others(tmp_path: Path) -> None:
    text = """
        import os
        import pandas as pd
        from sklearn.linear_model import LogisticRegression

        def load():
            if os.path.exists("data/kept.csv"):
                return pd.read_csv("data/kept.csv")
            rows = pd.read_csv("data/clicks.csv")
            rows = rows.dropna()
            rows["age"] = rows.age.astype(int)
            rows = rows[rows.age > 10]
            rows.to_csv("data/kept.csv")
            return rows

        def train():
            rows = load()
            return LogisticRegression().fit(rows[["age"]], rows.clicked)
        """
    found = build_graph(project(tmp_path, {"train.py": text}))
    assert nodes(found, "data set") == []


def test_the_names_of_nodes_live_through_a_new_file(tmp_path: Path) -> None:
    before = set(build_graph(project(tmp_path, {**SHOP, **HANDED_ON})))
    assert {
        "ingestion pipeline:prepare.py:prepare",
        "source:data/clicks.csv",
        "training step:train.py:train",
    } <= before
    after = build_graph(project(tmp_path, {"a.py": "import json\n\ndef first():\n    return 1\n"}))
    assert set(after) == before


def test_every_component_is_drawn_and_can_be_asked_for(tmp_path: Path) -> None:
    apart = """
        from sklearn.metrics import roc_auc_score

        def judged(truth, scores):
            return roc_auc_score(truth, scores)
        """
    shop = project(tmp_path, {**SHOP, "apart.py": apart})
    assert "apart.py:judged" in nodes(build_graph(shop), "evaluation")
    assert {each.path for each in shop.components} <= {
        data["place"].rpartition(":")[0] for _, data in build_graph(shop).nodes(data=True)
    }
    with pytest.raises(UsageError, match="did you mean 'judged'"):
        render_graph(shop, "json", "judgedd")


def test_a_component_is_known_by_what_is_drawn_of_its_file(graph: "nx.DiGraph[str]") -> None:
    part = only_about(graph, "posted", {"mail.py:posted": "mail.py"})
    assert nodes(part, "consumer") == ["mail.py:mail"]


def test_prediction_outside_any_boundary_is_a_consumer(tmp_path: Path) -> None:
    look = """
        import joblib

        def look(rows):
            model = joblib.load("models/clicks.joblib")
            print(model.predict(rows))
        """
    found = build_graph(project(tmp_path, {**SHOP, "look.py": look}))
    assert ("models/clicks.joblib", "look.py:look") in arrows(found)
    assert "look.py:look" in nodes(found, "consumer")


def test_who_asks_an_endpoint_is_a_consumer(tmp_path: Path) -> None:
    ask = """
        import requests

        def ask(age):
            return requests.get("http://localhost:8000/score", params={"age": age}).json()
        """
    found = build_graph(project(tmp_path, {**SHOP, "ask.py": ask}))
    assert ("serve.py:one", "ask.py:ask") in arrows(found)
    assert ("serve.py:many", "ask.py:ask") not in arrows(found)


# ---------------------------------------------------------------------------- folding


def many(count: int) -> "nx.DiGraph[str]":
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node("t", kind="training step", label="train.py:train", place="train.py:1")
    for number in range(count):
        graph.add_node(f"s{number}", kind="source", label=f"s{number}.csv", place=f"lake/{number % 3}/read.py:{number}")
        graph.add_edge(f"s{number}", "t", place="")
    return graph


def test_a_small_graph_is_drawn_as_it_is() -> None:
    graph = many(5)
    assert fold(graph, 40) is graph


def test_what_is_joined_to_the_same_becomes_one(shop: Project) -> None:
    folded = fold(many(60), 40)
    assert nodes(folded, "source") == ["60 sources: s0.csv, s1.csv …"]
    assert folded.nodes["s0"]["count"] == 60
    assert folded.nodes["s0"]["members"].startswith("s0.csv; s1.csv; s2.csv")
    assert folded.graph["folded"] == "61 nodes, drawn as 2"
    assert len(fold(build_graph(shop), 9)) <= 9


def test_folding_keeps_every_kind_and_every_way(shop: Project) -> None:
    whole = build_graph(shop)
    folded = fold(whole, 9)
    kinds = {data["kind"] for _, data in whole.nodes(data=True)}
    assert {data["kind"] for _, data in folded.nodes(data=True)} == kinds
    joined = {(whole.nodes[a]["kind"], whole.nodes[b]["kind"]) for a, b in whole.edges}
    assert {(folded.nodes[a]["kind"], folded.nodes[b]["kind"]) for a, b in folded.edges} == joined


def test_only_what_is_joined_to_a_name(graph: "nx.DiGraph[str]") -> None:
    part = only_about(graph, "mail.py")
    assert nodes(part, "consumer") == ["mail.py:mail"]
    assert nodes(part, "evaluation") == []
    with pytest.raises(UsageError, match="nothing in the graph is called 'mial'"):
        only_about(graph, "mial")


# ---------------------------------------------------------------------------- forms


def test_json_is_read_by_networkx(shop: Project, graph: "nx.DiGraph[str]") -> None:
    read = nx.node_link_graph(json.loads(render_graph(shop, "json")), edges="edges")
    assert (set(read.nodes), set(read.edges)) == (set(graph.nodes), set(graph.edges))


def test_graphml_is_read_by_networkx(shop: Project, graph: "nx.DiGraph[str]") -> None:
    read = nx.read_graphml(io.BytesIO(render_graph(shop, "graphml").encode()))
    assert set(read.edges) == set(graph.edges)
    assert all(data["kind"] in LOOKS for _, data in read.nodes(data=True))


def test_mermaid_and_dot_name_every_node(shop: Project, graph: "nx.DiGraph[str]") -> None:
    mermaid = render_graph(shop, "mermaid")
    assert mermaid.startswith("flowchart LR\n")
    assert mermaid.count("<br/>") == len(graph)
    assert mermaid.count(" --> ") == graph.number_of_edges()
    dot = render_graph(shop, "dot")
    assert dot.count("shape=") == len(graph)
    assert dot.count(" -> ") == graph.number_of_edges()


@pytest.mark.parametrize("form", FORMS)
def test_equal_bytes_for_equal_code(shop: Project, tmp_path: Path, form: str) -> None:
    assert render_graph(shop, form) == render_graph(project(tmp_path, SHOP), form)


@pytest.mark.parametrize("form", FORMS)
def test_names_that_are_code_in_a_form_stay_names(tmp_path: Path, form: str) -> None:
    text = READER.format(path='s3://lake/"a"<b>|{c}`;\\#.csv')
    drawn = render_graph(project(tmp_path, {"fit.py": text}), form)
    if form == "mermaid":
        assert all(line.count('"') in (0, 2) for line in drawn.splitlines())
    if form == "json":
        json.loads(drawn)
    if form == "graphml":
        nx.read_graphml(io.BytesIO(drawn.encode()))
    if form == "dot":
        assert all(len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) % 2 == 0 for line in drawn.splitlines())


def test_another_form_is_refused(shop: Project) -> None:
    with pytest.raises(UsageError, match="did you mean 'mermaid'"):
        render_graph(shop, "mermiad")
