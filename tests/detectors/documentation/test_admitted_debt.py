"""MLD306 on a built history: who admitted it, and when."""

from textwrap import dedent

from mldebt.scan import scan
from mldebt.settings import Settings

TRAIN = dedent(
    """
    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge


    def train(path):
        rows = pd.read_csv(path)
        # TODO: robots
        model = Ridge()
        model.fit(rows[["a"]], rows["b"])
        joblib.dump(model, "ridge.joblib")
    """
).lstrip()


def test_one_finding_a_component_with_the_author_and_the_age_of_the_oldest(recorder):
    recorder.commit({"train.py": TRAIN}, author="Ann Archer <ann@corp.org>", day=1)
    later = TRAIN.replace("    model = Ridge()", "    model = Ridge()  # FIXME alpha")
    recorder.commit({"train.py": later}, author="Bo Baker <bo@corp.org>", day=400)
    (found,) = scan(recorder.write(), Settings(select=("MLD306",), cache=False, jobs=1)).findings
    assert found.message == "2 comments admit debt, the oldest by Ann Archer, September 2020: TODO: robots"
    assert [step.message for step in found.trail] == [
        "TODO: robots (by Ann Archer, September 2020)",
        "FIXME alpha (by Bo Baker, October 2021)",
    ]


def test_a_comment_over_several_lines_is_told_from_the_beginning_of_its_sentence(tmp_path):
    lines = ("Shops are read one by one.", "The export lacks prices, and", "this is only temporary", "(until June).")
    said = "\n    ".join(f"# {line}" for line in lines)
    (tmp_path / "train.py").write_text(TRAIN.replace("# TODO: robots", said), encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD306",), cache=False, jobs=1)).findings
    assert found.trail[0].message == "The export lacks prices, and this is only temporary (until June)."


def test_a_comment_that_was_copied_along_is_told_once(tmp_path):
    said = TRAIN.replace("robots", "rows of robots are still in there")
    more = said.replace("model = Ridge()", "model = Ridge()  # FIXME: the parameter is a guess of last year")
    for name, text in (("ads", said), ("feed", said), ("prices", more)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    first, other = scan(tmp_path, Settings(select=("MLD306",), cache=False, jobs=1)).findings
    assert first.message == ("A comment admits debt: TODO: rows of robots are still in there (copied to 2 more places)")
    assert [(step.location.path, step.message) for step in first.trail] == [
        ("ads.py", "TODO: rows of robots are still in there"),
        ("feed.py", "the same again"),
        ("prices.py", "the same again"),
    ]
    assert other.message == "A comment admits debt: FIXME: the parameter is a guess of last year"


def test_a_copy_of_what_stands_twice_in_one_place_counts_once(tmp_path):
    said = TRAIN.replace("robots", "rows of robots are still in there")
    twice = said.replace("model = Ridge()", "# TODO: rows of robots are still in there\n    model = Ridge()")
    for name, text in (("ads", twice), ("feed", said)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD306",), cache=False, jobs=1)).findings
    assert found.message.startswith("2 comments admit debt: ")
    assert found.message.endswith(" (copied to 1 more place)")
    assert [step.location.path for step in found.trail] == ["ads.py", "ads.py", "feed.py"]


def test_what_a_comment_has_to_say_may_stand_below_it(tmp_path):
    (tmp_path / "train.py").write_text(TRAIN.replace("# TODO: robots", "# TODO:\n    # Leave out robots"), "utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD306",), cache=False, jobs=1)).findings
    assert found.message == "A comment admits debt: TODO: Leave out robots"
