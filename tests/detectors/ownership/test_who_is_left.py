"""MLD201 and MLD202 on built histories: one active person knows a component, or nobody does any more."""

import datetime as dt
import json
from textwrap import dedent

import pytest

from mldebt.finding import Audience, Severity
from mldebt.rulebook import load_rules
from mldebt.scan import scan
from mldebt.settings import People, Settings
from mldebt.tables import parse_table

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
HEAD = dedent(
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


def train(lines=60, mark="x"):
    return HEAD + "".join(f"    print({number}, '{mark}')\n" for number in range(lines))


def found(root, *, rules=None, **given):
    tables = {rule: parse_table(text, "mldebt.toml") for rule, text in (rules or {}).items()}
    settings = Settings(select=("MLD201", "MLD202"), cache=False, jobs=1, rules=tables, **given)
    outcome = scan(root, settings)
    assert not outcome.failures
    return [(each.rule_id, each.location.path, each.message) for each in outcome.findings]


@pytest.fixture
def old(recorder):
    """Ann wrote the component at the beginning; Bo is here today, and so is Ann's other work."""
    recorder.commit({"ml/train.py": train()}, author=ANN, day=0)
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=1_000)
    return recorder


def test_nobody_who_knows_it_is_still_active(old):
    assert found(old.write()) == [
        (
            "MLD202",
            "ml/train.py",
            "Nobody who knows this training step, ml/train.py:train, is still active; Ann Archer knew it; active means "
            "a commit in the 365 days before 2023-06-10.",
        )
    ]


def test_one_active_person_knows_it(old):
    old.commit({"notes.txt": "2\n"}, author=ANN, day=1_001)
    ((rule, path, message),) = found(old.write())
    assert (rule, path) == ("MLD201", "ml/train.py")
    assert message.startswith("Only Ann Archer knows this training step, ml/train.py:train; active means")


FOREIGN = "# Copyright (c) 2019 Elsewhere Labs\n"
OTHERS = {f"ml/own{number}.py": "x = 1\n" for number in range(12)}


def test_what_was_copied_in_as_it_was_is_nobodys(recorder):
    recorder.commit({"ml/train.py": FOREIGN + train(), **OTHERS}, author=ANN, day=0)
    assert found(recorder.write()) == []


def test_what_others_began_and_somebody_made_their_own_is_theirs(recorder):
    recorder.commit({"ml/train.py": FOREIGN + train(), **OTHERS}, author=ANN, day=0)
    recorder.commit({"ml/train.py": FOREIGN + train(90, "y")}, author=ANN, day=1)
    recorder.commit({"ml/train.py": FOREIGN + train(90, "y").replace("print(1", "log(1"), **OTHERS}, author=ANN, day=2)
    assert [rule for rule, _, _ in found(recorder.write())] == ["MLD201"]


def test_what_a_machines_default_user_wrote_may_be_anybodys(recorder):
    machine = "EC2 Default User <ec2-user@ip-172-16-0-1.ec2.internal>"
    recorder.commit({"ml/train.py": train()}, author=machine, day=0)
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=1_000)
    assert found(recorder.write()) == []
    named = People(aliases={"Ann Archer": ("ec2-user@ip-172-16-0-1.ec2.internal",)})
    assert [rule for rule, _, _ in found(recorder.write(), people=named)] == ["MLD202"]


@pytest.mark.parametrize(("more", "told"), [({}, 0), ({"run.py": "from ml.train import train\n\ntrain(1)\n"}, 1)])
def test_what_only_its_tests_start_is_dead(recorder, more, told):
    tests = {"tests/test_train.py": "from ml.train import train\n\n\ndef test_it():\n    train('rows.csv')\n"}
    recorder.commit({"ml/train.py": train(), **tests, **more}, author=ANN, day=0)
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=1_000)
    assert len(found(recorder.write())) == told


def test_two_active_people_know_it(old):
    old.commit({"notes.txt": "2\n"}, author=ANN, day=1_001)
    old.commit({"ml/train.py": train().replace("print(1", "print(-1")}, author=BO, day=1_002)  # eleven of 64 lines
    assert found(old.write()) == []


def test_a_reviewer_knows_it_too(recorder):
    recorder.commit({"ml/train.py": train()}, author=ANN, day=0, message=f"train\n\nReviewed-by: {BO}")
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=10)
    recorder.commit({"notes.txt": "2\n"}, author=CY, day=20)
    assert found(recorder.write()) == []


def test_who_is_only_named_as_a_co_author_is_told_as_such(recorder):
    recorder.commit({"ml/train.py": train()}, author=ANN, day=0, message=f"train (#7)\n\nCo-authored-by: {BO}")
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=1_000)
    recorder.commit({"notes.txt": "2\n"}, author=CY, day=1_001)
    (finding,) = scan(recorder.write(), Settings(select=("MLD201",), cache=False, jobs=1)).findings
    assert [step.message.partition(",")[0] for step in finding.trail] == [
        "Ann Archer wrote 100%",
        "Bo Baker is named as a co-author of 100%",
    ]


def test_the_window_is_a_setting(old):
    old.commit({"notes.txt": "2\n"}, author=ANN, day=500)
    old.commit({"notes.txt": "3\n"}, author=BO, day=1_001)
    root = old.write()
    assert [rule for rule, _, _ in found(root)] == ["MLD202"]
    assert [rule for rule, _, _ in found(root, window_days=600)] == ["MLD201"]


def test_settings_say_who_left(old):
    old.commit({"notes.txt": "2\n"}, author=ANN, day=1_001)
    left = People(left={"Ann Archer": dt.date(2023, 6, 1)})
    assert [rule for rule, _, _ in found(old.write(), people=left)] == ["MLD202"]


def test_knowledge_fades_where_the_rule_says_so(old):
    # Ann is active, but last touched the component a thousand days ago
    old.commit({"notes.txt": "2\n"}, author=ANN, day=1_001)
    root = old.write()
    rules = {"MLD201": "fades = true", "MLD202": "fades = true"}
    # two half-lives leave a quarter of all lines, more than the tenth that it takes to know them
    ((rule, _, message),) = found(root, rules=rules, half_life_days=500)
    assert rule == "MLD201"
    assert message.endswith("before 2023-06-11; knowledge halves every 500 days.")
    # ten half-lives leave a thousandth
    assert found(root, rules=rules, half_life_days=100) == []


def test_small_components_are_left_alone(recorder):
    recorder.commit({"ml/train.py": train(10)}, author=ANN, day=0)
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=1_000)
    assert found(recorder.write()) == []


def test_a_repository_of_one_person_gets_it_once(recorder):
    recorder.commit({f"ml/train_{number}.py": train(60, number) for number in range(3)}, author=ANN)
    ((rule, _, message),) = found(recorder.write())
    assert rule == "MLD201"
    assert message.startswith("Ann Archer is the only person who ever worked on this repository")


def test_what_one_person_holds_is_told_at_once(recorder):
    recorder.commit({f"ml/train_{number}.py": train(60 + number, number) for number in range(5)}, author=ANN)
    recorder.commit({"notes.txt": "1\n"}, author=BO)
    ((rule, path, message),) = found(recorder.write())
    assert (rule, path) == ("MLD201", "ml/train_4.py")
    assert message.startswith("Only Ann Archer knows 5 components of this repository")


def test_a_few_that_one_person_holds_are_named(recorder):
    recorder.commit({f"ml/train_{number}.py": train(60 + number, number) for number in range(2)}, author=ANN)
    recorder.commit({"notes.txt": "1\n"}, author=BO)
    ((rule, path, message),) = found(recorder.write())
    assert (rule, path) == ("MLD201", "ml/train_1.py")
    assert "Ann Archer knows 2 components of this repository: ml/train_0.py:train, ml/train_1.py:train; a" in message


def test_the_one_who_is_left_is_shown_however_many_knew_more(recorder):
    for number, author in enumerate((ANN, BO, CY, "Di Dunn <di@corp.org>")):
        lines = 60 * (number + 1) - 20 * (number == 3)
        recorder.commit({"ml/train.py": train(lines)}, author=author, day=number if number < 3 else 1_000)
    (finding,) = scan(recorder.write(), Settings(select=("MLD201",), cache=False, jobs=1)).findings
    assert finding.message.startswith("Only Di Dunn knows")
    assert "Di Dunn wrote" in finding.trail[-1].message
    assert finding.owners[-1].name == "Di Dunn"


def test_whether_the_last_one_wrote_it_or_reviewed_it_is_told(recorder):
    message = f"train\n\nReviewed-by: {BO}"
    for number in range(5):
        author = BO if number == 4 else ANN
        files = {f"ml/train_{number}.py": train(60 + number, number)}
        recorder.commit(files, author=author, day=0 if number < 4 else 1_000, message=message)
    (finding,) = scan(recorder.write(), Settings(select=("MLD201",), cache=False, jobs=1)).findings
    assert [finding.trail[number].message for number in (0, 4)] == [
        "training step, 63 code lines; Bo Baker reviewed the changes that made 100%",
        "training step, 67 code lines; Bo Baker wrote 100%, last touched it on 2023-06-10",
    ]


def test_what_one_person_left_behind_is_told_at_once(recorder):
    recorder.commit({f"ml/train_{number}.py": train(60 + number, number) for number in range(5)}, author=ANN, day=0)
    recorder.commit({"ml/train_4.py": train(90, 4)}, author=CY, day=1)
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=1_000)
    ((rule, path, message),) = found(recorder.write())
    assert (rule, path) == ("MLD202", "ml/train_4.py")
    assert message.startswith(
        "Nobody who is still active knows 5 components; Ann Archer knew them best (1 more knew some of them); active"
    )


def test_what_several_people_left_in_one_folder_is_told_at_once(recorder):
    people = (*((name, number) for number, name in enumerate((ANN, BO, CY, ANN, BO))),)
    for author, number in people:
        recorder.commit({f"ml/train_{number}.py": train(60, number)}, author=author, day=number)
    recorder.commit({"jobs/train.py": train(60, "y")}, author=CY, day=9)
    recorder.commit({"notes.txt": "1\n"}, author="Di Dunn <di@corp.org>", day=1_000)
    (job, folder) = found(recorder.write())
    assert job[2].startswith("Nobody who knows this training step, jobs/train.py:train, is still active; Cy Cole knew")
    assert folder[2].startswith(
        "Nobody who is still active knows 5 components in ml; Ann Archer, Bo Baker, Cy Cole knew them; active means"
    )


def test_what_is_left_over_in_one_tree_is_told_at_once(recorder):
    for number, author in enumerate((ANN, BO, CY, "Di Dunn <di@corp.org>", "Ed Ely <ed@corp.org>")):
        recorder.commit({f"ml/part_{number}/train.py": train(60, number)}, author=author, day=number)
    recorder.commit({"notes.txt": "1\n"}, author="Flo Fox <flo@corp.org>", day=1_000)
    ((rule, _, message),) = found(recorder.write())
    assert rule == "MLD202"
    assert message.startswith(
        "Nobody who is still active knows 5 components in ml; Ann Archer, Bo Baker, Cy Cole and 2"
    )


def test_who_wrote_a_few_lines_of_a_component_and_reviewed_the_rest_is_no_author_of_it(recorder):
    reviewed = f"train\n\nReviewed-by: {BO}"
    recorder.commit({"ml/train.py": train(260)}, author=ANN, day=0, message=reviewed)
    recorder.commit({"ml/train.py": train(261)}, author=BO, day=1)
    recorder.commit({"notes.txt": "1\n"}, author=CY, day=1_000)
    ((rule, _, message),) = found(recorder.write())
    assert rule == "MLD202"
    assert "; Ann Archer knew it;" in message


def test_every_ownership_rule_says_what_it_counts():
    rules = {rule.id: rule for rule in load_rules() if rule.family == "ownership"}
    assert set(rules) == {"MLD201", "MLD202", "MLD203", "MLD204"}
    assert all(rule.parameters["known_share"] == 0.10 for rule in rules.values() if rule.id != "MLD204")


def notebook(code):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "source": code.splitlines(keepends=True)}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def tried_out(recorder, rule_id, *, keeps, left_on, rules=None):
    """What a rule tells of a notebook that one tried something out in, before another went on elsewhere."""
    code = train() if keeps else train().replace('joblib.dump(model, "ridge.joblib")', "print(model)")
    recorder.commit({"eda/try.ipynb": notebook(code + 'train("rows.csv")\n')}, author=ANN, day=0)
    recorder.commit({"notes.txt": "1\n"}, author=BO, day=left_on)
    tables = {rule: parse_table(text, "mldebt.toml") for rule, text in (rules or {}).items()}
    return scan(recorder.write(), Settings(select=(rule_id,), cache=False, jobs=1, rules=tables)).findings


@pytest.mark.parametrize(("keeps", "severity"), [(True, Severity.HIGH), (False, Severity.LOW)])
def test_a_notebook_that_only_tried_something_out_weighs_little(recorder, keeps, severity):
    findings = tried_out(recorder, "MLD202", keeps=keeps, left_on=1_000)
    assert [each.severity for each in findings] == [severity]


@pytest.mark.parametrize(("keeps", "audience"), [(True, Audience.DEFAULT), (False, Audience.PEDANTIC)])
def test_who_alone_tried_something_out_leaves_little_behind(recorder, keeps, audience):
    findings = tried_out(recorder, "MLD201", keeps=keeps, left_on=1)
    assert [each.audience for each in findings] == [audience]


def test_what_somebody_tried_out_leaves_little_behind_whatever_else_they_hold(recorder):
    recorder.commit({"ml/fit.py": train() + 'train("rows.csv")\n'}, author=ANN, day=0)
    findings = tried_out(recorder, "MLD201", keeps=False, left_on=1, rules={"MLD201": "fold_from = 3"})
    assert {each.location.path: each.audience for each in findings} == {
        "eda/try.ipynb": Audience.PEDANTIC,
        "ml/fit.py": Audience.DEFAULT,
    }


def test_what_came_in_with_a_whole_tree_is_told_beside_what_the_last_one_wrote(recorder):
    words = "".join(f"WORD_{number} = {number}\n" for number in range(5_500))
    recorder.commit({"ml/train.py": train(60), "ml/words.py": words}, author=ANN, day=0)
    recorder.commit({"ml/train.py": train(120)}, author=ANN, day=900)
    (finding,) = scan(recorder.write(), Settings(select=("MLD201",), cache=False, jobs=1)).findings
    assert finding.trail[0].message == (
        "training step, 123 code lines; Ann Archer wrote 48%, last touched it on 2023-03-02; "
        "52% came in with the import of a whole tree"
    )
