"""What somebody leaves behind, on a history and documents whose every line is known."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.answers import Handover, Offboarding
from mldebt.git import open_repository
from mldebt.ownership import read_changes
from mldebt.pipeline.people.handover import ask_offboard, leaving
from mldebt.pipeline.people.owners import basis
from mldebt.pipeline.programs.serving_path import ServingPath
from mldebt.scan import read_project
from mldebt.settings import Settings

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
TRAIN = dedent(
    '''
    """Prices of flats, learned from last year's sales."""

    import joblib
    import pandas as pd
    from sklearn.linear_model import Ridge


    def train():
        # TODO(ann@corp.org): leave out the outliers
        rows = pd.read_csv("sales.csv")
        model = Ridge().fit(rows[["a"]], rows["b"])
        # a plain remark
        joblib.dump(model, "ridge.joblib")


    if __name__ == "__main__":
        train()
    '''
).lstrip()
SERVE = dedent(
    """
    import joblib
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/price")
    def price(a: float):
        return float(joblib.load("ridge.joblib").predict([[a]])[0])
    """
).lstrip()
LAB = dedent(
    """
    import pandas as pd
    from sklearn.cluster import KMeans
    import pickle


    def segments():
        rows = pd.read_csv("people.csv")
        pickle.dump(KMeans(8).fit(rows), open("segments.pkl", "wb"))
    """
).lstrip()


@pytest.fixture
def shop(recorder):
    recorder.commit({"ml/train.py": TRAIN.replace("sales.csv", "old.csv")}, author=ANN, day=0, message="first prices")
    recorder.commit({"lab/segments.py": LAB, "lab/notes.py": "x = 1\n"}, author=ANN, day=10)
    recorder.commit({"web/app.py": SERVE, "ml/clean.py": "y = 2\nz = 3\n"}, author=BO, day=20)
    recorder.commit({"ml/train.py": TRAIN}, author=ANN, day=400, message="sales, not old")
    recorder.commit(
        {
            "Makefile": "prices:\n\tpython -m ml.train\n\nserve:\n\tuvicorn web.app:app\n",
            "README.md": "# Shop\n\n`lab/segments.py` makes the segments.\n",
        },
        author=BO,
        day=410,
    )
    return recorder.write()


def offboard(root, name: str, scrub: Callable[[str], str] = str) -> Offboarding:
    project = read_project(root, Settings(cache=False, jobs=1))
    ownership = project.ownership
    (person,) = [each for each in ownership.contributors if each.name == name]
    left = leaving(project, ownership, person)
    changes = read_changes(open_repository(root), [each.component.path for each in left], limit=5)
    return ask_offboard(project, ownership, basis(project, ownership, "shop"), person, left, changes, scrub)


def page(answer: Offboarding, name: str) -> Handover:
    (found,) = [each for each in (*answer.left_alone, *answer.shared) if each.holding.name == name]
    return found


def test_serving_and_undocumented_come_first(shop):
    answer = offboard(shop, "Ann Archer")
    assert [(each.holding.name, each.serving) for each in answer.left_alone] == [
        ("ml/train.py:train", True),
        ("lab/segments.py:segments", False),
    ]
    assert answer.shared == ()
    assert (answer.commits, answer.active) == (3, True)


def test_what_they_wrote_beside_the_components(recorder):
    recorder.commit({"ml/train.py": TRAIN, "shop/words.py": "x = 1\n" * 40, "shop/few.py": "y = 1\n"}, author=ANN)
    recorder.commit({"shop/both.py": "z = 1\n" * 30}, author=BO, day=1)
    recorder.commit({"shop/both.py": "z = 1\n" * 30 + "a = 2\n" * 30}, author=ANN, day=2)
    answer = offboard(recorder.write(), "Ann Archer")
    assert [(each.path, each.lines, each.share, each.known_by) for each in answer.files] == [
        ("shop/words.py", 40, 1.0, ()),
        ("shop/both.py", 30, 0.5, ("Bo Baker",)),
    ]
    assert answer.outside >= 71
    assert answer.lines - answer.outside > 0


def test_what_is_opened_to_be_read_is_not_written(recorder):
    text = TRAIN + "\n\ndef known():\n    with open('known.pickle', 'rb') as kept:\n        return kept.read()\n"
    text += "\n\ndef keep(data):\n    with open('made.pickle', 'wb') as kept:\n        kept.write(data)\n"
    recorder.commit({"ml/train.py": text}, author=ANN)
    recorder.commit({"notes.txt": "x\n"}, author=BO, day=1)
    project = read_project(recorder.write(), Settings(cache=False, jobs=1))
    serving = ServingPath(project.flow)
    (module,) = [each for each in project.modules() if each.path == "ml/train.py"]
    units = [(module.index, number) for number in range(len(module.facts.scopes))]
    written = serving.written(units, "stores") + serving.written(units, "saves")
    assert "made.pickle" in written
    assert "known.pickle" not in written


def test_a_file_whose_name_is_not_known_is_told_by_what_reads_it(recorder):
    story = Path(__file__).parents[3] / "fixtures" / "story" / "files"
    texts = {f"ranking/{name}.py": (story / "ranking" / f"{name}.py").read_text() for name in ("clicks", "ranker")}
    recorder.commit({**texts, "ranking/__init__.py": ""}, author=ANN)
    recorder.commit({"notes.txt": "x\n"}, author=BO, day=1)
    answer = offboard(recorder.write(), "Ann Archer")
    assert page(answer, "ranking/clicks.py:load_clicks").reads == ("gzip.open", "/data/exports/items.csv")


def test_what_the_repository_says_of_it(shop):
    train = page(offboard(shop, "Ann Archer"), "ml/train.py:train")
    assert train.what == "Prices of flats, learned from last year's sales."
    assert [(place.path, place.line, place.text) for place in train.retrain] == [
        ("Makefile", 2, "make prices: python -m ml.train")
    ]
    assert (train.reads, train.writes) == ((), ("ridge.joblib",))
    assert [(each.author, each.subject) for each in train.changes] == [
        ("Ann Archer", "sales, not old"),
        ("Ann Archer", "first prices"),
    ]


def test_only_unfinished_work_is_remarked_with_its_author_and_day(shop):
    (remark,) = page(offboard(shop, "Ann Archer"), "ml/train.py:train").remarks
    assert (remark.path, remark.line, remark.text) == ("ml/train.py", 9, "TODO(ann@corp.org): leave out the outliers")
    assert (remark.author, remark.written) == ("Ann Archer", 1_600_000_000)


def test_where_it_runs(shop):
    price = page(offboard(shop, "Bo Baker"), "web/app.py:price")
    assert [(place.path, place.text) for place in price.runs] == [
        ("web/app.py", "endpoint price"),
        ("Makefile", "make serve: uvicorn web.app:app"),
    ]
    assert price.serving


def test_of_many_files_that_use_it_a_few_are_named(recorder):
    use = "from ml.train import train\n\nprint(train())\n"
    users = [f"{folder}/use_{n}.py" for folder in ("ml", "jobs", "tools") for n in range(3)]
    recorder.commit(
        {"ml/train.py": TRAIN, **dict.fromkeys(users, use), "run.sh": "python tools/use_2.py\n"}, author=ANN
    )
    train = page(offboard(recorder.write(), "Ann Archer"), "ml/train.py:train")
    assert [(place.path, place.text) for place in train.runs] == [
        ("tools/use_2.py", "used by"),
        ("jobs/use_0.py", "used by"),
        ("jobs/use_1.py", "used by"),
        ("ml", "used by 3 more in"),
        ("tools", "used by 2 more in"),
        ("jobs", "used by 1 more in"),
    ]


def test_next_is_who_knows_the_folder_when_nobody_knows_the_code(shop):
    answer = offboard(shop, "Ann Archer")
    train, lab = page(answer, "ml/train.py:train"), page(answer, "lab/segments.py:segments")
    assert (train.next_person, train.next_reason) == ("Bo Baker", "none of it, but 11% of ml/")
    assert (lab.next_person, lab.next_reason) == ("", "")


def test_next_is_nobody_where_all_others_know_next_to_nothing(recorder):
    recorder.commit({"ml/train.py": TRAIN, "ml/notes.py": "x = 1\n" * 40}, author=ANN, day=0)
    recorder.commit({"ml/train.py": TRAIN + "\n", "ml/clean.py": "y = 2\n"}, author=BO, day=20)
    found = page(offboard(recorder.write(), "Ann Archer"), "ml/train.py:train")
    assert (found.next_person, found.next_reason) == ("", "")


def test_next_is_the_active_person_who_knows_most_today(recorder):
    lines = "".join(f"    print({number})\n" for number in range(40))
    recorder.commit({"lab/segments.py": LAB + lines}, author=ANN, day=0)
    recorder.commit({"lab/segments.py": LAB + lines + "    print('bo')\n" * 3}, author=BO, day=1_000)
    recorder.commit(
        {"lab/segments.py": LAB + lines + "    print('bo')\n" * 3 + "    print('cy')\n" * 4}, author=CY, day=100
    )
    recorder.commit({"notes.txt": "x\n"}, author=CY, day=1_010)
    answer = offboard(recorder.write(), "Ann Archer")
    found = page(answer, "lab/segments.py:segments")
    # Cy wrote more of it, but 900 days ago
    assert (found.next_person, found.next_reason) == ("Bo Baker", "wrote 6%")


def test_what_another_active_person_knows_is_not_left_alone(recorder):
    recorder.commit({"lab/segments.py": LAB, "ml/train.py": TRAIN}, author=ANN)
    recorder.commit({"lab/segments.py": LAB.replace("KMeans(8)", "KMeans(9)")}, author=BO)
    answer = offboard(recorder.write(), "Ann Archer")
    assert [each.holding.name for each in answer.left_alone] == ["ml/train.py:train"]
    assert [(each.holding.name, [left.name for left in each.remaining]) for each in answer.shared] == [
        ("lab/segments.py:segments", ["Bo Baker"])
    ]


def test_a_script_without_a_word_elsewhere_says_itself_how_to_run(recorder):
    recorder.commit({"ml/train.py": TRAIN}, author=ANN)
    recorder.commit({"notes.txt": "x\n"}, author=BO)
    found = page(offboard(recorder.write(), "Ann Archer"), "ml/train.py:train")
    assert [(place.text, place.path, place.line) for place in found.retrain] == [
        ("python -m ml.train", "ml/train.py", 16)
    ]


def test_texts_are_scrubbed_where_asked(shop):
    train = page(offboard(shop, "Ann Archer", lambda text: text.replace("ann@corp.org", "…")), "ml/train.py:train")
    assert train.remarks[0].text == "TODO(…): leave out the outliers"


def test_next_may_be_who_knows_the_folders_around(recorder):
    recorder.commit({"shop/lab/deep/segments.py": LAB}, author=ANN)
    recorder.commit({"shop/web/page.py": "def page():\n    return 1\n"}, author=BO)
    found = page(offboard(recorder.write(), "Ann Archer"), "shop/lab/deep/segments.py:segments")
    assert (found.next_person, found.next_reason) == ("Bo Baker", "none of it, but 20% of shop/")
