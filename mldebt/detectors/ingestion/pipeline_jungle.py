"""MLD105: data that goes through file after file, from program to program, in an order that nothing states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.pipeline import Project
from mldebt.pipeline.ingestion.jungles import Chain, Jungles
from mldebt.rulebook import Rule

_STEPS = {
    "fetch.py": """
        import pandas as pd

        rows = pd.read_json("https://example.org/rows.json")@
        rows = rows.dropna()
        rows = rows[rows.price > 0]
        rows.to_csv("raw.csv")
        """,
    "clean.py": """
        import pandas as pd

        rows = pd.read_csv("raw.csv")
        rows["day"] = pd.to_datetime(rows["day"])
        rows.drop_duplicates().to_csv("clean.csv")
        """,
    "features.py": """
        import pandas as pd

        rows = pd.read_csv("clean.csv")
        rows["week"] = rows["day"].str[:7]
        rows.to_csv("features.csv")
        """,
    "train.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge

        rows = pd.read_csv("features.csv")
        model = Ridge().fit(rows[["price"]], rows.sold)
        joblib.dump(model, "ridge.joblib")
        """,
}


def _steps(mark: str = "", **others: str) -> dict[str, str]:
    return {path: text.replace("@", mark) for path, text in _STEPS.items()} | others


BAD = (
    _steps("  # debt"),
    _steps("  # debt", **{"owners.yaml": "files: [fetch.py, clean.py, features.py, train.py]\nteam: ranking\n"}),
    {
        path: text.replace("@", "  # debt").replace("clean.csv", "data/b.csv").replace("raw.csv", "data/a.csv")
        for path, text in _STEPS.items()
    },
)
_NAMES = "'fetch.py', 'clean.py', 'features.py', 'train.py'"
GOOD = (
    _steps(Makefile="all:\n\tpython fetch.py\n\tpython clean.py\n\tpython features.py\n\tpython train.py\n"),
    _steps(**{"run.sh": "python fetch.py\npython clean.py\npython features.py\npython train.py\n"}),
    _steps(**{"order.yaml": "steps:\n- fetch.py\n- clean.py\n- features.py\n- train.py\n"}),
    _steps(**{"main.py": f"import runpy\nfor step in ({_NAMES}):\n    runpy.run_path(step)\n"}),
    _steps(**{"main.py": "import fetch\nimport clean\nimport features\nimport train\n"}),
    {path: "def run():" + text.replace("@", "") for path, text in _STEPS.items()},
    {path: text.replace("@", "") for path, text in _STEPS.items() if path != "features.py"}
    | {"train.py": _STEPS["train.py"].replace("features.csv", "clean.csv")},
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    told: dict[tuple[int, ...], list[Chain]] = defaultdict(list)
    for chain in Jungles(project).find(rule.integer("hops")):
        told[chain.modules[:-1]].append(chain)  # what differs in the last program alone is one jungle
    for chains in told.values():
        yield _hit(project, chains[0], len(chains) - 1)


def _hit(project: Project, chain: Chain, more: int) -> Hit:
    first = chain.hops[0].write
    steps = [project.step(chain.source, "read here")] if chain.source.body.module is first.body.module else []
    for hop in chain.hops:
        steps.append(project.step(hop.write, f"{hop.name or 'a file'} is written here"))
        steps.append(project.step(hop.read, f"{hop.name or 'it'} is read here"))
    if chain.end is not chain.hops[-1].read:
        steps.append(project.step(chain.end, chain.use))
    others = f", and as many into {more} more {'program' if more == 1 else 'programs'}" if more else ""
    return Hit(
        location=steps[0].location,
        message=f"{len(chain.hops)} files lead from program to program until the data is used, and nothing says in "
        f"which order to run them: {_drawn(project, chain)}{others}.",
        trail=tuple(steps),
        component=project.component_of(chain.source.body),
    )


def _drawn(project: Project, chain: Chain) -> str:
    """The chain as a person would draw it."""
    parts = [chain.hops[0].write.body.module.path]
    for hop in chain.hops:
        parts += [hop.name or "…", hop.read.body.module.path]
    return " → ".join(parts)
