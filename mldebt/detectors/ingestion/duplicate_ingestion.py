"""MLD102: the same data ingested by hand in more than one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mldebt.finding import Audience, Hit, Severity, Step
from mldebt.listed import all_of, is_or_are, listed
from mldebt.masking import masked
from mldebt.pipeline import Project
from mldebt.pipeline.clones import Difference, Twin
from mldebt.pipeline.ingestion.declared import Entry
from mldebt.pipeline.ingestion.duplicates import Duplicate, Member
from mldebt.rulebook import Rule

MEMBERS_SHOWN = 30
NAMES_SHOWN = 3
DIFFERENCES_SHOWN = 6
TEXT_LENGTH = 60
SAME = 0.9
COPIED = 0.7
"""From here on readers of one source are told to be alike."""
FEW_LINES = 6
"""Of a helper that is sooner written again than looked for."""

_FIT = """
from sklearn.linear_model import Ridge

def train(path):
    rows = load(path)
    Ridge().fit(rows[["age"]], rows["clicked"])

train("{0}")
"""
_LOAD = """
import pandas as pd

def load(path):{1}
    frame = pd.read_csv(path, sep="{0}")
    frame = frame.dropna(subset=["user", "age"])
    frame["day"] = pd.to_datetime(frame["time"]).dt.date
    frame["user"] = frame["user"].str.strip().str.lower()
    return frame.drop_duplicates(subset=["user", "day"])
"""
_DEBT = "  # debt"
_CLICKS = """
import pandas as pd
from sklearn.linear_model import Ridge

clicks = pd.read_csv("data/{0}/behaviour.csv").dropna()
clicks["age"] = clicks["age"].clip(0, 100)
clicks["clicked"] = clicks["clicked"].map(int)
"""

_BALANCE = """
import pandas as pd
from sklearn.linear_model import {model}

def balance(ids, labels{more}):{mark}
    table = pd.DataFrame({{"user": ids, "label": labels}}).dropna(subset=["user", "label"])
    table = table[table["label"] >= 0].drop_duplicates(subset=["user", "label"])
    table["user"] = table["user"].str.strip().str.lower()
    counts = table.groupby("user")["label"].max().value_counts()
    for label, count in counts.items():
        print("label", label, "users", count)
    {given}

if __name__ == "__main__":
    rows = pd.read_csv("{model}.csv")
    balance(rows["user"], rows["label"])
    {model}().fit(rows[["age"]], rows["label"])
"""


def _balances(given: str, mark: str) -> dict[str, str]:
    return {
        "ridge.py": _BALANCE.format(model="Ridge", given=given, more="", mark=""),
        "lasso.py": _BALANCE.format(model="Lasso", given=given, more=", name=None", mark=mark),
    }


_LAID_OUT = """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

def {first}(rows, names):{mark}
    table = pd.DataFrame(rows).dropna().drop_duplicates()
    table["size"] = table[0].astype(float) / table[1].astype(float)
    table = table[table["size"] > 0]
    table["name"] = table[2].str.strip()
    places = np.log1p(table[[0, 1]].values)
    for number, name in enumerate(names):
        some = np.where(table["name"] == name)[0]
        {one}
    {end}

def {second}(rows, names):
    table = pd.DataFrame(rows).dropna().drop_duplicates()
    table["size"] = table[0].astype(float) / table[1].astype(float)
    table = table[table["size"] > 0]
    table["name"] = table[2].str.strip()
    places = np.log1p(table[[0, 1]].values)
    for number, name in enumerate(names):
        some = np.where(table["name"] == name)[0]
        {one}
    {end}

rows = pd.read_csv("rows.csv").values
Ridge().fit({first}(rows, ["a", "b"]), rows[:, 3])
Ridge().fit({second}(rows, ["a", "b"]), rows[:, 2])
"""
BAD = (
    {
        "clicks/train.py": _LOAD.format(",", _DEBT) + _FIT.format("monday.csv"),
        "views/train.py": _LOAD.format(";", "").replace("frame", "table").replace("load", "read_views")
        + _FIT.format("tuesday.csv").replace("load", "read_views"),
    },
    {
        "one.py": """
            import pandas as pd
            from sklearn.linear_model import Ridge

            clicks = pd.read_csv("data/clicks.csv")  # debt
            clicks = clicks.dropna()
            clicks["age"] = clicks["age"].clip(0, 100)
            Ridge().fit(clicks[["age"]], clicks["clicked"])
            """,
        "two.py": """
            import csv
            from sklearn.svm import SVC

            def rows_of(path):
                rows, labels = [], []
                with open(path) as file:
                    for row in csv.DictReader(file):
                        rows.append([float(row["age"]), len(row["user"].strip())])
                        labels.append(int(row["clicked"]))
                return rows, labels

            rows, labels = rows_of("../data/clicks.csv")
            SVC().fit(rows, labels)
            """,
        "conf/base/catalog.yml": "clicks:\n  type: pandas.CSVDataset\n  filepath: data/01_raw/clicks.csv\n",
    },
    {
        "fit.py": _CLICKS.format("MIND_train").replace("dropna()", "dropna()" + _DEBT)
        + "Ridge().fit(clicks[['age']], clicks['clicked'])\n",
        "judge.py": _CLICKS.format("MIND_train").replace(".map(int)", " > 0").replace("clip", "fillna")
        + "Ridge().fit(clicks[['age']], clicks['clicked'])\n",
    },
    """
    import json
    from torch.utils.data import Dataset

    def read_train(path):  # debt
        found = []
        with open(path) as file:
            for line in file:
                row = json.loads(line)
                text = row["text"].strip().lower()
                if not text:
                    continue
                label = int(row["label"])
                found.append((text, label))
        return found

    def read_test(path):
        result = []
        with open(path) as file:
            for line in file:
                row = json.loads(line)
                text = row["text"].strip().lower()
                if not text:
                    continue
                label = int(row["label"])
                result.append((text, label))
        return result

    class Texts(Dataset):
        def __init__(self, folder, test=False):
            self.rows = read_test(folder + "/test.jsonl") if test else read_train(folder + "/train.jsonl")

        def __getitem__(self, index):
            return self.rows[index]
    """,
    _balances("return table", "  # debt"),
    _LAID_OUT.format(
        first="near_by_tsne",
        second="near_by_umap",
        one="table.loc[some, 'kind'] = name",
        end="return places",
        mark="  # debt",
    ),
)
GOOD = (
    {
        "loading.py": _LOAD.format(",", ""),
        "clicks.py": "from loading import load\n" + _FIT.format("data/clicks.csv"),
        "views.py": "from loading import load\n" + _FIT.format("data/clicks.csv"),
    },
    {
        f"train_{name}.py": f"""
            from datasets import load_dataset
            from transformers import Trainer

            reviews = load_dataset("imdb")
            reviews = reviews.map(lambda row: {{"text": row["text"].lower().replace("<br>", " ").strip()}})
            Trainer(model=build("{name}"), train_dataset=reviews["train"]).train()
            """
        for name in ("small", "large")
    },
    {
        f"train_{name}.py": f"""
            import pandas as pd
            from sklearn.linear_model import {name}

            table = pd.read_csv("prices.csv")
            {name}().fit(table[["size"]], table["price"])
            """
        for name in ("Ridge", "Lasso")
    },
    {
        "users.py": """
            import pandas as pd
            from sklearn.linear_model import Ridge

            users = pd.read_csv("data/train.csv").dropna()
            users["age"] = users["age"].clip(0, 100)
            Ridge().fit(users[["age"]], users["clicked"])
            """,
        "items.py": """
            import json
            from sklearn.svm import SVC

            rows = [json.loads(line) for line in open("other/train.csv")]
            rows = [[float(row["price"].strip()), len(row["name"].lower())] for row in rows]
            SVC().fit(rows, [int(row[0]) for row in rows])
            """,
    },
    {
        "fit.py": _CLICKS.format("MIND_train") + "Ridge().fit(clicks[['age']], clicks['clicked'])\n",
        "judge.py": _CLICKS.format("MIND_dev") + "Ridge().fit(clicks[['age']], clicks['clicked'])\n",
    },
    {
        f"{name}.py": f"""
            import pandas as pd
            from sklearn.linear_model import {name}

            def spread(table):
                table = table.dropna(subset=["group", "score"])
                table = table[table["score"] > 0].rename(columns={{"group": "name"}})
                rates = table.groupby("name")["score"].mean()
                best, worst = rates.max(), rates.min()
                return {{"best": round(best, 3), "apart": round(best - worst, 3)}}

            prices = pd.read_csv("prices.csv")
            model = {name}().fit(prices[["size"]], prices["price"])
            print(spread(prices.assign(score=model.predict(prices[["size"]]))))
            """
        for name in ("Ridge", "Lasso")
    },
    {
        f"{name}.py": f"""
            import pandas as pd
            from sklearn.linear_model import {name}
            from sklearn.metrics import r2_score

            def best_of(values):
                table = pd.DataFrame(values, columns=["alpha", "r2"]).dropna()
                table["r2"] = table["r2"].clip(0, 1)
                table = table.sort_values("r2", ascending=False).drop_duplicates("alpha")
                table["alpha"] = table["alpha"].astype(str).str.strip()
                return table.reset_index(drop=True)

            if __name__ == "__main__":
                prices = pd.read_csv("prices.csv")
                models = [(alpha, {name}(alpha).fit(prices[["size"]], prices["price"])) for alpha in (0.1, 1.0)]
                told = [(alpha, r2_score(prices["price"], model.predict(prices[["size"]]))) for alpha, model in models]
                best_of(told).to_csv("{name}.csv")
            """
        for name in ("Ridge", "Lasso")
    },
    # what is only printed
    _balances("print(counts.sum())", ""),
    # two pictures
    _LAID_OUT.format(
        first="near_plot_tsne",
        second="near_plot_umap",
        one="plt.scatter(places[some, 0], places[some, 1])",
        end='plt.savefig("near.png")',
        mark="",
    ),
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    for duplicate in project.duplicates(rule.integer("shared_by")):
        yield _hit(project, duplicate)


def _hit(project: Project, duplicate: Duplicate) -> Hit:
    shared = duplicate.shared.owner if duplicate.shared is not None else None
    own = [each for each in duplicate.members if (each.module, each.scope) != shared]
    offered = project.declared.offered(duplicate.sources)
    parts = {project.subprojects.of(_path(project, each)) for each in duplicate.members}
    first = own[0]
    inside = len(duplicate.modules) == 1
    alone = len(parts) == len(duplicate.modules) > 1
    return Hit(
        location=project.place(project.flow.program.modules[first.module], first.at, first.at, first.scope),
        message=f"{_told(project, duplicate, own)}{_instead(project, duplicate, offered)}",
        trail=tuple(_trail(project, duplicate, offered)),
        component=project.unit_name((first.module, first.scope)),
        members=tuple(dict.fromkeys(project.unit_name((each.module, each.scope)) for each in own)),
        severity=Severity.LOW if inside or len(parts) > 1 else None,
        audience=Audience.PEDANTIC
        if alone
        or (inside and not _is_same(duplicate))
        or _is_small(project, duplicate)
        or _leads_nowhere(project, duplicate)
        else None,
    )


def _is_small(project: Project, duplicate: Duplicate) -> bool:
    """Whether a few lines that read nothing stand in a notebook, where they were tried out, and in one other place."""
    if duplicate.sources or len(duplicate.members) > 2 or not duplicate.twins:
        return False
    modules = project.flow.program.modules
    reading = {read.body.key for read in project.ingesting.raw}
    return (
        any(modules[each.module].is_notebook for each in duplicate.members)
        and not any((each.module, each.scope) in reading or not each.scope for each in duplicate.members)
        and all(max(len(twin.region.lines), len(twin.model.lines)) <= FEW_LINES for twin in duplicate.twins)
    )


def _leads_nowhere(project: Project, duplicate: Duplicate) -> bool:
    """Whether a notebook and others read one source in ways that have little in common, and only write down what they
    make of it."""
    tried = any(project.flow.program.modules[each.module].is_notebook for each in duplicate.members)
    if not tried or not duplicate.reads or duplicate.shared is not None or duplicate.likeness >= COPIED:
        return False
    ends = (end for read in duplicate.reads for end in project.ingesting.ends.get(read, ()))
    return all(end.use.kind == "written" for end in ends)


def _is_same(duplicate: Duplicate) -> bool:
    """Whether copies in one file are so much alike that one of them could call the other."""
    return all(twin.alignment.similarity >= SAME for twin in duplicate.twins)


# ---------------------------------------------------------------------------- the message


def _told(project: Project, duplicate: Duplicate, own: Sequence[Member]) -> str:
    paths = list(dict.fromkeys(_path(project, each) for each in own))
    if duplicate.sources:
        return _told_of_readers(project, duplicate, paths)
    names = list(dict.fromkeys(_name(project, each) for each in own))
    alike = _alike(duplicate.twins)
    if len(paths) == 1 and len(names) == 1:
        return f"{_begun(names[0])} is written {len(own)} times in the same file ({alike})."
    if len(paths) == 1:
        return f"{_begun(names[0])} is written again as {_listed(names[1:])} in the same file ({alike})."
    verb = "does" if len(names) == 1 else "do"
    return f"{_begun(_listed(names))} {verb} the same by hand in {len(paths)} modules ({_listed(paths)}; {alike})."


def _begun(text: str) -> str:
    """A text at the beginning of a sentence."""
    return text[0].upper() + text[1:]


def _told_of_readers(project: Project, duplicate: Duplicate, paths: Sequence[str]) -> str:
    """Who reads one source, how alike they are, and who has but a copy of what one of them does with it."""
    reading = {read.body.module.path for read in duplicate.reads}
    readers = [path for path in paths if path in reading]
    what = _listed([f"`{' '.join(source.split())}`" for source in duplicate.sources])
    by = f"{len(readers)} modules ({_listed(readers)}){_how(duplicate)}" if len(readers) > 1 else readers[0]
    others = [path for path in paths if path not in reading]
    also = f"; a part of the work is written again in {_listed(others)}" if others else ""
    return f"{what} {is_or_are(duplicate.sources)} read and worked on by hand in {by}{also}."


def _how(duplicate: Duplicate) -> str:
    """In which way modules read the same."""
    likeness = duplicate.likeness
    if likeness < COPIED <= duplicate.closest:
        return f", some of them in code that is {_percent(duplicate.closest)}"
    if likeness < COPIED:
        return ", each in its own way"
    return (
        ", in the same code but for names and literals" if likeness == 1 else f", in code that is {_percent(likeness)}"
    )


def _instead(project: Project, duplicate: Duplicate, offered: Entry | None) -> str:
    if offered is not None:
        return f" {offered.text[0].upper()}{offered.text[1:]} offers it already."
    if duplicate.shared is not None:
        loader = project.unit_name(duplicate.shared.owner)
        what = "it"
        if len(duplicate.sources) > 1:  # it reads one of them
            own = (read for read in duplicate.reads if project.ingesting.units.of(read) == duplicate.shared.owner)
            told = next((name for name in map(project.ingesting.reads.name, own) if name), "")
            what = f"`{told}`" if told else "one of them"
        return f" {loader}, which {duplicate.shared.users} modules use, reads {what} already."
    return ""


def _alike(twins: Sequence[Twin]) -> str:
    least = min(twin.alignment.similarity for twin in twins)
    return "the same but for names and literals" if least == 1 else _percent(least)


def _percent(likeness: float) -> str:
    return f"{int(100 * likeness)} % alike"


def _listed(texts: Sequence[str]) -> str:
    """Some of many, in words."""
    return listed(texts, NAMES_SHOWN) if len(texts) > NAMES_SHOWN else all_of(texts)


def _name(project: Project, member: Member) -> str:
    scope = project.flow.scope(member.module, member.scope)
    own = "the notebook" if project.flow.program.modules[member.module].is_notebook else "the script"
    return f"`{scope.qualname}`" if scope.qualname else own


def _path(project: Project, member: Member) -> str:
    return project.flow.program.modules[member.module].path


# ---------------------------------------------------------------------------- the trail


def _trail(project: Project, duplicate: Duplicate, offered: Entry | None) -> Iterator[Step]:
    shared = duplicate.shared.owner if duplicate.shared is not None else None
    for member in duplicate.members[:MEMBERS_SHOWN]:
        module = project.flow.program.modules[member.module]
        text = "the shared loader" if (member.module, member.scope) == shared else _name(project, member).strip("`")
        yield Step(location=project.place(module, member.at, member.at, member.scope), message=text)
    for read in duplicate.reads[:MEMBERS_SHOWN]:
        yield project.step(read, f"read here: {project.ingesting.reads.name(read)}")
    yield from islice(_differences(project, duplicate.twins), DIFFERENCES_SHOWN)
    place = offered.location() if offered is not None else None
    if offered is not None and place is not None:
        yield Step(location=place, message=f"declared here as {offered.text}")


def _differences(project: Project, twins: Iterable[Twin]) -> Iterator[Step]:
    """What differs, at the copy's line where it has one."""
    for twin in twins:
        for difference in twin.alignment.differences:
            region, line = (twin.region, difference.right) if difference.right else (twin.model, difference.left)
            if line is not None:
                yield Step(
                    location=project.place(region.module, line.at, line.at, region.scope), message=_said(difference)
                )


def _said(difference: Difference) -> str:
    if difference.left is None or difference.right is None:
        line = difference.right or difference.left
        words = ", ".join(line.words) if line is not None else ""
        return f"only here: {words}" if words else "only here"
    changes = [
        f"{_short(new)} instead of {_short(old)}"
        if new and old
        else f"with {_short(new)}"
        if new
        else f"without {_short(old)}"
        for old, new in difference.changes
    ]
    return "differs: " + ", ".join(changes[:NAMES_SHOWN])


def _short(text: str) -> str:
    text = masked(text)
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
