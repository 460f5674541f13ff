"""MLD101: raw data read and worked on by hand before a model sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.finding import Audience, Confidence, Hit, Severity, Step
from mldebt.flow.linking import ClassKey
from mldebt.flow.types.models import Models
from mldebt.listed import listed
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import ToldOnce
from mldebt.pipeline.ingestion.continued import continued
from mldebt.pipeline.ingestion.copied import SameWork, goes_through
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.pipeline.ingestion.ingestion import Step as Work
from mldebt.pipeline.ingestion.purposes import is_for_pictures, is_kept_as_it_was
from mldebt.pipeline.ingestion.said_data import is_said_to_be_data
from mldebt.pipeline.ingestion.samesource import DATA_SERVICES
from mldebt.regex import regex
from mldebt.rulebook import Rule

ENDS_SHOWN = 3
PARTS_NAMED = 3
_MANAGES = regex(r"Data([Ss]ets?)?(Manager|Catalog(ue)?|Materiali[sz]er|Provider|Registry|Source)\Z")
"""What the classes are called that manage a team's data sets, each of which is brought in by one that derives."""

_TRACKS = """
            import json
            import pandas as pd

            meta = pd.read_csv("raw/unique_tracks.txt", names=["track", "song", "artist", "title"]){mark}
            meta["title"] = meta["title"].str.strip()
            meta = meta[meta["title"] != ""]
            meta = meta.drop_duplicates()
            with open("data/tracks.json", "w") as file:
                for row in meta.itertuples():
                    file.write(json.dumps({{"track": row.track, "title": row.title}}) + "\\n")
        """
_LISTENS = """
            import pandas as pd
            from acme.stores import interactions
            from implicit.als import AlternatingLeastSquares

            model = AlternatingLeastSquares()
            model.fit(interactions({given}))
        """

_JOINED = """
import sys
import pandas as pd
from sklearn.linear_model import Ridge

def join(folder, name):
    return f"{{folder.rstrip('/')}}/{{name}}"

def collect(raw, folder):{mark}
    rows = pd.read_csv(raw)
    rows["day"] = pd.to_datetime(rows["day"].str.strip())
    rows = rows[rows["clicks"] > 0]
    rows = rows.drop_duplicates()
    rows.to_csv(join(folder, "{name}.csv"))

def train(folder):
    rows = pd.read_csv(join(folder, "clicks.csv"))
    return Ridge().fit(rows[["day"]], rows["clicks"])

collect(sys.argv[1], sys.argv[2])
train(sys.argv[2])
"""

_BOXES = """
import glob
import json
import {library} as library

class Boxes(library.{base}):{mark}
    def _info(self):
        return None

    def {method}(self, folder):
        for path in glob.glob(folder + "/*.json"):
            with open(path) as file:
                page = json.load(file)
            box = page["box"].strip("[]").split(",")
            label = page["label"].strip().lower()
            yield path, {{"box": [float(each) for each in box], "label": label}}

{end}
"""
_MASK = """
import cv2
import numpy as np
import pandas as pd
from skimage.metrics import structural_similarity
from tensorflow.keras.models import load_model

def pages(listing):{mark}
    rows = pd.read_csv(listing).dropna()
    rows = rows[rows["path"].str.strip() != ""]
    blank = cv2.imread("blank.png")
    return [path for path in rows["path"].str.lower() if structural_similarity(blank, {seen}) < 0.9]

found = pages("pages.csv")
"""

_JUDGED = """
import json
import pandas as pd
from sklearn.linear_model import Ridge

def main():{mark}
    rows = []
    for line in open("answers.jsonl"):
        row = json.loads(line)
        row["said"] = float(row["text"].strip())
        rows.append(row)
    errors = [abs(row["said"] - float(row["true"].strip())) for row in rows]
    {written}

if __name__ == "__main__":
    main()
    Ridge().fit(pd.read_csv("trips.csv"), [])
"""

_KEYS = """
import json
import boto3
from sentence_transformers import SentenceTransformer

def keys(path):
    with open(path) as file:{mark}
        found = json.load(file)
    for key in found:
        name, word = key, found[key]
    return name.strip(), word.strip()

name, word = keys("{path}")
table = boto3.resource("s3", aws_access_key_id=name, aws_secret_access_key=word)
texts = [each.strip() for each in [name, word] if each.lower()]
SentenceTransformer("./titles").encode({encoded})
"""
_FOUND = """
from datasets import Dataset
from elasticsearch import Elasticsearch

engine = Elasticsearch("http://search:9200")

def near(texts):{mark}
    body = [each for text in texts for each in ({{"index": "pages"}}, {{"query": {asked}}})]
    answers = engine.msearch(body=body)["responses"]
    {scores}
    ids = [[hit["_id"].strip() for hit in answer["hits"]["hits"]] for answer in answers]
    told = [[hit["_source"]["text"].strip() for hit in answer["hits"]["hits"]] for answer in answers]
    named = [[hit["_source"]["name"].lower() for hit in answer["hits"]["hits"]] for answer in answers]
    return Dataset.from_dict({{"ids": ids, "told": told, "named": named}})

near(["a", "b"])
"""
_PASSAGES = """
import json
from torch.utils.data import Dataset

def by_source(rows):
    found = {{}}
    for row in rows:
        found.setdefault(row["source"].strip().lower(), []).append(row["text"].strip())
    return found

def headed(rows):
    found = []
    for row in rows:
        found.append(row["headers"].split("/")[-1].replace("_", " ").strip())
    return found

class Passages(Dataset):{mark}
    def __init__(self, path):
        with open(path) as file:
            rows = json.load(file)
        self.items = by_source(rows)
        self.heads = headed(rows)

    def __getitem__(self, index):
        return self.items[index], self.heads[index]

    def __len__(self):
        return len(self.items)
"""
_MANAGED = {
    "data/managers.py": """
        class {base}:
            def get(self):
                self.prepare()
                return load_from_disk(self.folder)
        """,
    "data/notes.py": """
        import polars as pl
        from datasets import Dataset, DatasetDict
        from data.managers import {base}

        class Notes({base}):{mark}
            def prepare(self):
                notes = pl.read_csv("notes.csv").drop_nulls()
                people = pl.read_csv("people.csv")
                notes = notes.join(people, on="person")
                notes = notes.filter(pl.col("text").str.len_chars() > 3)
                DatasetDict({{"train": Dataset.from_polars(notes)}}).save_to_disk(self.folder)
        """,
}


def _used_by(*names: str, mark: str = "") -> dict[str, str]:
    """A module that reads by hand, and those that use a part of its work."""
    users = {f"{name}.py": "from passages import by_source\n\nprint(by_source([]))\n" for name in names}
    return {"passages.py": _PASSAGES.format(mark=mark), **users}


BAD = (
    _JUDGED.format(written='pd.DataFrame({"said": errors}).to_csv("said.csv")', mark="  # debt"),
    _BOXES.format(library="torch.utils.data", base="Dataset", method="__getitem__", end="", mark="  # debt"),
    # a model's answer is compared
    _MASK.format(seen="load_model('clean.keras').predict(np.array([cv2.imread(path)]))[0]", mark="  # debt"),
    # who trains names the file, and how it is read cannot be seen
    {"prepare.py": _TRACKS.format(mark="  # debt"), "train.py": _LISTENS.format(given='"data/tracks.json"')},
    _JOINED.format(name="clicks", mark="  # debt"),
    """
    import csv
    from sklearn.linear_model import LogisticRegression

    def load_clicks(path):  # debt
        rows, labels = [], []
        with open(path) as file:
            for line in file:
                user, item, price, clicked = line.strip().split("\\t")
                rows.append([float(price), len(item)])
                labels.append(int(clicked))
        return rows, labels

    rows, labels = load_clicks("clicks.tsv")
    LogisticRegression().fit(rows, labels)
    """,
    """
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    orders = pd.read_csv("orders.csv")  # debt
    customers = pd.read_csv("customers.csv")
    table = orders.merge(customers, on="customer")
    RandomForestClassifier().fit(table[["age", "total"]], table["churned"])
    """,
    """
    import json
    from torch.utils.data import Dataset, DataLoader

    class Reviews(Dataset):  # debt
        def __init__(self, path):
            self.items = []
            with open(path) as file:
                for line in file:
                    review = json.loads(line)
                    self.items.append((review["text"].lower().replace("<br>", " "), int(review["stars"])))

        def __getitem__(self, index):
            return self.items[index]

        def __len__(self):
            return len(self.items)
    """,
    {
        "prepare.py": """
            import os
            import pandas as pd

            def prepare(folder):  # debt
                raw = pd.read_csv(os.path.join(folder, "trips.csv"))
                raw["minutes"] = (raw.dropoff - raw.pickup).dt.total_seconds() / 60
                raw = raw[raw.minutes < 60]
                raw = raw.dropna().astype({"zone": str})
                raw.to_parquet(os.path.join(folder, "trips-clean.parquet"))

            prepare("data")
        """,
        "train.py": """
            import pandas as pd
            import xgboost

            trips = pd.read_parquet("data/trips-clean.parquet")
            xgboost.XGBRegressor().fit(trips[["zone"]], trips["minutes"])
        """,
    },
    # what goes on with what another part has written down is the same pipeline, unless it reads more
    {
        "prepare.py": """
            import pandas as pd

            def prepare():  # debt
                raw = pd.read_csv("raw/trips.csv")
                raw["minutes"] = (raw.dropoff - raw.pickup).dt.total_seconds() / 60
                raw = raw[raw.minutes < 60]
                raw.dropna().to_parquet("data/trips-clean.parquet")

            prepare()
        """,
        "train.py": """
            import pandas as pd
            import xgboost

            trips = pd.read_parquet("data/trips-clean.parquet")
            trips["zone"] = trips["zone"].str.strip()
            trips = trips[trips["zone"] != ""]
            trips = trips.drop_duplicates()
            xgboost.XGBRegressor().fit(trips[["zone"]], trips["minutes"])
        """,
        "weather/train.py": """
            import pandas as pd
            import xgboost

            trips = pd.read_parquet("data/trips-clean.parquet")  # debt
            weather = pd.read_csv("weather.csv")
            weather["day"] = weather["day"].str.strip()
            trips = trips.merge(weather, on="day")
            xgboost.XGBRegressor().fit(trips[["rain"]], trips["minutes"])
        """,
    },
    {
        "data/scores.py": """
            import requests

            def fetch_scores(url):  # debt
                page = requests.get(url).json()
                scores = {}
                for entry in page["entries"]:
                    user = entry["user"].strip().lower()
                    score = float(entry["score"])
                    scores[user] = score
                return scores
        """,
        "train.py": """
            from data.scores import fetch_scores
            from sklearn.linear_model import Ridge

            scores = fetch_scores("https://example.org/scores")
            Ridge().fit([[len(user)] for user in scores], list(scores.values()))
        """,
    },
    _used_by("ask", "tell", mark="  # debt"),
    _FOUND.format(asked='{{"match_all": {{}}}}', scores="", mark="  # debt"),
    {path: text.format(base="Keeper", mark="  # debt") for path, text in _MANAGED.items()},
)
GOOD = (
    # metrics are an end
    _JUDGED.format(written='pd.DataFrame({"mae": [sum(errors)], "rmse": [max(errors)]}).to_csv("found.csv")', mark=""),
    # how a library wants a source brought in
    _BOXES.format(
        library="tensorflow_datasets",
        base="core.GeneratorBasedBuilder",
        method="_generate_examples",
        end="library.load('boxes')",
        mark="",
    ),
    # two pictures are compared, and no model is asked
    _MASK.format(seen="cv2.imread(path)", mark=""),
    # who trains only says where it is
    {
        "prepare.py": _TRACKS.format(mark=""),
        "train.py": _LISTENS.format(given="")
        + """
            import os

            if os.path.exists("data/tracks.json"):
                os.remove("data/tracks.json")
        """,
    },
    # who trains looks titles up in it
    {
        "prepare.py": _TRACKS.format(mark=""),
        "train.py": _LISTENS.format(given="")
        + """
            titles = pd.read_json("/srv/app/tracks.json", lines=True)
            ids, scores = model.recommend(1, interactions()[1])
            print(titles[titles["track"].isin(ids)]["title"])
        """,
    },
    # another file, by way of the same function
    _JOINED.format(name="truth", mark=""),
    """
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    table = pd.read_csv("prices.csv")
    LinearRegression().fit(table[["size"]], table["price"])
    """,
    """
    import json
    from sklearn.linear_model import SGDClassifier

    def settings(path):
        with open(path) as file:
            found = json.load(file)
        return {key.strip().lower(): float(value) for key, value in found["model"].items()}

    def train(rows, labels):
        SGDClassifier(**settings("config.json")).fit(rows, labels)
    """,
    """
    from datasets import load_dataset
    from transformers import Trainer

    reviews = load_dataset("imdb")
    reviews = reviews.map(lambda row: {"text": row["text"].lower().replace("<br>", " ")})
    Trainer(model=build(), train_dataset=reviews["train"]).train()
    """,
    """
    import matplotlib.pyplot as plt
    import pandas as pd

    visits = pd.read_csv("visits.csv").dropna()
    visits["day"] = pd.to_datetime(visits["time"]).dt.date
    counts = visits.groupby("day").size().astype(float)
    plt.plot(counts)
    """,
    """
    import io
    import joblib
    from fastapi import FastAPI, UploadFile
    from PIL import Image

    app = FastAPI()
    model = joblib.load("model.joblib")

    @app.post("/predict")
    def predict(file: UploadFile):
        picture = Image.open(io.BytesIO(file.file.read())).convert("RGB").resize((64, 64))
        return {"label": int(model.predict([list(picture.getdata())])[0])}
    """,
    """
    import io
    import joblib
    import pandas as pd

    def model_fn(folder):
        return joblib.load(folder + "/model.joblib")

    def transform_fn(model, body, content_type, accept):
        rows = pd.read_csv(io.StringIO(body))
        rows = rows.dropna().astype(float)
        rows["total"] = rows["price"] * rows["count"]
        rows = rows.drop_duplicates()
        return model.predict(rows)
    """,
    """
    import glob
    import pandas as pd
    from sklearn.linear_model import Lasso

    table = pd.concat([pd.read_csv(path) for path in glob.glob("shards/*.csv")])
    Lasso().fit(table[["size"]], table["price"])
    """,
    """
    import csv
    from datasets import load_dataset
    from sklearn.linear_model import Ridge

    def team_names(path=None):
        if path is None:
            path = "raw/team_map.csv"
        names = {}
        with open(path) as file:
            for row in csv.DictReader(file):
                team = row["team"].strip()
                names[team] = row["location"].strip().lower()
        return names

    names = team_names()
    games = load_dataset("games")["train"]
    Ridge().fit([[names[game["team"]]] for game in games], games["points"])
    """,
    {
        "loader.py": """
            import pandas as pd

            def load_events(day):
                events = pd.read_json(f"events/{day}.jsonl", lines=True)
                events["user"] = events["user"].str.strip().str.lower()
                return events.dropna().drop_duplicates().astype({"value": float})
        """,
        **{
            f"train_{name}.py": f"""
            from loader import load_events
            from sklearn.linear_model import {name}

            events = load_events("today")
            {name}().fit(events[["value"]], events["label"])
        """
            for name in ("Ridge", "Lasso", "ElasticNet")
        },
    },
    # a part of the work is shared
    _used_by("ask", "tell", "show"),
    # the team's own catalogue of data sets
    {path: text.format(base="DatasetManager", mark="") for path, text in _MANAGED.items()},
    # what was found, as a search ranked it
    _FOUND.format(
        asked='{{"match": {{"text": text}}}}',
        scores='near = [[hit["_score"] for hit in answer["hits"]["hits"]] for answer in answers]',
        mark="",
    ),
    _KEYS.format(path="C:/acme/AWS_S3_keys_acme.json", encoded="texts", mark=""),
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from ToldOnce(project.flow.program).fold(_found(project, rule))


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    own = [
        each
        for each in project.ingestions
        if max(each.users, each.beside) < rule.integer("shared_by")
        and _is_pipeline(each, rule)
        and not _is_adapter(project, each)
        and not is_for_pictures(each)
    ]
    begun = continued(own)
    copied = SameWork(project.flow).of([ingestion for ingestion, _ in begun])
    again: dict[int, list[Ingestion]] = defaultdict(list)
    for place, held in copied.items():
        again[held].append(begun[place][0])
    for place, (ingestion, after) in enumerate(begun):
        if place not in copied:
            yield _hit(project, ingestion, after, again[place], rule)


def _is_adapter(project: Project, ingestion: Ingestion) -> bool:
    """Whether it stands in a class that brings a source into a library's own way to read data."""
    number, scope = ingestion.owner
    module = project.flow.program.modules[number]
    cls = ingestion.owner if module.facts.scopes[scope].kind == "class" else None
    cls = cls or project.flow.program.enclosing_class(ingestion.owner)
    return cls is not None and (project.flow.shared(Models).is_adapter(cls) or _is_in_catalogue(project, cls))


def _is_in_catalogue(project: Project, cls: ClassKey) -> bool:
    """Whether a class is an entry in the team's own catalogue of data sets: it fills in what another module's class
    manages, as its name says."""
    family = (key for key in project.flow.program.ancestry(cls) if isinstance(key, tuple) and key[0] != cls[0])
    return any(_MANAGES.search(project.flow.scope(*key).name) for key in family)


def _is_pipeline(ingestion: Ingestion, rule: Rule) -> bool:
    """Whether it is one at all; a small one is shown as such."""
    if _is_large([ingestion], rule):
        return True
    kinds = {end.use.kind for end in ingestion.ends}
    return len(ingestion.steps) > 1 and not kinds <= {"evaluation", "written"}


def _is_large(parts: list[Ingestion], rule: Rule) -> bool:
    steps = _steps(parts)
    joins = any(step.text == "joined" for step in steps)
    return len(steps) >= rule.integer("min_steps") or (joins and len(parts[0].sources) >= rule.integer("min_sources"))


def _steps(parts: list[Ingestion]) -> list[Work]:
    """The hand-written steps of a pipeline and of the parts that go on with it, each told once."""
    return list({step.value: step for part in parts for step in part.steps}.values())


def _hit(project: Project, ingestion: Ingestion, after: list[Ingestion], copies: list[Ingestion], rule: Rule) -> Hit:
    trail = [
        project.step(read, f"read here: {name or project.source_text(read)}")
        for read, name in zip(ingestion.sources, ingestion.names, strict=True)
    ]
    trail += [project.step(step.value, f"{step.text} by hand here") for step in ingestion.steps]
    for part in after:
        trail += [project.step(read, "taken up again here") for read in part.sources[:1]]
        trail += [project.step(step.value, f"{step.text} by hand here") for step in part.steps]
    trail += [project.step(end.value, end.use.text) for end in ingestion.ends[:ENDS_SHOWN]]
    trail += [_copy(project, each, ingestion) for each in copies]
    offered = project.offered([name for name in ingestion.names if name])
    if offered is not None and (place := offered.location()) is not None:
        trail.append(Step(location=place, message=f"offered here as {offered.text}"))
    instead = f" {offered.text[0].upper()}{offered.text[1:]} offers what it reads already." if offered else ""
    parts = [ingestion, *after]
    steps, sources = len(_steps(parts)), len(ingestion.sources)
    name = project.unit_name(ingestion.owner)
    also = _told_beside(project, ingestion, after, copies)
    return Hit(
        location=project.unit_location(ingestion.owner, ingestion.sources[0]),
        message=(
            f"{name} reads raw data by hand ({_count(sources, 'source')}, {_count(steps, 'hand-written step')}{also}); "
            f"the result is {ingestion.ends[0].use.text}.{instead}"
        ),
        trail=tuple(trail),
        component=name,
        severity=None if _is_large(parts, rule) else Severity.LOW,
        audience=Audience.PEDANTIC if _is_for_few(project, ingestion, parts, rule) else None,
        confidence=Confidence.MEDIUM if ingestion.is_only_written else None,
        members=tuple(dict.fromkeys(project.ingestion_name(each) for each in (ingestion, *copies))),
    )


def _is_for_few(project: Project, ingestion: Ingestion, parts: list[Ingestion], rule: Rule) -> bool:
    """Whether a finding is true, and not worth the time of a busy team: of code that nobody is to change, of a file or
    table with two small steps, or of what is written down when nothing says that it is data for a model."""
    if is_kept_as_it_was(project.flow.program.modules[ingestion.owner[0]].path):
        return True
    fetched = any(map(project.ingesting.reads.is_fetched, ingestion.sources))
    if not _is_large(parts, rule) and len(ingestion.sources) == 1:
        return not fetched
    if not fetched and ingestion.is_only_written and _only_fills_tables(project, ingestion):
        return True
    return ingestion.is_only_written and not is_said_to_be_data(project.flow, ingestion)


def _only_fills_tables(project: Project, ingestion: Ingestion) -> bool:
    """Whether what is read is only put into a database that nobody in sight trains on: most likely an application's. A
    store of time series is filled for those who work with them."""
    reads = project.ingesting.reads
    apis = [project.flow.api(end.value) for end in ingestion.ends if reads.is_of_table(end.value)]
    is_analysed = any(api is not None and api.library in DATA_SERVICES for api in apis)
    return len(apis) == len(ingestion.ends) and not is_analysed


def _copy(project: Project, copy: Ingestion, ingestion: Ingestion) -> Step:
    if copy.owner == ingestion.owner:
        return project.step(copy.sources[0], "and again here")
    told = "goes through some of the same steps" if goes_through(copy, ingestion) else "the same steps again"
    return Step(location=project.unit_location(copy.owner, copy.sources[0]), message=f"{told} here")


def _told_beside(project: Project, ingestion: Ingestion, after: list[Ingestion], copies: list[Ingestion]) -> str:
    """Who goes on with a pipeline, who has written the same again, and who reads something else into its steps."""
    going = _names(project, ingestion, after)
    joint = _names(project, ingestion, [each for each in copies if goes_through(each, ingestion)])
    again = _names(project, ingestion, [each for each in copies if not goes_through(each, ingestion)])
    told = f"; {', '.join(going[:PARTS_NAMED])} {'go' if len(going) > 1 else 'goes'} on with it" if going else ""
    told += f"; the same again in {listed(again, PARTS_NAMED)}" if again else ""
    return told + (f"; what is read in {listed(joint, PARTS_NAMED)} goes through steps of it, too" if joint else "")


def _names(project: Project, ingestion: Ingestion, others: list[Ingestion]) -> list[str]:
    """Who owns the others, each once, without the owner of a pipeline itself."""
    owners = dict.fromkeys(each.owner for each in others if each.owner != ingestion.owner)
    return list(dict.fromkeys(map(project.unit_name, owners)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
