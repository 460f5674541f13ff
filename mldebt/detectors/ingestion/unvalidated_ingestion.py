"""MLD104: ingested data that nothing looks at before a model does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from mldebt.finding import Audience, Confidence, Hit, Severity, Step
from mldebt.flow.module import Module
from mldebt.listed import listed
from mldebt.pipeline import Project
from mldebt.pipeline.ingestion.checks import Checks
from mldebt.pipeline.ingestion.continued import continued
from mldebt.pipeline.ingestion.copied import SameWork
from mldebt.pipeline.ingestion.ingestion import Ingestion
from mldebt.pipeline.ingestion.purposes import is_kept_as_it_was
from mldebt.pipeline.ingestion.samesource import SameSource
from mldebt.pipeline.ingestion.unnoticed import Taking, Unnoticed
from mldebt.pipeline.models.fed_models import FedModels, is_in_earnest
from mldebt.pipeline.models.register import TrainedModel
from mldebt.regex import regex
from mldebt.rulebook import Rule

_MADE = regex(
    r"(^|[/_.-])(pre-?processed|processed|interim|cleaned|enriched)(/|_|-)|(^|/)features/"
    r"|(^|[/_.-])(oof|preds?|predictions?|submissions?|proba(s|bilit(y|ies))?)([/_.-]|$)",
    re.IGNORECASE,
)
"""What files are called, or their folders, that earlier steps or models wrote: whoever wrote them is judged."""
_KEEPS = frozenset({"saves", "stores", "registers"})
STEPS_SHOWN = 6
ENDS_SHOWN = 2
COLUMNS_SHOWN = 4
WAYS_SHOWN = 2

_FIT = """
from sklearn.linear_model import Ridge

rows = load("clicks.csv")
Ridge().fit(rows[["age"]], rows["clicked"])
"""
_LOAD = """
import pandas as pd

def load(path):{0}
    rows = pd.read_csv(path)
    rows = rows.dropna()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows = rows[rows["age"] > 0]
    rows["user"] = rows["user"].str.lower(){1}
    return rows
"""
_DEBT = "  # debt"

_DECORATED = """
import functools
import pandas as pd
from sklearn.linear_model import Ridge

def looked_at(load):
    @functools.wraps(load)
    def wrapper(*args, **kwargs):
        rows = load(*args, **kwargs)
        {look}
        return rows
    return wrapper

@looked_at
def load(path):{mark}
    rows = pd.read_csv(path).merge(pd.read_csv("users.csv"), on="user")
    rows["age"] = rows["age"].str.strip().astype(float)
    rows["share"] = rows["clicked"] / rows["shown"]
    return rows

rows = load("clicks.csv")
Ridge().fit(rows[["age"]], rows["share"])
"""

_PLACES = """
from sklearn.linear_model import Ridge

def load(path):
    found = []
    with open(path) as file:{mark}
        for line in file:
            fields = line.strip().split("|")
            {look}
            found.append([float(fields[2]), int(fields[5])])
    return found

rows = load("clicks.txt")
Ridge().fit([row[:1] for row in rows], [row[1] for row in rows])
"""

BAD = (
    # shown to everybody: a column that moves gives other numbers, and no error
    _PLACES.format(mark="  # debt", look=""),
    # the others are shown with --pedantic
    _DECORATED.format(look="print(load.__name__)", mark="  # debt"),
    _LOAD.format(_DEBT, "") + _FIT,
    "import os\n"
    + _LOAD.format(_DEBT, "\n    if not os.path.exists(path):\n        raise FileNotFoundError(path)")
    + _FIT,
    _LOAD.format(_DEBT, "\n    assert True\n    if rows is None:\n        raise ValueError(path)") + _FIT,
    _LOAD.format(_DEBT, "\n    return rows\n    assert rows['age'].between(0, 120).all()") + _FIT,
    _LOAD.format(
        _DEBT,
        """
    try:
        assert rows["age"].between(0, 120).all()
    except Exception:
        pass""",
    )
    + _FIT,
    _LOAD.format(_DEBT, "\n    if False:\n        assert 'age' in rows.columns") + _FIT,
    _LOAD.format(_DEBT, "\n    assert len(rows) > 0") + _FIT,
    # a class of settings that names a file declares no table
    "class Settings:\n    path = 'rows.csv'\n"
    + _LOAD.format(_DEBT, "").replace("csv(path)", "csv(Settings.path)")
    + _FIT,
    {
        "loader.py": _LOAD.format(_DEBT, ""),
        "train.py": "from loader import load\n" + _FIT,
        "old/train.py": _LOAD.format("", "") + _FIT,
    },
    "import pandera as pa\n" + _LOAD.format(_DEBT, "").replace("def", "@pa.check_types\ndef") + _FIT,
    "import pandera as pa\n" + _LOAD.format(_DEBT, "").replace("def", "@pa.check_input(PATHS)\ndef") + _FIT,
)
GOOD = (
    _PLACES.format(mark="", look="if len(fields) != 6:\n                raise ValueError(line)"),
    _LOAD.format("", "\n    assert rows['age'].between(0, 120).all()") + _FIT,
    _LOAD.format(
        "",
        """
    missing = {"age", "clicked"} - set(rows.columns)
    if missing:
        raise ValueError(missing)""",
    )
    + _FIT,
    _LOAD.format("", "").replace("return rows", "check(rows)\n    return rows")
    + """
def check(table):
    if table.isnull().any().any():
        raise ValueError("gaps")
"""
    + _FIT,
    "import logging\n"
    + _LOAD.format(
        "",
        """
    if len(rows) < 1000:
        logging.warning("only %d rows", len(rows))""",
    )
    + _FIT,
    "import pandera as pa\n"
    + _LOAD.format("", "\n    rows = pa.DataFrameSchema({'age': pa.Column(int)}).validate(rows)")
    + _FIT,
    "import pandera as pa\n" + _LOAD.format("", "").replace("def", "@pa.check_output(CLICKS)\ndef") + _FIT,
    "import pandera as pa\nfrom pandera.typing import DataFrame\n"
    + _LOAD.format("", "").replace("def load(path):", "@pa.check_types\ndef load(path) -> DataFrame[Clicks]:")
    + _FIT,
    """
    import json
    from pydantic import BaseModel
    from sklearn.linear_model import Ridge

    class Click(BaseModel):
        age: float
        clicked: bool

    def load(path):
        rows = []
        with open(path) as file:
            for line in file:
                row = json.loads(line.strip())
                click = Click(**row)
                rows.append([float(click.age), int(click.clicked)])
        return rows

    rows = load("clicks.jsonl")
    Ridge().fit([row[:1] for row in rows], [row[1] for row in rows])
    """,
    "import logging\n"
    + _LOAD.format("", "").replace("(path)\n", "(path)\n    logging.info('%d rows came in', len(rows))\n")
    + _FIT,
    """
    import pandas as pd
    from django.db import models
    from sklearn.linear_model import Ridge

    class Click(models.Model):
        age = models.FloatField()
        clicked = models.BooleanField()

    rows = pd.DataFrame(Click.objects.filter(age__gt=0).values())
    rows = rows.dropna()
    rows["day"] = pd.to_datetime(rows["time"]).dt.date
    rows["user"] = rows["user"].str.lower()
    rows["age"] = rows["age"].astype(int)
    Ridge().fit(rows[["age"]], rows["clicked"])
    """,
    """
    from sklearn.linear_model import Ridge

    class Clicks:
        def __init__(self, path):
            self.path = path
            with open(self.path) as file:
                width = len(file.readline().split(","))
            if width != 2:
                raise ValueError(f"two columns are expected, not {width}")

        def rows(self):
            found = []
            with open(self.path) as file:
                for line in file:
                    age, clicked = line.strip().split(",")
                    found.append([float(age), int(clicked)])
            return found

    rows = Clicks("clicks.csv").rows()
    Ridge().fit([row[:1] for row in rows], [row[1] for row in rows])
    """,
    _DECORATED.format(look='if rows["age"].isna().any():\n            raise ValueError("ages are missing")', mark=""),
    """
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    table = pd.read_csv("prices.csv")
    LinearRegression().fit(table[["size"]], table["price"])
    """,
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    checks, models, sources = Checks(project.ingesting), FedModels(project), SameSource(project.ingesting)
    unnoticed = Unnoticed(project.flow)
    pipelines = [each for each in project.ingestions if _is_pipeline(each, rule)]
    unchecked = [
        each
        for each, _ in continued(pipelines)
        if checks.of(each) is None and not _is_of_own_work(each, sources) and not _only_tries(project, each)
    ]
    copied = SameWork(project.flow).of(unchecked)
    copies: dict[int, list[Ingestion]] = defaultdict(list)
    for place, held in copied.items():
        copies[held].append(unchecked[place])
    for place, ingestion in enumerate(unchecked):
        if place not in copied:
            yield _hit(project, ingestion, copies[place], models, unnoticed.of(ingestion))


def _is_of_own_work(ingestion: Ingestion, sources: SameSource) -> bool:
    """Whether all that is read was written by the repository before, as far as the code or the names tell."""
    read = zip(ingestion.sources, ingestion.names, strict=True)
    return all(_MADE.search(name) or sources.is_own(source) for source, name in read)


def _only_tries(project: Project, ingestion: Ingestion) -> bool:
    """Whether all happens in a notebook that keeps nothing."""
    module = project.flow.program.modules[ingestion.owner[0]]
    if not module.is_notebook or any(end.use.kind == "written" for end in ingestion.ends):
        return False
    calls = (call for body in project.flow.bodies(module.index) for call in body.calls)
    return not any(project.flow.roles(call) & _KEEPS for call in calls)


def _is_pipeline(ingestion: Ingestion, rule: Rule) -> bool:
    """Whether data is worked on; texts that are only embedded have no columns to check."""
    if all(end.use.kind == "features" for end in ingestion.ends):
        return False
    joins = any(step.text == "joined" for step in ingestion.steps)
    many = len(ingestion.sources) >= rule.integer("min_sources")
    return len(ingestion.steps) >= rule.integer("min_steps") or (joins and many)


def _hit(
    project: Project,
    ingestion: Ingestion,
    copies: list[Ingestion],
    models: FedModels,
    takings: tuple[Taking, ...],
) -> Hit:
    trail = [
        project.step(read, f"read here: {name or project.source_text(read)}")
        for read, name in zip(ingestion.sources, ingestion.names, strict=True)
    ]
    first = {each.text: each for each in reversed(takings)}
    trail += [project.step(each.value, f"{each.text} here") for each in takings if first[each.text] is each]
    trail += [project.step(step.value, f"{step.text} here, unchecked") for step in ingestion.steps[:STEPS_SHOWN]]
    trail += [project.step(end.value, end.use.text) for end in ingestion.ends[:ENDS_SHOWN]]
    fed = models.of(ingestion)
    trail += [project.step(call, f"{model.name} is {how} here") for model in fed for call, how in model.kept[:1]]
    trail += [
        Step(
            location=project.unit_location(each.owner, each.sources[0]), message="the same steps, unchecked, again here"
        )
        for each in copies
    ]
    name = project.unit_name(ingestion.owner)
    module = project.flow.program.modules[ingestion.owner[0]]
    earnest = is_in_earnest(module)
    return Hit(
        location=project.unit_location(ingestion.owner, ingestion.sources[0]),
        message=(
            f"What {name} reads is {ingestion.ends[0].use.text}, and nothing on the way checks its "
            f"columns{_columns(project, ingestion)}, types, ranges or gaps{_told(fed)}."
            f"{_unnoticed(takings)}"
        ),
        trail=tuple(trail),
        component=name,
        confidence=Confidence.LOW if ingestion.is_only_written else None,
        severity=None if earnest and (fed or models.is_scored(ingestion)) else Severity.LOW,
        audience=None if takings and _is_used(module, ingestion) else Audience.PEDANTIC,
        members=tuple(dict.fromkeys(project.ingestion_name(each) for each in (ingestion, *copies))),
    )


def _is_used(module: Module, ingestion: Ingestion) -> bool:
    """Whether others rely on what a pipeline brings: it is not put away, and in a notebook more than what its author
    looks at."""
    if is_kept_as_it_was(module.path):
        return False
    return not module.is_notebook or any(end.use.kind == "written" for end in ingestion.ends)


def _unnoticed(takings: tuple[Taking, ...]) -> str:
    """How what is read is taken, so that nothing fails when its layout changes."""
    ways = list(dict.fromkeys(each.text for each in takings))
    return f" Another layout of it passes unnoticed: {listed(ways, WAYS_SHOWN)}." if ways else ""


def _told(fed: Sequence[TrainedModel]) -> str:
    """What depends on it."""
    names = list(dict.fromkeys(model.name for model in fed))
    if len(names) > 1:
        return f"; {len(names)} models that are kept depend on it, {names[0]} among them"
    return f"; {names[0]}, which is {fed[0].kept[0][1]}, depends on it" if names else ""


def _columns(project: Project, ingestion: Ingestion) -> str:
    """The columns that a pipeline takes for granted: those that it asks for by name and has not made itself."""
    units = project.ingesting.units
    own = [value for value in ingestion.content if units.of(value) in ingestion.units]
    made: dict[object, int] = {}
    names: dict[str, None] = {}
    for value in sorted(own, key=lambda value: (value.body.module.index, value.at, value.body.number, value.number)):
        if value.kind == "store":
            made.setdefault(value.key, value.line)
        elif value.kind == "item" and isinstance(value.key, str) and made.get(value.key, value.line) == value.line:
            names[value.key] = None
    return f" ({listed(list(names), COLUMNS_SHOWN)})" if names else ""
