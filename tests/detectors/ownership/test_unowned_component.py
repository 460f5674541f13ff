"""MLD204 on built histories: what CODEOWNERS says, and whether it can be."""

from textwrap import dedent

import pytest

from mldebt.errors import UsageError
from mldebt.scan import scan
from mldebt.settings import People, Settings

ANN, BO = "Ann Archer <1+ann@users.noreply.github.com>", "Bo Baker <bo@corp.org>"
TRAIN = dedent(
    """
        import joblib
        import pandas as pd
        from sklearn.linear_model import Ridge


        def train(path):
            rows = pd.read_csv(path)
            model = Ridge().fit(rows[["a"]], rows["b"])
            joblib.dump(model, "ridge.joblib")
        """
).lstrip() + "".join(f"    print({number})\n" for number in range(60))


def found(root, folder="", **people):
    settings = Settings(select=("MLD204",), cache=False, jobs=1, people=People(**people))
    outcome = scan(root / folder, settings)
    assert not outcome.failures
    return [(each.location.path, each.message) for each in outcome.findings]


def build(recorder, owners, files=("ml/train.py",), author=BO):
    """Ann was here once, long ago; somebody else wrote the component."""
    recorder.commit({"notes.txt": "x\n"}, author=ANN, day=0)
    recorder.commit(dict.fromkeys(files, TRAIN), author=author, day=999)
    recorder.commit({} if owners is None else {".github/CODEOWNERS": owners}, author=BO, day=1_000)
    return recorder.write()


def test_no_line_covers_it(recorder):
    root = build(recorder, "/docs/ @bo\n")
    assert found(root) == [
        ("ml/train.py", "No line of .github/CODEOWNERS covers this training step, ml/train.py:train.")
    ]


def test_everybody_named_is_gone_and_wrote_none_of_it(recorder):
    root = build(recorder, "# who\n/docs/ @bo\nml/ @ann\n")
    outcome = scan(root, Settings(select=("MLD204",), cache=False, jobs=1))
    (finding,) = outcome.findings
    assert finding.message == (
        ".github/CODEOWNERS gives this training step, ml/train.py:train to @ann: nobody of them is active or wrote any "
        "of it; active means a commit in the 365 days before 2023-06-10."
    )
    assert (finding.trail[0].location.path, finding.trail[0].location.line) == (".github/CODEOWNERS", 3)


@pytest.mark.parametrize(
    "owners",
    [
        "* bo@corp.org\n",  # active
        "* @ann bo@corp.org\n",  # one of them is
        "* @corp/ranking\n",  # a team that nobody has described
        "* @somebody-else\n",  # a login that the history does not know
        "* @ann\n/ml/ @corp/ranking\n",  # the last line that matches is in force
        "*\n",  # said to be nobody's, on purpose
        "# nothing yet\n",
        None,
    ],
)
def test_what_is_no_debt_is_left_alone(recorder, owners):
    assert found(build(recorder, owners)) == []


def test_somebody_who_is_gone_but_wrote_it_is_the_orphan_rules_business(recorder):
    recorder.commit({"ml/train.py": TRAIN}, author=ANN, day=0)
    recorder.commit({"CODEOWNERS": "* @ann\n"}, author=BO, day=1_000)
    assert found(recorder.write()) == []


def test_a_team_of_the_settings_stands_for_its_members(recorder):
    root = build(recorder, "* @corp/ranking\n")
    assert len(found(root, teams={"corp/ranking": ("@ann",)})) == 1
    assert len(found(root, teams={"ranking": ("Ann Archer",)})) == 1
    assert found(root, teams={"ranking": ("@ann", "bo@corp.org")}) == []
    assert found(root, teams={"ranking": ("@ann", "@stranger")}) == []
    assert len(found(root, teams={"ranking": ("@corp/search",), "corp/search": ("@ann", "ranking")})) == 1
    assert found(root, teams={"ranking": ("@corp/search", "@ann"), "search": ("bo@corp.org",)}) == []


def test_many_components_that_no_line_covers_are_told_at_once(recorder):
    files = [f"ml/train_{number}.py" for number in range(5)]
    root = build(recorder, "/docs/ @bo\n", files)
    assert found(root) == [
        (".github/CODEOWNERS", "No line of .github/CODEOWNERS covers 5 components of this repository.")
    ]


def test_small_components_are_left_alone(recorder):
    recorder.commit({"ml/train.py": TRAIN[:400], "CODEOWNERS": "/docs/ @bo\n"}, author=BO)
    assert found(recorder.write()) == []


def test_a_part_of_the_repository_is_not_judged_by_the_file(recorder):
    recorder.commit({"a/ml/train.py": TRAIN, "a/CODEOWNERS": "/docs/ @bo\n"}, author=BO)
    with pytest.raises(UsageError, match="only the whole repository can answer MLD204"):
        found(recorder.write(), "a")
