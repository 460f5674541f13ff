"""Degrees of authorship by hand: 3.293 + 1.098 if first + 0.164 per change - 0.321 ln(1 + changes of others)."""

import pytest

from mldebt.errors import GitError
from mldebt.git import open_repository
from mldebt.ownership.truck_factor import PUBLISHED, Window, read_truck_factor, read_truck_factors

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
BOT = "dependabot[bot] <bot@users.noreply.github.com>"


def factor(root, *paths, **options):
    return read_truck_factor(open_repository(root), paths, **options)


def owned(found):
    return {person.name: files for person, files in found.authors}


def test_creators_are_authors_and_top_authors_leave_first(recorder):
    for author, names in ((ANN, "abcde"), (BO, "fgh"), (CY, "ij")):
        recorder.commit({f"{name}.py": f"{name}\n" for name in names}, author=author)
    found = factor(recorder.write(), *(f"{name}.py" for name in "abcdefghij"))
    assert owned(found) == {"Ann Archer": 5, "Bo Baker": 3, "Cy Cole": 2}
    # without Ann exactly half of the files are covered, which is enough; without Bo, two tenths are not
    assert (found.count, found.files) == (2, 10)


def test_change_makes_no_author_of_somebody_elses_file(recorder):
    recorder.commit({"a.py": "1\n"}, author=ANN)
    recorder.commit({"a.py": "2\n"}, author=BO)  # 3.293 + 0.164 - 0.321 ln 2 = 3.234 < 3.293
    assert owned(factor(recorder.write(), "a.py")) == {"Ann Archer": 1}


def test_many_changes_do(recorder):
    recorder.commit({"a.py": "0\n"}, author=ANN)
    for number in range(1, 5):
        recorder.commit({"a.py": f"{number}\n"}, author=BO)
    # Bo: 3.293 + 4 * 0.164 - 0.321 ln 2 = 3.726; Ann: 3.293 + 1.098 + 0.164 - 0.321 ln 5 = 4.038; both >= 3.293, > 75 %
    assert owned(factor(recorder.write(), "a.py")) == {"Ann Archer": 1, "Bo Baker": 1}


def test_less_than_three_quarters_of_the_highest_is_too_little(recorder):
    recorder.commit({"a.py": "0\n"}, author=ANN)
    for number in range(1, 41):
        recorder.commit({"a.py": f"{number}\n"}, author=BO)
    # Bo: 3.293 + 40 * 0.164 - 0.321 ln 2 = 9.63; Ann: 4.555 - 0.321 ln 41 = 3.363 >= 3.293, but 35 % of Bo's
    assert owned(factor(recorder.write(), "a.py")) == {"Bo Baker": 1}


def test_renamed_files_keep_their_creator(recorder):
    text = "".join(f"line {number}\n" for number in range(20))
    recorder.commit({"old.py": text}, author=ANN)
    recorder.commit({"old.py": None, "new.py": text + "more\n"}, author=BO)
    assert owned(factor(recorder.write(), "new.py")) == {"Ann Archer": 1}


def test_window_ends_at_head_and_forgets_what_is_older(recorder):
    recorder.commit({"a.py": "1\n", "b.py": "1\n"}, author=ANN, day=0)
    recorder.commit({"a.py": "2\n"}, author=BO, day=900)
    recorder.commit({"c.py": "1\n"}, author=CY, day=1_000)
    root = recorder.write()
    recent = factor(root, "a.py", "b.py", "c.py", window=Window(365))
    assert owned(recent) == {"Bo Baker": 1, "Cy Cole": 1}
    assert (recent.files, recent.window) == (2, Window(365))
    assert owned(factor(root, "a.py", "b.py", "c.py")) == {"Ann Archer": 2, "Cy Cole": 1}


def test_bots_other_files_and_aliases(recorder):
    recorder.commit({"a.py": "1\n", "lock.py": "1\n"}, author=BOT)
    recorder.commit({"b.py": "1\n"}, author="annie <annie@home.net>")
    recorder.commit({"notes.md": "1\n", "c.py": "1\n"}, author=ANN)
    found = factor(recorder.write(), "a.py", "b.py", "c.py", aliases={"Ann": ("annie", "ann@corp.org")})
    assert owned(found) == {"Ann": 2}
    assert found.files == 2


def test_odd_names_and_subfolders(recorder):
    recorder.commit({"pkg/new\nline \u00e9.py": "1\n", "top.py": "1\n"}, author=ANN)
    root = recorder.write()
    assert owned(factor(root / "pkg", "new\nline \u00e9.py")) == {"Ann Archer": 1}


def test_shallow_and_unborn_have_none(recorder, tmp_path, plain_git):
    recorder.commit({"a.py": "1\n"})
    recorder.commit({"a.py": "2\n"})
    plain_git(tmp_path, "clone", "-q", "--depth=1", f"file://{recorder.write()}", "cut")
    with pytest.raises(GitError, match="unshallow"):
        factor(tmp_path / "cut", "a.py")
    (tmp_path / "new").mkdir()
    plain_git(tmp_path / "new", "init", "-q")
    with pytest.raises(GitError, match="no commits yet"):
        factor(tmp_path / "new", "a.py")


def test_several_windows_from_one_reading(recorder):
    recorder.commit({"a.py": "1\n", "b.py": "1\n", "c.py": "1\n"}, author=ANN, day=0)
    recorder.commit({"d.py": "1\n"}, author=BO, day=900)
    root = recorder.write()
    whole, recent = read_truck_factors(
        open_repository(root), ["a.py", "b.py", "c.py", "d.py"], windows=(Window(), Window(365))
    )
    # Ann holds three of four files, and without her a fourth is covered; in the last year only Bo's file was touched
    assert (whole.count, owned(whole), whole.window.days) == (1, {"Ann Archer": 3, "Bo Baker": 1}, None)
    assert (recent.count, owned(recent), recent.window.days) == (1, {"Bo Baker": 1}, 365)


def test_a_persons_name_is_the_one_they_used_most(recorder):
    recorder.commit({"a.py": "1\n"}, author="ann <ann@corp.org>")
    for number in range(3):
        recorder.commit({"a.py": f"{number}\n"}, author=ANN)
    assert owned(factor(recorder.write(), "a.py")) == {"Ann Archer": 1}


def test_likely_names_are_united_on_request_alone(recorder):
    for number in range(2):
        recorder.commit({f"{number}.py": "1\n"}, author="Lee Yun <lee@corp.org>")
    recorder.commit({"2.py": "1\n", "3.py": "1\n"}, author="leeyun <9+leeyun@users.noreply.github.com>")
    root, paths = recorder.write(), ["0.py", "1.py", "2.py", "3.py"]
    (apart,) = read_truck_factors(open_repository(root), paths, windows=(Window(),))
    (united,) = read_truck_factors(open_repository(root), paths, windows=(Window(),), unite_likely=True)
    # apart, half of the files are still covered without either of them, which is enough to go on
    assert (owned(apart), apart.count) == ({"Lee Yun": 2, "leeyun": 2}, 2)
    assert (owned(united), united.count) == ({"Lee Yun": 4}, 1)


def test_a_blob_that_is_missing_costs_renames_of_changed_files_alone(recorder, plain_git):
    text = "".join(f"line {number}\n" for number in range(20))
    recorder.commit({"old.py": text, "moved.py": text * 2}, author=ANN)
    recorder.commit({"old.py": None, "new.py": text + "x\n", "moved.py": None, "there.py": text * 2}, author=BO)
    root = recorder.write()
    blob = plain_git(root, "rev-parse", "HEAD~1:old.py").decode().strip()
    for pack in list((root / ".git" / "objects" / "pack").glob("*.pack")):
        content = pack.read_bytes()
        for part in (root / ".git" / "objects" / "pack").glob(f"{pack.stem}.*"):
            part.unlink()
        plain_git(root, "unpack-objects", "-q", stdin=content)
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert owned(factor(root, "new.py", "there.py")) == {"Ann Archer": 1, "Bo Baker": 1}


def test_where_changes_fade_the_last_to_work_on_a_file_outweighs_who_made_it(recorder):
    for number in range(4):
        recorder.commit({"a.py": f"{number}\n"}, author=ANN, day=number)
    recorder.commit({"a.py": "bo\n"}, author=BO, day=300)
    root = recorder.write()
    # Ann: 4 * exp(-300 / 90) = 0.14, 0.14 + 2.4 * (ln 2.14 - ln 2) = 0.30; Bo: 3 + 1 + 2.4 * (ln 2.14 - ln 1.14) = 5.5
    assert owned(factor(root, "a.py", window=PUBLISHED)) == {"Bo Baker": 1}
    # without fading, Ann: 3.293 + 1.098 + 4 * 0.164 - 0.321 ln 2 = 4.82; Bo: 3.293 + 0.164 - 0.321 ln 5 = 2.94 < 3.293
    assert owned(factor(root, "a.py", window=Window(547))) == {"Ann Archer": 1}


def test_a_move_is_no_change_where_changes_fade(recorder):
    text = "".join(f"line {number}\n" for number in range(20))
    recorder.commit({"old.py": text}, author=ANN, day=0)
    recorder.commit({"old.py": None, "new.py": text}, author=BO, day=300)
    assert owned(factor(recorder.write(), "new.py", window=PUBLISHED)) == {"Ann Archer": 1}


def test_a_published_window_worked_out_by_hand(recorder):
    """Ten files: Ann last worked on five, Bo on three, Cy on two. Without Ann half are orphaned, which is not yet more
    than half; without Bo too, eight are."""
    for author, names in ((ANN, "abcde"), (BO, "fgh"), (CY, "ij")):
        recorder.commit({f"{name}.py": f"{name}\n" for name in names}, author=author)
    found = factor(recorder.write(), *(f"{name}.py" for name in "abcdefghij"), window=PUBLISHED)
    assert (found.count, found.files, found.window) == (2, 10, PUBLISHED)
