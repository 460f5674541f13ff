import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mldebt.errors import GitError, UsageError
from mldebt.gate.baseline import entries_of, render_baseline
from mldebt.outcome import ExitCode, Outcome
from mldebt.review import glance, review
from mldebt.scan import scan
from mldebt.settings import Settings, load_settings
from mldebt.verdict import CauseKind, Verdict

SERVE = """\
import random

import numpy as np
from fastapi import FastAPI

app = FastAPI()


@app.get("/tracks")
def tracks(user: int):
    ranked = rank(user)
    return ranked


def rank(user: int):
    scores = MODEL.predict(user)
    return [int(i) for i in np.argsort(-scores)]
"""
SHUFFLED = SERVE.replace("    return ranked\n", "    random.shuffle(ranked)\n    return ranked\n")
OTHER = SHUFFLED.replace("tracks", "albums")
PADDING = "".join(f"LIMIT_{number} = {number}\n" for number in range(30))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", jobs=1, select=("MLD401",))


def judge(recorder: Any, settings: Settings, **given: Any) -> Verdict:
    """The change between the last two commits."""
    root = recorder.write()
    return review(root, recorder.ids[-2], settings=settings, **given)


def test_a_new_finding_with_the_line_that_made_it(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE})
    recorder.commit({"serve.py": SHUFFLED})
    verdict = judge(recorder, settings)
    (new,) = verdict.new
    assert (new.finding.location.line, new.cause.kind) == (12, CauseKind.LINES)
    assert new.cause.message == "written by this change: serve.py:12 order changed here: shuffled"
    assert (verdict.fixed, verdict.kept, verdict.change.changed) == ((), (), {"serve.py"})
    assert verdict.exit_code("low") is ExitCode.FOUND
    assert verdict.exit_code("high") is ExitCode.PASSED


def test_what_was_there_does_not_count(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SHUFFLED})
    recorder.commit({"other.py": OTHER})
    verdict = judge(recorder, settings)
    assert [each.finding.location.path for each in verdict.new] == ["other.py"]
    assert [each.after.location.path for each in verdict.kept] == ["serve.py"]


def test_fixed(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SHUFFLED})
    recorder.commit({"serve.py": SERVE})
    verdict = judge(recorder, settings)
    assert ([each.location.line for each in verdict.mended], verdict.new, verdict.ended_elsewhere) == ([12], (), ())
    assert verdict.exit_code("info") is ExitCode.PASSED


def test_what_other_files_ended_is_told_apart_from_what_was_mended(recorder: Any, settings: Settings) -> None:
    program = "import pandas as pd\nfrom sklearn.linear_model import Ridge\n\n\ndef main():\n"
    program += "    rows = pd.read_csv('rows.csv')\n    Ridge().fit(rows[['age']], rows.price)\n\n\n"
    program += "if __name__ == '__main__':\n    main()\n"
    recorder.commit({"train.py": program})
    recorder.commit({"README.md": "# Prices\n\nRun `python train.py` to train.\n"})
    verdict = judge(recorder, replace(settings, select=("MLD303",)))
    assert ([each.rule_id for each in verdict.ended_elsewhere], verdict.mended) == (["MLD303"], ())


MOVES = {
    "lines": {"serve.py": "# one\n\n" + SHUFFLED},
    "indentation": {
        "serve.py": SHUFFLED.replace("    random.shuffle(ranked)", "    if user:\n        random.shuffle(ranked)")
    },
    "file": {"serve.py": None, "app/api.py": SHUFFLED},
    "file, edited": {"serve.py": None, "app/api.py": SHUFFLED.replace("ranked", "listed")},
    "function": {"serve.py": SHUFFLED.replace("tracks", "songs")},
    "variable": {"serve.py": SHUFFLED.replace("ranked", "listed")},
    "into an existing file": {"serve.py": SERVE, "other.py": SHUFFLED + PADDING},
}


@pytest.mark.parametrize("files", MOVES.values(), ids=MOVES)
def test_what_moved_is_not_new(recorder: Any, settings: Settings, files: dict[str, str | None]) -> None:
    recorder.commit({"serve.py": SHUFFLED, "other.py": PADDING})
    recorder.commit(files)
    verdict = judge(recorder, settings)
    assert (verdict.new, verdict.fixed, len(verdict.kept)) == ((), (), 1)


def test_the_work_tree_counts_unless_a_head_is_named(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE})
    recorder.commit({"serve.py": SERVE + "x = 1\n"})
    root = recorder.write()
    (root / "serve.py").write_text(SHUFFLED)
    dirty = review(root, "HEAD", settings=settings)
    assert (len(dirty.new), dirty.head) == (1, "")
    clean = review(root, recorder.id(1), "HEAD", settings)
    assert (clean.new, clean.head) == ((), recorder.id(2))


def test_the_other_side_of_a_merge_is_no_part_of_the_change(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE})
    recorder.commit({"other.py": OTHER}, parents=[1])
    recorder.commit({"other.py": None, "more.py": "x = 1\n"}, parents=[1])
    root = recorder.write()
    verdict = review(root, recorder.id(2), settings=settings)
    assert (verdict.base, verdict.new, verdict.fixed) == (recorder.id(1), (), ())
    direct = review(root, recorder.id(2), settings=settings, direct=True)
    assert (direct.base, len(direct.fixed)) == (recorder.id(2), 1)


def test_a_state_scanned_before_is_not_scanned_again(recorder: Any, settings: Settings, plain_git: Any) -> None:
    recorder.commit({"serve.py": SERVE, "link.py": "serve.py"}, modes={"link.py": "120000"})
    recorder.commit({"serve.py": SHUFFLED})
    root = recorder.write()
    plain_git(root, "checkout", "-q", recorder.id(1))
    scan(root, settings)
    plain_git(root, "checkout", "-q", recorder.id(2))
    verdict = review(root, recorder.id(1), settings=settings)
    assert (verdict.before.warm, verdict.after.warm) == (True, False)
    verdict = review(root, recorder.id(1), settings=settings)
    assert (verdict.before.warm, verdict.after.warm) == (True, True)


def test_a_comment_silences_and_is_told(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SHUFFLED})
    recorder.commit({"serve.py": SHUFFLED.replace("(ranked)\n", "(ranked)  # mldebt: ignore[MLD401] agreed\n")})
    verdict = judge(recorder, settings)
    assert (len(verdict.silenced), verdict.fixed, verdict.new) == (1, (), ())


LOADER = """\
import json

from sklearn.linear_model import Ridge


def load_{name}():
    rows = [json.loads(line) for line in open("data/clicks.jsonl")]
    rows = [row for row in rows if row["{name}"] is not None]
    return [[float(row["price"].strip()), len(row["{name}"].lower())] for row in rows]


def train_{name}():
    rows = load_{name}()
    return Ridge().fit(rows, [row[0] for row in rows])
"""


def test_another_reader_of_the_same_source_is_growth(recorder: Any, settings: Settings) -> None:
    recorder.commit({f"{name}.py": LOADER.format(name=name) for name in ("age", "city")})
    recorder.commit({"shop.py": LOADER.format(name="shop")})
    verdict = judge(recorder, replace(settings, select=("MLD102",)))
    assert (verdict.new, verdict.fixed) == ((), ())
    (grown,) = verdict.grown
    assert grown.gained == ("shop.py:load_shop",)
    assert (grown.cause.kind, grown.cause.files) == (CauseKind.LINES, ("shop.py",))
    assert verdict.exit_code("low") is ExitCode.FOUND
    assert "grew by shop.py:load_shop" in verdict.brought[0].cause.message


def test_a_reader_less_is_no_growth(recorder: Any, settings: Settings) -> None:
    recorder.commit({f"{name}.py": LOADER.format(name=name) for name in ("age", "city", "shop")})
    recorder.commit({"shop.py": None})
    verdict = judge(recorder, replace(settings, select=("MLD102",)))
    assert (verdict.new, verdict.grown, verdict.fixed, len(verdict.kept)) == ((), (), (), 1)


COPIED = """
import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

def load():
    rows = pd.read_csv("clicks.csv", sep=";")
    users = pd.read_csv("users.csv")
    rows = rows.dropna()
    rows["day"] = pd.to_datetime(rows["day"], errors="coerce")
    rows = rows[rows["day"] > "2020-01-01"]
    rows = rows.merge(users, on="user")
    return rows.drop_duplicates()

def train():
    rows = load()
    model = LogisticRegression()
    model.fit(rows[["n", "k"]], rows["y"])
    joblib.dump(model, "{name}.pkl")

if __name__ == "__main__":
    train()
"""


@pytest.mark.parametrize("rule_id", ["MLD101", "MLD104", "MLD404"])
def test_of_copies_that_were_told_as_one_those_that_are_left_are_not_new(
    recorder: Any, settings: Settings, rule_id: str
) -> None:
    recorder.commit({f"{name}.py": COPIED.replace("{name}", name) for name in "abc"})
    recorder.commit({"a.py": None})
    verdict = judge(recorder, replace(settings, select=(rule_id,), pedantic=True))
    (before,), (after,) = verdict.before.findings, verdict.after.findings
    assert [len(each.members) for each in (before, after)] == [3, 2]
    assert (verdict.new, verdict.grown, verdict.fixed, len(verdict.kept)) == ((), (), (), 1)


@pytest.mark.parametrize("rule_id", ["MLD101", "MLD404"])
def test_a_copy_more_is_growth(recorder: Any, settings: Settings, rule_id: str) -> None:
    recorder.commit({f"{name}.py": COPIED.replace("{name}", name) for name in "bc"})
    recorder.commit({"a.py": COPIED.replace("{name}", "a")})
    verdict = judge(recorder, replace(settings, select=(rule_id,)))
    assert (verdict.new, [each.cause.kind for each in verdict.grown]) == ((), [CauseKind.LINES])


def admitting(name: str, *comments: str) -> dict[str, str]:
    text = COPIED.replace("{name}", name).replace("def train", f"def train_{name}").replace("    train()", "    pass")
    return {
        f"{name}.py": text.replace("    model =", "\n".join((*(f"    # {each}" for each in comments), "    model =")))
    }


EXPORT = "TODO: replace this by the new export as soon as it is there"
ROBOTS = "FIXME: the robots are still in here, take all of them out"


@pytest.mark.parametrize(
    ("before", "after", "grown"),
    [
        pytest.param(admitting("a", EXPORT), admitting("b", EXPORT), [f"b.py:{EXPORT}"], id="copied"),
        pytest.param(admitting("a", EXPORT), admitting("a", EXPORT, ROBOTS), [f"a.py:{ROBOTS}"], id="one more"),
        pytest.param(admitting("a", EXPORT, ROBOTS), admitting("a", ROBOTS), [], id="one paid of two"),
        pytest.param(
            admitting("a", EXPORT, ROBOTS) | admitting("b", EXPORT), admitting("a", ROBOTS), [], id="one of a copy"
        ),
        pytest.param(
            admitting("a", EXPORT) | admitting("b", EXPORT), {"a.py": None}, [], id="copied from a file that goes"
        ),
        pytest.param(
            admitting("a", EXPORT, ROBOTS) | admitting("b", "TODO: faster"),
            admitting("a", EXPORT) | admitting("b", "TODO: faster", ROBOTS),
            [],
            id="moved to another file",
        ),
    ],
)
def test_comments_that_admit_debt_are_compared_one_by_one(
    recorder: Any, settings: Settings, before: dict[str, str], after: dict[str, str], grown: list[str]
) -> None:
    recorder.commit(before)
    recorder.commit(after)
    verdict = judge(recorder, replace(settings, select=("MLD306",)))
    assert (verdict.new, [name for each in verdict.grown for name in each.gained]) == ((), grown)


def test_what_the_baseline_takes_in_is_accepted(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE})
    recorder.commit({"serve.py": SHUFFLED})
    root = recorder.write()
    known = root / "known.tsv"
    known.write_text(render_baseline(entries_of(scan(root, settings))))
    verdict = review(root, recorder.id(1), settings=replace(settings, baseline=known))
    assert (verdict.new, verdict.accepted) == ((), 1)


def test_a_folder_alone(recorder: Any, settings: Settings) -> None:
    recorder.commit({"app/serve.py": SERVE, "x.py": "x = 1\n"})
    recorder.commit({"app/serve.py": SHUFFLED, "serve.py": OTHER})
    root = recorder.write()
    verdict = review(root / "app", recorder.id(1), settings=settings)
    assert [each.finding.location.path for each in verdict.new] == ["serve.py"]
    assert verdict.after.prefix == "app/"


def test_a_file_that_could_not_be_read_is_not_fixed(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SHUFFLED})
    recorder.commit({"serve.py": SHUFFLED + "print 'two'\n"})
    verdict = judge(recorder, settings)
    assert (len(verdict.unknown), verdict.fixed) == (1, ())


def test_a_change_of_the_configuration_counts_for_both_states_and_is_told(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SHUFFLED})
    recorder.commit({"serve.py": SHUFFLED, "mldebt.toml": "ignore = ['MLD401']\n"})
    root = recorder.write()
    here = load_settings(root, flags={"cache_dir": settings.cache_dir, "jobs": 1})
    verdict = review(root, recorder.id(1), settings=here)
    assert not [each for each in verdict.fixed if each.rule_id == "MLD401"]
    assert verdict.notes == ("The change also alters how it is judged: mldebt.toml.",)


def test_what_cannot_be_judged_is_refused(recorder: Any, settings: Settings, tmp_path: Path) -> None:
    recorder.commit({"serve.py": SERVE})
    root = recorder.write()
    with pytest.raises(UsageError, match="judged in a whole folder"):
        review(root / "serve.py", "HEAD", settings=settings)
    with pytest.raises(GitError, match="no such commit, branch or tag"):
        review(root, "nowhere", settings=settings)
    (tmp_path / "bare").mkdir()
    with pytest.raises(UsageError, match="not inside a git repository"):
        review(tmp_path / "bare", "HEAD", settings=settings)


HEAD = """\
import random

import numpy as np
from fastapi import FastAPI

app = FastAPI()
"""
ENDPOINT = """

@app.get("/{name}")
def {name}(user: int):
    {name}_scores = MODEL.predict(user)
    {name}_best = [int(i) for i in np.argsort(-{name}_scores)]
    random.shuffle({name}_best)
    return {name}_best
"""


def places(outcome: Outcome) -> set[tuple[str, str, str, str]]:
    return {
        (each.rule_id, each.location.path, each.location.symbol, each.location.snippet) for each in outcome.findings
    }


def test_over_a_history_what_is_new_is_what_the_second_scan_has_and_the_first_has_not(
    recorder: Any, settings: Settings, plain_git: Any
) -> None:
    """An independent check: plain scans of real checkouts, compared by equality."""
    chance = random.Random(7)  # noqa: S311  # the same changes every time, nothing secret
    files: dict[str, set[str]] = {"a.py": set(), "app/b.py": set(), "c.py": set()}
    for step in range(12):
        for path, names in files.items():
            names -= {name for name in names if chance.random() < 0.3}
            names |= {f"n{step}_{path[0]}{number}" for number in range(chance.randrange(3))}
        recorder.commit(
            {
                path: HEAD + "".join(ENDPOINT.format(name=name) for name in chance.sample(sorted(names), len(names)))
                for path, names in files.items()
            }
        )
    root = recorder.write()
    scans = []
    for commit in recorder.ids:
        plain_git(root, "checkout", "-q", commit)
        scans.append(scan(root, replace(settings, cache=False)))
    told = 0
    for number in range(1, 12):
        verdict = review(root, recorder.ids[number - 1], recorder.ids[number], settings)
        before, after = places(scans[number - 1]), places(scans[number])
        new = replace(scans[number], findings=tuple(each.finding for each in verdict.new))
        gone = replace(scans[number], findings=verdict.fixed)
        assert places(new) == after - before
        assert places(gone) == before - after
        told += len(verdict.new) + len(verdict.fixed)
    assert told > 30


# ---------------------------------------------------------------------------- people

TRAIN = """\
import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier


def train(path):
    \"\"\"Trains the churn classifier on a year of subscriptions; AUC 0.83 on the last month.\"\"\"
    rows = pd.read_csv(path)
    rows = rows.dropna()
    rows = rows[rows.age > 18]
    rows["age"] = rows.age / 100
    rows["income"] = rows.income.fillna(0)
    # more
    model = GradientBoostingClassifier(random_state=3)
    model.fit(rows[["age", "income"]], rows["churned"])
    joblib.dump(model, "churn.joblib")
    return model
"""
BOB = "Bob Lee <bob@corp.org>"


TRAIN = TRAIN.replace("    # more\n", "".join(f"    rows['x{n}'] = rows.x{n}.fillna({n})\n" for n in range(40)))


def people(settings: Settings) -> Settings:
    return replace(settings, select=("MLD201",))


def team(recorder: Any) -> None:
    """Ann and Bob each wrote half of the training; others are about."""
    half = TRAIN.splitlines(keepends=True)
    recorder.commit({"train.py": "".join(half[:30])}, author=BOB, day=1)
    recorder.commit({"train.py": TRAIN, "x.py": "x = 1\n"}, day=2)
    recorder.commit({"y.py": "y = 1\n"}, author="Cy <cy@corp.org>", day=300)


def test_who_becomes_the_only_one_by_a_change(recorder: Any, settings: Settings) -> None:
    team(recorder)
    recorder.commit({"train.py": TRAIN.replace("rows", "table").replace("path", "file")}, day=301)
    verdict = judge(recorder, people(settings))
    assert [each.finding.rule_id for each in verdict.new] == ["MLD201"]
    assert "train.py" in verdict.new[0].cause.message
    assert verdict.drifted == ()


def test_who_becomes_the_only_one_by_time_is_no_fault_of_the_change(recorder: Any, settings: Settings) -> None:
    team(recorder)
    recorder.commit({"x.py": "x = 2\n"}, author="Cy <cy@corp.org>", day=366.5)
    verdict = judge(recorder, people(settings))
    assert verdict.new == ()
    (drifted,) = verdict.drifted
    assert (drifted.finding.rule_id, drifted.cause.kind) == ("MLD201", CauseKind.TIME)
    assert verdict.exit_code("info") is ExitCode.PASSED


def test_what_nobody_touches_for_a_year_is_no_fault_of_the_change(recorder: Any, settings: Settings) -> None:
    recorder.commit({"train.py": TRAIN.replace("def train", "def train_once")}, day=1)
    recorder.commit({"x.py": "x = 1\n"}, day=360)
    recorder.commit({"x.py": "x = 2\n"}, day=370)
    verdict = judge(recorder, replace(settings, select=("MLD504",)))
    assert verdict.new == ()
    assert [(each.finding.rule_id, each.cause.kind) for each in verdict.drifted] == [("MLD504", CauseKind.TIME)]


def test_what_joins_a_finding_by_time_is_no_growth(recorder: Any, settings: Settings) -> None:
    old = TRAIN.replace("def train", "def train_once")
    both = old + TRAIN[TRAIN.index("def train") :].replace("def train", "\n\ndef train_twice").replace("rows", "table")
    recorder.commit({"train.py": old}, day=1)
    recorder.commit({"train.py": both}, day=100)
    recorder.commit({"train.py": "# Both are old.\n" + both}, day=460)
    recorder.commit({"train.py": "# Both are old by now.\n" + both}, day=470)
    recorder.write()
    verdict = review(recorder.root, recorder.id(3), settings=replace(settings, select=("MLD504",)))
    assert (verdict.new, verdict.grown, verdict.fixed, len(verdict.kept)) == ((), (), (), 1)
    (finding,) = verdict.after.findings
    assert finding.members == ("train.py:train_once", "train.py:train_twice")


def test_who_comes_back_to_something_else_is_no_fault_of_the_change(recorder: Any, settings: Settings) -> None:
    team(recorder)
    recorder.commit({"y.py": "y = 2\n"}, author="Cy <cy@corp.org>", day=400)
    recorder.commit({"x.py": "x = 2\n"}, day=401)
    verdict = judge(recorder, people(settings))
    assert verdict.new == ()
    assert [each.cause.kind for each in verdict.drifted] == [CauseKind.PEOPLE]


def test_what_time_or_somebody_elses_work_ended_is_not_fixed(recorder: Any, settings: Settings) -> None:
    team(recorder)
    recorder.commit({"y.py": "y = 2\n"}, author="Cy <cy@corp.org>", day=366.5)
    recorder.commit({"z.py": "z = 2\n"}, author=BOB, day=367)
    verdict = judge(recorder, people(settings))
    assert ([each.rule_id for each in verdict.lapsed], verdict.fixed) == (["MLD201"], ())


def test_what_time_alone_ended_is_not_fixed_by_an_edit(recorder: Any, settings: Settings) -> None:
    team(recorder)
    recorder.commit({"y.py": "y = 2\n"}, author="Cy <cy@corp.org>", day=366.5)
    recorder.commit({"train.py": TRAIN.replace("0.83", "0.84")}, author="Cy <cy@corp.org>", day=800)
    verdict = judge(recorder, people(settings))
    assert ([each.rule_id for each in verdict.lapsed], verdict.fixed) == (["MLD201"], ())


def test_a_second_person_who_works_on_the_code_fixes_it(recorder: Any, settings: Settings) -> None:
    team(recorder)
    recorder.commit({"y.py": "y = 2\n"}, author="Cy <cy@corp.org>", day=366.5)
    recorder.commit({"train.py": TRAIN.replace(".fillna(2", ".fillna(0 + 2")}, author="Cy <cy@corp.org>", day=367)
    verdict = judge(recorder, people(settings))
    assert (verdict.lapsed, [each.rule_id for each in verdict.fixed]) == ((), ["MLD201"])


# ---------------------------------------------------------------------------- a glance


def look(recorder: Any, settings: Settings, *files: str, base: str = "HEAD") -> Verdict | None:
    return glance([recorder.root / file for file in files], base, settings, folder=recorder.root)


def test_a_glance_sees_what_was_done_to_a_file(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE, "other.py": OTHER})
    root = recorder.write()
    assert look(recorder, settings, "serve.py", "other.py") is None
    (root / "serve.py").write_text(SHUFFLED)
    verdict = look(recorder, settings, "serve.py", "README.md")
    assert verdict is not None
    assert [each.finding.location.line for each in verdict.new] == [12]
    assert verdict.after.counts.files == 1
    (root / "other.py").write_text(OTHER + "# a comment\n")
    both = look(recorder, settings, "serve.py", "other.py")
    assert both is not None
    assert ([each.finding.location.path for each in both.new], len(both.kept)) == (["serve.py"], 1)


def test_a_glance_sees_across_files(recorder: Any, settings: Settings) -> None:
    rank = SERVE[SERVE.index("def rank") :]
    serve = SERVE[: SERVE.index("def rank")].replace(
        "import random\n", "import random\nfrom shop.ranking import rank\n"
    )
    recorder.commit({"shop/ranking.py": "import numpy as np\n\n\n" + rank, "shop/serve.py": serve, "far.py": "x = 1\n"})
    root = recorder.write()
    (root / "shop" / "serve.py").write_text(
        serve.replace("    return ranked", "    random.shuffle(ranked)\n    return ranked")
    )
    verdict = look(recorder, settings, "shop/serve.py")
    assert verdict is not None
    assert verdict.new[0].finding.trail[0].location.path == "shop/ranking.py"
    assert verdict.after.counts.files == 2


def test_a_glance_at_a_renamed_file(recorder: Any, settings: Settings, plain_git: Any) -> None:
    recorder.commit({"serve.py": SHUFFLED})
    root = recorder.write()
    plain_git(root, "mv", "serve.py", "api.py")
    verdict = look(recorder, settings, "api.py")
    assert verdict is not None
    assert (verdict.new, len(verdict.kept), verdict.change.renamed) == ((), 1, {"serve.py": "api.py"})


def test_a_glance_below_the_top(recorder: Any, settings: Settings) -> None:
    recorder.commit({"app/serve.py": SERVE})
    root = recorder.write()
    (root / "app" / "serve.py").write_text(SHUFFLED)
    verdict = glance([root / "app" / "serve.py"], settings=settings, folder=root / "app")
    assert verdict is not None
    assert [each.finding.location.path for each in verdict.new] == ["serve.py"]
    with pytest.raises(UsageError, match="not in"):
        glance([root / "serve.py"], settings=settings, folder=root / "app")


def test_a_glance_at_what_cannot_be_read_is_not_silent(recorder: Any, settings: Settings, tmp_path: Path) -> None:
    recorder.commit({"serve.py": SERVE})
    root = recorder.write()
    (root / "link.py").symlink_to(tmp_path / "elsewhere.py")
    assert look(recorder, settings, "link.py") is not None
    assert look(recorder, settings, "gone.py", "serve.py/gone.py") is None


def test_a_glance_keeps_no_outcome(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE})
    root = recorder.write()
    (root / "serve.py").write_text(SHUFFLED)
    look(recorder, settings, "serve.py")
    assert not (settings.cache_dir / "outcomes").exists()


# ---------------------------------------------------------------------------- trouble


def test_two_at_once_agree(recorder: Any, settings: Settings) -> None:
    recorder.commit({"serve.py": SERVE})
    recorder.commit({"serve.py": SHUFFLED})
    root = recorder.write()
    environment = {"PATH": os.environ["PATH"], "MLDEBT_CACHE_DIR": str(settings.cache_dir), "HOME": str(root)}
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "mldebt", "gate", root, "--base", recorder.id(1), "--format", "json", "-j1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        for _ in range(3)
    ]
    told = [run.communicate() for run in runs]
    assert {run.returncode for run in runs} == {1}
    assert len({output for output, _ in told}) == 1
    assert all(b"Traceback" not in error for _, error in told)
