"""Who knows which component, on histories whose every line can be counted."""

from textwrap import dedent

import pytest

from mldebt.errors import UsageError
from mldebt.ownership import united
from mldebt.pipeline.models.rows import Rows
from mldebt.pipeline.people.owners import Holdings, ask_owners, basis, find_components
from mldebt.reports.models_page import render_model_markdown, render_models_text
from mldebt.reports.words import knows
from mldebt.scan import read_project, scan
from mldebt.settings import People, Settings

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
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
).lstrip()
SERVE = dedent(
    """
    import joblib
    from fastapi import FastAPI

    app = FastAPI()
    MODEL = joblib.load("ridge.joblib")


    @app.get("/price")
    def price(a: float):
        return MODEL.predict([[a]])
    """
).lstrip()


def longer(text, lines=60, mark="x"):
    """The same function, with more code lines at its end."""
    return text + "".join(f"    print({number}, '{mark}')\n" for number in range(lines))


def read(root, **people):
    return read_project(root, Settings(cache=False, jobs=1, people=People(**people)))


@pytest.fixture
def shop(recorder):
    recorder.commit({"ml/train.py": longer(TRAIN)}, author=ANN, day=0)
    recorder.commit({"web/app.py": longer(SERVE, 10)}, author=BO, day=100)
    recorder.commit({"web/app.py": longer(SERVE, 30)}, author=CY, day=700)
    recorder.commit({"notes.txt": "x\n"}, author=BO, day=710)
    return recorder.write()


def held(holdings):
    return [
        (each.kind, each.name, each.bus_factor, [(knower.name, knower.active) for knower in each.knowers])
        for each in holdings
    ]


def test_every_component_the_most_urgent_first(shop):
    project = read(shop)
    assert held(Holdings(project, project.ownership).all()) == [
        ("training step", "ml/train.py:train", 0, [("Ann Archer", False)]),
        ("serving boundary", "web/app.py:price", 2, [("Cy Cole", True), ("Bo Baker", True)]),
    ]


def test_what_somebody_knows_and_since_when(shop):
    project = read(shop)
    (serving,) = [each for each in Holdings(project, project.ownership).all() if each.kind == "serving boundary"]
    cy, bo = serving.knowers
    # of the function's 32 lines Cy wrote 20
    assert (cy.wrote, bo.wrote) == (20 / 32, 12 / 32)
    assert (bo.last - 1_600_000_000) // 86_400 == 100
    assert (bo.last_seen - 1_600_000_000) // 86_400 == 710
    assert bo.fresh == round(0.5 ** (610 / 365), 4)
    assert (serving.last_touched, serving.small) == (cy.last, True)


def test_the_window_decides_who_is_active(shop):
    project = read(shop)
    wide = project.ownership._replace(window_days=711)
    assert [each.bus_factor for each in Holdings(project, wide).all()] == [1, 2]


def test_who_left_does_not_count(shop):
    import datetime as dt

    project = read(shop, left={"Cy Cole": dt.date(2022, 1, 1)})
    (serving,) = [each for each in Holdings(project, project.ownership).all() if each.kind == "serving boundary"]
    assert serving.bus_factor == 1


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ml/train.py", ["ml/train.py:train"]),
        ("./ml/", ["ml/train.py:train"]),
        ("web", ["web/app.py:price"]),
        ("ml/train.py:train", ["ml/train.py:train"]),
        ("Price", ["web/app.py:price"]),
        ("ridge", ["ml/train.py:train"]),
        ("rain.p", ["ml/train.py:train"]),
        ("nothing", []),
    ],
)
def test_a_path_a_name_or_a_model(shop, wanted, found):
    assert [each.name for each in find_components(read(shop), wanted)] == found


def test_a_file_that_is_no_component(recorder):
    recorder.commit({"a.py": "x = 1\n" * 4, "train.py": TRAIN}, author=ANN)
    recorder.commit({"a.py": "x = 1\n" * 4 + "y = 2\n"}, author=BO)
    project = read(recorder.write())
    found = ask_owners(project, project.ownership, basis(project, project.ownership, "shop"), "a.py", ())
    (file,) = found.holdings
    assert (file.kind, file.name, [(each.name, each.wrote) for each in file.knowers]) == (
        "file",
        "a.py",
        [("Ann Archer", 0.8), ("Bo Baker", 0.2)],
    )


def asked(root, wanted):
    project = read(root)
    return ask_owners(project, project.ownership, basis(project, project.ownership, "shop"), wanted, ())


def test_a_folder_is_told_as_a_whole_before_its_components(recorder):
    recorder.commit({"lib/a.py": "x = 1\n" * 3, "lib/b.py": "y = 1\n" * 2}, author=ANN)
    recorder.commit({"ml/train.py": TRAIN, "ml/words.py": "z = 2\n" * 30}, author=BO, day=1)
    root = recorder.write()
    (folder,) = asked(root, "lib/").holdings
    assert (folder.kind, folder.name, folder.code_lines) == ("folder", "lib", 5)
    assert [(each.name, each.wrote) for each in folder.knowers] == [("Ann Archer", 1.0)]
    assert [(each.kind, each.name) for each in asked(root, "ml").holdings] == [
        ("folder", "ml"),
        ("training step", "ml/train.py:train"),
    ]
    with pytest.raises(UsageError, match=r"did you mean 'ml/words\.py'"):
        asked(root, "ml/word.py")


def test_a_component_is_found_by_what_belongs_to_it(recorder):
    text = SERVE + '\n\n@app.get("/cheaper")\ndef cheaper(a: float):\n    return MODEL.predict([[a / 2]])\n'
    recorder.commit({"ml/train.py": TRAIN, "web/app.py": text}, author=ANN)
    (found,) = asked(recorder.write(), "cheaper").holdings
    assert (found.name, found.parts) == ("web/app.py:price", ("cheaper",))


def test_who_wrote_together_is_told_where_shares_are_over_a_whole(recorder):
    recorder.commit({"ml/train.py": TRAIN}, author=ANN, message=f"prices\n\nCo-authored-by: {BO}")
    recorder.commit({"notes.txt": "x\n"}, author=BO, day=1)
    answer = asked(recorder.write(), "ml/train.py")
    assert [each.wrote for each in answer.holdings[0].knowers] == [1.0, 1.0]
    assert any("co-authors" in note for note in answer.basis.notes)


def test_the_register_counts_likely_second_names_as_one_and_says_so(recorder):
    recorder.commit({"train.py": longer(TRAIN)}, author="Kim Falk <kim.falk@corp.org>", day=0)
    recorder.commit({"train.py": longer(TRAIN, 120)}, author="Kim FalkJensen <kim.falk@home.org>", day=10)
    (record,) = Rows(read(recorder.write())).all()
    assert [(owner.name, owner.share) for owner in record.owners] == [("Kim Falk", 1.0)]
    assert record.bus_factor == 1
    assert record.counted_as_one == ("Kim Falk = Kim FalkJensen",)
    said = "Likely the same person, and counted as one: Kim Falk = Kim FalkJensen."
    assert said in render_models_text([record], width=80, colour=False)
    assert said in render_model_markdown([record])


def test_what_nobody_has_names_the_nearest(shop):
    project = read(shop)
    with pytest.raises(UsageError, match=r"no file, folder, component or model 'prize'; did you mean 'price'\?"):
        ask_owners(project, project.ownership, basis(project, project.ownership, "shop"), "prize", ())


def test_what_came_in_with_a_whole_tree_is_not_known(recorder):
    filler = {f"lib/m{number}.py": "".join(f"v{line} = {line}\n" for line in range(400)) for number in range(15)}
    recorder.commit({"ml/train.py": longer(TRAIN, 600), **filler}, author=ANN)
    recorder.commit({"b.py": "1\n"}, author=BO)
    project = read(recorder.write())
    (found,) = Holdings(project, project.ownership).all()
    assert (found.bus_factor, found.why) == (None, "came in with a whole tree; the history does not say who wrote it")
    (record,) = Rows(project).all()
    assert (record.bus_factor, record.unknown_people) == (None, found.why)
    assert found.why in render_model_markdown([record])


def test_of_one_person_s_tree_that_came_in_at_once_nothing_says_that_nobody_knows_it(recorder):
    filler = {f"lib/m{number}.py": "".join(f"v{line} = {line}\n" for line in range(400)) for number in range(15)}
    recorder.commit({"ml/train.py": longer(TRAIN, 600), **filler}, author=ANN)
    recorder.commit({"b.py": "1\n"}, author=ANN, day=1)
    (record,) = Rows(read(recorder.write())).all()
    assert "whole tree" in record.unknown_people
    assert "nobody" not in render_models_text([record], width=120, colour=False)


def test_notes_say_what_was_assumed(recorder):
    recorder.commit({"a.py": "1\n"}, author="Lee Yun <lee@corp.org>")
    recorder.commit({"b.py": "1\n"}, author="leeyun <9+leeyun@users.noreply.github.com>")
    project = read(recorder.write())
    one = united(project.ownership)
    said = basis(project, one, "shop", suggestions=project.ownership.suggestions)
    assert (said.people, said.active) == (1, 1)
    assert said.notes == (
        "Likely the same person, and counted as one: Lee Yun = leeyun. "
        "[tool.mldebt.people] aliases or .mailmap settle it.",
        "There is no CODEOWNERS file: nothing but the history says who is responsible.",
    )


def test_a_finding_names_the_people_of_its_component_not_of_the_file_it_points_at(recorder):
    network = "from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return x\n"
    train = dedent(
        """
        import torch
        from ml.net import Net


        def train(batches):
            net = Net()
            optimizer = torch.optim.Adam(net.parameters())
            for x, y in batches:
                ((net(x) - y) ** 2).mean().backward()
                optimizer.step()
            torch.save(net.state_dict(), "net.pt")
        """
    ).lstrip()
    recorder.commit({"ml/net.py": network}, author=ANN, day=0)
    recorder.commit({"ml/train.py": train}, author=BO, day=1)
    outcome = scan(recorder.write(), Settings(cache=False, jobs=1, select=("MLD301",)))
    (finding,) = outcome.findings
    assert (finding.location.path, finding.component) == ("ml/net.py", "ml/train.py:train")
    assert [owner.name for owner in finding.owners] == ["Bo Baker"]


def test_who_merely_reviewed_is_told_so(recorder):
    message = "better prices\n\nReviewed-by: Bo Baker <bo@corp.org>\n"
    recorder.commit({"ml/train.py": TRAIN}, author=ANN, day=0, message=message)
    recorder.commit({"notes.txt": "x"}, author=BO, day=1)
    (finding,) = scan(recorder.write(), Settings(cache=False, jobs=1, select=("MLD301",))).findings
    assert [knows(owner) for owner in finding.owners] == ["Ann Archer 100%", "Bo Baker reviewed 100%"]
