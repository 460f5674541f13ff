"""Code that was moved is known by whoever made it, not by whoever moved it; `git blame` names the mover."""

import pytest

from mldebt.git import open_repository
from mldebt.ownership import read_ownership

ANN, BO, CY = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>", "Cy Cole <cy@corp.org>"
HEAD, TAIL = ("".join(f"{word}_{n} = {n}\n" for n in range(30)) for word in ("head", "tail"))


def block(lines=12, indent=""):
    return f"{indent}def score(rows):\n" + "".join(f"{indent}    total_{n} = rows[{n}]\n\n" for n in range(lines))


def knows(root, path, **options):
    """Line → the name of its author, in runs."""
    found = read_ownership(open_repository(root), [path], **options)
    assert found.available, found.reason
    names = []
    for line in range(1, (root / path).read_bytes().count(b"\n") + 1):
        name = found.credit(path, line).writers[0].name
        if names[-1:] != [name]:
            names.append(name)
    return names


@pytest.mark.parametrize("made", ["plain", "indented", "with other line ends", "in a new file"])
def test_a_moved_block_is_its_maker_s(recorder, assert_as_blame, made):
    arrived = {
        "plain": HEAD + block(),
        "indented": HEAD + "class Ranker:\n" + block(indent="    "),
        "with other line ends": HEAD + block().replace("\n", "\r\n"),
        "in a new file": block(),
    }[made]
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": None if made == "in a new file" else HEAD}, author=CY)
    recorder.commit({"a.py": TAIL + block() + TAIL}, author=CY)
    recorder.commit({"a.py": TAIL + TAIL, "c.py" if made == "in a new file" else "b.py": arrived}, author=BO)
    root = recorder.write()
    expected = {
        "plain": ["Ann Archer", "Cy Cole"],
        "indented": ["Ann Archer", "Bo Baker", "Cy Cole"],
        "with other line ends": ["Ann Archer", "Cy Cole"],
        "in a new file": ["Cy Cole"],
    }[made]
    assert knows(root, "c.py" if made == "in a new file" else "b.py") == expected
    lines = assert_as_blame(root)
    assert recorder.ids[-1].encode() in lines.commits, "the plain answer names the mover"


@pytest.mark.parametrize("touched", [False, True])
def test_what_stayed_where_it_was_is_copied_not_moved(recorder, touched):
    """Each end has one maker: the copier of the copy, and whoever wrote it first of the other."""
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    changed = {"a.py": block() + TAIL} if touched else {}
    recorder.commit({"b.py": HEAD + block(), **changed}, author=BO)
    recorder.commit({"c.py": TAIL}, author=CY)
    root = recorder.write()
    assert knows(root, "b.py") == ["Ann Archer", "Bo Baker"]
    assert knows(root, "a.py") == ["Ann Archer"]


def test_a_copy_stays_the_copier_s_when_the_other_goes(recorder):
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"b.py": HEAD + block()}, author=BO)
    recorder.commit({"a.py": TAIL}, author=CY)
    assert knows(recorder.write(), "b.py") == ["Ann Archer", "Bo Baker"]


@pytest.mark.parametrize("gone", ["in the same commit", "later", "rewritten and gone later"])
def test_the_file_that_a_block_was_taken_from_may_be_gone(recorder, gone):
    other = HEAD.replace("head", "other")
    recorder.commit({"a.py": TAIL + other, "z.py": "z = 1\n"}, author=CY)
    recorder.commit({"a.py": TAIL + block() + other, "z.py": "z = 1\n"}, author=ANN)
    after = {"in the same commit": None, "later": TAIL + other, "rewritten and gone later": TAIL + "x = 1\n" + other}
    recorder.commit({"a.py": after[gone], "b.py": "import x\n" * 90 + block()}, author=BO)
    recorder.commit({"a.py": None, "c.py": "c = 1\n"}, author=CY)
    assert knows(recorder.write(), "b.py") == ["Bo Baker", "Ann Archer"]


def test_one_file_made_into_several(recorder):
    parts = [block(20).replace("score", name).replace("total", name) for name in ("fit", "score", "save")]
    recorder.commit({"model.py": "".join(parts)}, author=ANN)
    recorder.commit({"model.py": None, **{f"{n}.py": "import x\n" + each for n, each in enumerate(parts)}}, author=BO)
    root = recorder.write()
    assert {name for n in range(3) for name in knows(root, f"{n}.py")[1:]} == {"Ann Archer"}


def test_few_lines_are_alike_by_chance(recorder):
    recorder.commit({"a.py": TAIL + block(8) + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block(8)}, author=BO)
    assert knows(recorder.write(), "b.py") == ["Ann Archer", "Bo Baker"]


def test_rows_of_a_table_that_are_all_alike_tell_nothing(recorder):
    rows = "    [0, 0, 0, 'nothing'],\n" * 3000
    recorder.commit({"a.py": f"{HEAD}FIRST = [\n{rows}]\n"}, author=ANN)
    recorder.commit({"a.py": HEAD, "b.py": f"OTHER = (\n{rows})\n"}, author=BO)
    assert knows(recorder.write(), "b.py") == ["Bo Baker"]


def test_what_was_changed_on_the_way_is_the_mover_s(recorder):
    recorder.commit({"a.py": TAIL + block(30) + TAIL, "b.py": HEAD}, author=ANN)
    changed = block(30).replace("total_15 = rows[15]", "total_15 = rows[15] or None")
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + changed}, author=BO)
    assert knows(recorder.write(), "b.py") == ["Ann Archer", "Bo Baker", "Ann Archer"]


def test_a_block_that_was_moved_twice(recorder, tmp_path, plain_git):
    recorder.commit({"a.py": TAIL + block(15) + TAIL, "b.py": HEAD, "c.py": "x = 1\n" + TAIL}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block(15)}, author=BO)
    recorder.commit({"d.py": "other = 1\n"}, author=CY)
    recorder.commit({"b.py": HEAD, "c.py": "x = 1\n" + block(15) + TAIL}, author=CY)
    recorder.commit({"c.py": "x = 2\n" + block(15) + TAIL}, author=CY)
    root = recorder.write()
    assert knows(root, "c.py") == ["Cy Cole", "Ann Archer"]
    for head in (1, 2, 3, 4, 5):  # step by step, from a cache
        plain_git(root, "update-ref", "refs/heads/main", recorder.id(head))
        found = read_ownership(open_repository(root), ["a.py", "c.py"], cache_dir=tmp_path / "cache")
    cold = read_ownership(open_repository(root), ["a.py", "c.py"])
    assert found.lines.lines(b"c.py") == cold.lines.lines(b"c.py")


def test_an_ignored_revision_beside_a_moved_block(recorder):
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block()}, author=BO)
    recorder.commit({"b.py": HEAD.replace("head_3 = 3", "head_3=3") + block()}, author=CY)
    root = recorder.write()
    recorder.commit({".git-blame-ignore-revs": recorder.id(3) + "\n"}, author=CY)
    (root / ".git" / "marks").unlink()
    assert knows(recorder.write(), "b.py") == ["Ann Archer"]


def test_an_ignored_revision_moves_nothing(recorder):
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block()}, author=BO)
    recorder.commit({"c.py": "c = 1\n"}, author=CY)
    root = recorder.write()
    assert knows(root, "b.py") == ["Ann Archer"]
    recorder.commit({".git-blame-ignore-revs": recorder.id(2) + "\n"}, author=CY)
    (root / ".git" / "marks").unlink()
    assert knows(recorder.write(), "b.py") == ["Ann Archer", "Bo Baker"], "as blame does, which finds no other line"


@pytest.mark.parametrize("when", ["before the move", "after it"])
def test_a_moved_block_that_an_ignored_revision_touched(recorder, when):
    """Whoever wrote the lines that the ignored revision changed is found, on either side of the move."""
    turned = block().replace(" = rows[", "=rows[")
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    if when == "before the move":
        recorder.commit({"a.py": TAIL + turned + TAIL}, author=CY)
        recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + turned}, author=BO)
    else:
        recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block()}, author=BO)
        recorder.commit({"b.py": HEAD + turned}, author=CY)
    root = recorder.write()
    named = recorder.id(2 if when == "before the move" else 3)
    recorder.commit({".git-blame-ignore-revs": named + "\n"}, author=CY)
    (root / ".git" / "marks").unlink()
    assert knows(recorder.write(), "b.py") == ["Ann Archer"]


def test_what_was_ignored_may_change(recorder, tmp_path):
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block()}, author=BO)
    root = recorder.write()
    cache = tmp_path / "cache"
    assert knows(root, "b.py", cache_dir=cache) == ["Ann Archer"]
    for listed, expected in ((recorder.id(2), ["Ann Archer", "Bo Baker"]), ("", ["Ann Archer"])):
        recorder.commit({".git-blame-ignore-revs": listed + "\n"}, author=CY)
        (root / ".git" / "marks").unlink()
        recorder.write()
        assert knows(root, "b.py", cache_dir=cache) == expected == knows(root, "b.py")


@pytest.mark.parametrize(
    "later",
    [
        [{"a.py": None}],
        [{"a.py": None}, {"a.py": "fresh = 1\n"}],
        [{"a.py": None, "c.py": TAIL + TAIL}],
        [{"a.py": HEAD.replace("head", "other")}],
        [{"b.py": HEAD.replace("head_3 = 3", "head_3=3") + block()[:39]}],
    ],
    ids=["deleted", "deleted and made again", "renamed", "rewritten", "little is left of the block"],
)
@pytest.mark.parametrize("ignoring", [False, True])
def test_what_happens_later_is_the_same_from_a_cache(recorder, tmp_path, plain_git, later, ignoring):
    recorder.commit({"a.py": TAIL + block() + TAIL, "b.py": HEAD}, author=ANN)
    recorder.commit({"a.py": TAIL + TAIL, "b.py": HEAD + block()}, author=BO)
    recorder.commit({"b.py": HEAD.replace("head_3 = 3", "head_3=3") + block()}, author=ANN)
    root = recorder.write()
    if ignoring:
        recorder.commit({".git-blame-ignore-revs": recorder.id(3) + "\n"}, author=CY)
    before = len(recorder.ids) + ignoring
    for files in later:
        recorder.commit(files, author=CY)
    (root / ".git" / "marks").unlink()
    recorder.write()
    cache = tmp_path / "cache"
    plain_git(root, "update-ref", "refs/heads/main", recorder.id(before))
    assert knows(root, "b.py", cache_dir=cache) == ["Ann Archer"]
    plain_git(root, "update-ref", "refs/heads/main", recorder.ids[-1])
    plain_git(root, "reset", "-q", "--hard")
    assert knows(root, "b.py", cache_dir=cache) == knows(root, "b.py") == ["Ann Archer"]
