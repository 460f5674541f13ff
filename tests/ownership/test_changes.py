from mldebt.git import open_repository
from mldebt.ownership import read_changes

ANN, BO = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>"


def test_the_last_changes_of_a_file_newest_first_through_renames(recorder):
    text = "".join(f"line {number}\n" for number in range(20))
    recorder.commit({"pkg/old.py": text}, author=ANN, message="first: a\x01b\n\nbody")
    recorder.commit({"pkg/old.py": None, "pkg/new é.py": text}, author=BO, message="move")
    recorder.commit({"other.py": "1\n"}, author=BO, message="elsewhere")
    last = recorder.commit({"pkg/new é.py": text + "more\n"}, author=ANN, message="more")
    root = recorder.write()
    found = read_changes(open_repository(root / "pkg"), ["new é.py", "nowhere.py"], limit=5)
    assert [(each.name, each.email, each.subject) for each in found["new é.py"]] == [
        ("Ann Archer", "ann@corp.org", "more"),
        ("Bo Baker", "bo@corp.org", "move"),
        ("Ann Archer", "ann@corp.org", "first: a\x01b"),
    ]
    assert recorder.id(last).startswith(found["new é.py"][0].commit)
    assert found["new é.py"][0].time == 1_600_000_000 + 4 * 86_400
    assert found["nowhere.py"] == ()


def test_no_more_than_asked_for(recorder):
    for number in range(4):
        recorder.commit({"a.py": f"{number}\n"}, message=f"change {number}")
    found = read_changes(open_repository(recorder.write()), ["a.py"], limit=2)
    assert [each.subject for each in found["a.py"]] == ["change 3", "change 2"]


def test_an_unborn_branch_has_none(tmp_path, plain_git):
    plain_git(tmp_path, "init", "-q")
    assert read_changes(open_repository(tmp_path), ["a.py"], limit=2) == {}


def test_people_are_who_the_mailmap_says(recorder):
    recorder.commit({"a.py": "1\n"}, author="annie <annie@home.example>")
    recorder.commit({"a.py": "2\n", ".mailmap": "Ann Archer <ann@corp.org> <annie@home.example>\n"}, author=BO)
    found = read_changes(open_repository(recorder.write()), ["a.py"], limit=5)
    assert [(each.name, each.email) for each in found["a.py"]] == [
        ("Bo Baker", "bo@corp.org"),
        ("Ann Archer", "ann@corp.org"),
    ]
