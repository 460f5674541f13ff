import datetime as dt
import hashlib

import pytest

from mldebt.git import command, open_repository, tracked_files
from mldebt.ownership import read_ownership

ANN, BO = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>"
LINES = [f"line {number}\n" for number in range(30)]


def blob_id(content):
    raw = content.encode()
    return hashlib.sha1(b"blob %d\0%b" % (len(raw), raw), usedforsecurity=False).hexdigest()


def shares(ownership, path, first=1, last=0):
    return {each.person.name: round(each.share, 2) for each in ownership.knows([(path, first, last)])}


@pytest.fixture
def two_authors(recorder):
    recorder.commit({"src/a.py": "".join(LINES), "b.py": "b\n"}, author=ANN)
    recorder.commit({"src/a.py": "".join([*LINES[:20], *(f"bo {n}\n" for n in range(10))])}, author=BO)
    return recorder.write()


def test_shares_of_lines(two_authors):
    found = read_ownership(open_repository(two_authors), ["src/a.py", "b.py", "nowhere.py"])
    assert (found.available, found.reason) == (True, "")
    assert shares(found, "src/a.py") == {"Ann Archer": 0.67, "Bo Baker": 0.33}
    assert shares(found, "src/a.py", 21, 30) == {"Bo Baker": 1.0}
    assert shares(found, "nowhere.py") == {}
    assert [person.name for person in found.contributors] == ["Ann Archer", "Bo Baker"]


def test_paths_are_relative_to_the_scanned_folder(two_authors):
    found = read_ownership(open_repository(two_authors / "src"), ["a.py"])
    assert shares(found, "a.py") == {"Ann Archer": 0.67, "Bo Baker": 0.33}


def test_no_repository_and_no_commits(tmp_path, plain_git):
    assert read_ownership(None, ["a.py"]).reason == "the folder is not inside a git repository"
    plain_git(tmp_path, "init", "-q")
    found = read_ownership(open_repository(tmp_path), ["a.py"])
    assert (found.available, found.reason) == (False, "the repository has no commits yet")
    assert found.knows([("a.py", 1, 0)]) == ()
    assert found.bus_factor([("a.py", 1, 0)]).count == 0


def test_a_history_that_nobody_asked_for_is_said_to_be_unread(two_authors):
    found = read_ownership(open_repository(two_authors), ["src/a.py"], asked=False)
    assert (found.available, found.reason.partition(",")[0]) == (False, "the history was not read")


@pytest.mark.parametrize("depth", [1, 2])
def test_shallow_clone_is_refused_with_the_way_out(two_authors, tmp_path, plain_git, depth):
    plain_git(tmp_path, "clone", "-q", f"--depth={depth}", f"file://{two_authors}", "cut")
    found = read_ownership(open_repository(tmp_path / "cut"), ["src/a.py"])
    if depth == 1:
        assert not found.available
        assert "git fetch --unshallow" in found.reason
        assert "fetch-depth: 0" in found.reason
        assert "GIT_DEPTH: 0" in found.reason
    else:
        assert found.available, "nothing is cut off where the depth reaches the first commit"


def test_shallow_clone_is_refused_by_the_share_of_lines_cut_off(recorder, tmp_path, plain_git):
    recorder.commit({"old.py": "".join(LINES)}, author=ANN)
    for number in range(5):
        recorder.commit({"new.py": "".join(LINES[: 6 * number + 6])}, author=BO)
    plain_git(tmp_path, "clone", "-q", "--depth=4", f"file://{recorder.write()}", "cut")
    repository = open_repository(tmp_path / "cut")
    assert not read_ownership(repository, ["old.py", "new.py"]).available
    plain_git(tmp_path / "cut", "fetch", "-q", "--unshallow")
    repaired = read_ownership(open_repository(tmp_path / "cut"), ["old.py", "new.py"])
    assert shares(repaired, "old.py") == {"Ann Archer": 1.0}


def test_partial_clone_is_refused_and_fetches_nothing(two_authors, tmp_path, plain_git):
    plain_git(two_authors, "config", "uploadpack.allowFilter", "true")
    plain_git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{two_authors}", "part")
    packs = set((tmp_path / "part" / ".git" / "objects").rglob("*"))
    found = read_ownership(open_repository(tmp_path / "part"), ["src/a.py", "b.py"])
    assert not found.available
    assert "partial clone" in found.reason
    assert set((tmp_path / "part" / ".git" / "objects").rglob("*")) == packs
    plain_git(tmp_path / "part", "fetch", "-q", "--refetch", "--no-filter")
    assert read_ownership(open_repository(tmp_path / "part"), ["src/a.py", "b.py"]).available


def test_tree_less_clone_is_refused(two_authors, tmp_path, plain_git):
    plain_git(two_authors, "config", "uploadpack.allowFilter", "true")
    plain_git(tmp_path, "clone", "-q", "--bare", "--filter=tree:0", f"file://{two_authors}", "part.git")
    found = read_ownership(open_repository(tmp_path / "part.git", allow_bare=True), ["src/a.py"])
    assert not found.available
    assert "partial clone" in found.reason


def test_checked_out_tree_less_clone_is_refused_whatever_single_files_can_be_blamed(recorder, tmp_path, plain_git):
    """Git blames an empty file without a look at any tree, and nothing else."""
    recorder.commit({"src/a.py": "1\n", "src/__init__.py": ""}, author=ANN)
    recorder.commit({"src/a.py": "1\n2\n"}, author=BO)
    root = recorder.write()
    plain_git(root, "config", "uploadpack.allowFilter", "true")
    plain_git(tmp_path, "clone", "-q", "--filter=tree:0", f"file://{root}", "part")
    found = read_ownership(open_repository(tmp_path / "part"), ["src/a.py", "src/__init__.py"])
    assert not found.available
    assert "partial clone" in found.reason
    plain_git(tmp_path / "part", "fetch", "-q", "--refetch", "--no-filter")
    repaired = read_ownership(open_repository(tmp_path / "part"), ["src/a.py", "src/__init__.py"])
    assert shares(repaired, "src/a.py") == {"Ann Archer": 0.5, "Bo Baker": 0.5}


def test_bare_linked_detached_and_sha256(recorder, tmp_path, plain_git):
    recorder.object_format = "sha256"
    recorder.commit({"a.py": "1\n"}, author=ANN)
    recorder.commit({"a.py": "1\n2\n"}, author=BO)
    recorder.commit({"a.py": "1\n2\n3\n"}, author=BO)
    root = recorder.write()
    plain_git(root, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), recorder.ids[1])
    plain_git(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    linked = open_repository(tmp_path / "linked")
    assert shares(read_ownership(linked, tracked_files(linked)), "a.py") == {"Ann Archer": 0.5, "Bo Baker": 0.5}
    bare = open_repository(tmp_path / "bare.git", allow_bare=True)
    assert shares(read_ownership(bare, ["a.py"]), "a.py") == {"Bo Baker": 0.67, "Ann Archer": 0.33}


def test_mailmap_of_head(recorder):
    recorder.commit({"a.py": "1\n"}, author="annie <annie@home.example>")
    trailer = "pair\n\nCo-authored-by: annie <annie@home.example>\n"
    recorder.commit(
        {"b.py": "2\n", ".mailmap": "Ann Archer <ann@corp.org> <annie@home.example>\n"}, author=BO, message=trailer
    )
    found = read_ownership(open_repository(recorder.write()), ["a.py", "b.py"])
    assert shares(found, "a.py") == {"Ann Archer": 1.0}
    assert shares(found, "b.py") == {"Ann Archer": 1.0, "Bo Baker": 1.0}


def test_ignored_revisions_as_git_reassigns_them(recorder, blame):
    recorder.commit({"a.py": "def f( x ):\n    return x+1\n\n\ndef g( y ):\n    return y\n", "b.py": "b\n"}, author=ANN)
    style = recorder.commit({"a.py": "def f(x):\n    return x + 1\n\n\ndef g(y):\n    return y\n"}, author=BO)
    recorder.commit({"c.py": "c\n"}, author=BO)
    root = recorder.write()
    listed = f"# formatting\n{recorder.id(style)}  # style\nnonsense\n{'0' * 40}\n"
    recorder.commit({".git-blame-ignore-revs": listed}, author=BO)
    (root / ".git" / "marks").unlink()
    root = recorder.write()
    (root / ".git" / "only").write_text(recorder.id(style) + "\n")
    found = read_ownership(open_repository(root), ["a.py", "b.py", "c.py"])
    expected = blame(root, b"a.py", f"--ignore-revs-file={root}/.git/only")
    assert found.lines.lines(b"a.py") == expected
    assert recorder.id(style).encode() in blame(root, b"a.py")
    assert shares(found, "a.py") == {"Ann Archer": 1.0}
    assert shares(found, "c.py") == {"Bo Baker": 1.0}


def test_cache_answers_without_git(two_authors, tmp_path, monkeypatch):
    repository = open_repository(two_authors)
    paths = tracked_files(repository)
    cold = read_ownership(repository, paths, cache_dir=tmp_path / "cache")
    forget_git(monkeypatch, tmp_path)
    warm = read_ownership(repository, paths, cache_dir=tmp_path / "cache")
    assert (warm.available, warm.reason) == (True, "")
    assert warm.knows([("src/a.py", 1, 0)]) == cold.knows([("src/a.py", 1, 0)])
    assert not read_ownership(repository, paths).available, "without the cache there is no answer"


@pytest.mark.parametrize("damage", [b"", b"\x91\x01", b"\xc1" * 100, None])
def test_damaged_cache_is_a_miss(two_authors, tmp_path, damage):
    repository = open_repository(two_authors)
    cold = read_ownership(repository, ["src/a.py"], cache_dir=tmp_path)
    kept = next(path for path in tmp_path.rglob("*") if path.is_file() and "ownership" in path.name)
    raw = kept.read_bytes()
    kept.write_bytes(raw[: len(raw) // 2] if damage is None else damage)
    again = read_ownership(repository, ["src/a.py"], cache_dir=tmp_path)
    assert again == cold
    assert kept.read_bytes() == raw


def test_cache_and_new_commits(recorder, tmp_path, plain_git):
    recorder.commit({"a.py": "".join(LINES), ".mailmap": ""}, author=ANN)
    side = recorder.commit({"a.py": "".join(["side\n", *LINES])}, author="Cy Cole <cy@corp.org>")
    recorder.commit({"a.py": "".join([*LINES, "bo\n"])}, parents=[1], author=BO)
    pull = "Merge pull request #7 from cy/side\n"
    merge = recorder.commit(
        {"a.py": "".join(["side\n", *LINES, "bo\n"])}, parents=[3, side], author="Di Dane <di@corp.org>", message=pull
    )
    recorder.commit({"b.py": "late\n"}, author="ann <ann@corp.org>")
    recorder.commit({".mailmap": "Annabel Archer <ann@corp.org>\n"}, author=BO)
    root = recorder.write()
    for cache in (tmp_path / "grown", None):
        for head in (3, merge, 5, 6) if cache else (6,):
            plain_git(root, "update-ref", "refs/heads/main", recorder.id(head))
            found = read_ownership(open_repository(root), ["a.py", "b.py", ".mailmap"], cache_dir=cache)
            if cache:
                grown = found
    assert grown.lines == found.lines
    assert grown.contributors == found.contributors
    assert grown.knows([("a.py", 1, 0), ("b.py", 1, 0)]) == found.knows([("a.py", 1, 0), ("b.py", 1, 0)])
    assert found.contributors[0].name == "Annabel Archer"
    reviewed = {each.person.name: each.reviewed_share for each in found.knows([("a.py", 1, 1)])}
    assert reviewed == {"Cy Cole": 0.0, "Di Dane": 1.0}


def test_more_files_than_the_cache_knows(two_authors, tmp_path):
    repository = open_repository(two_authors)
    read_ownership(repository, ["src/a.py"], cache_dir=tmp_path)
    found = read_ownership(repository, ["b.py"], cache_dir=tmp_path)
    assert shares(found, "b.py") == {"Ann Archer": 1.0}
    assert shares(found, "src/a.py") == {}, "what another scan asked is not part of this one's answer"
    assert found.knows([("b.py", 1, 0)]) == read_ownership(repository, ["b.py"]).knows([("b.py", 1, 0)])
    both = read_ownership(repository, ["b.py", "src/a.py"], cache_dir=tmp_path)
    assert shares(both, "src/a.py") == {"Ann Archer": 0.67, "Bo Baker": 0.33}


def test_uncommitted_lines_are_nobodys(two_authors):
    repository = open_repository(two_authors)
    changed = "".join(["new\n", "new\n", *LINES[:20], *(f"bo {n}\n" for n in range(9))])
    (two_authors / "src" / "a.py").write_text(changed)
    (two_authors / "c.py").write_text("c\n")
    keys = {"src/a.py": blob_id(changed), "b.py": blob_id("b\n"), "c.py": blob_id("c\n")}
    found = read_ownership(repository, keys)
    assert shares(found, "src/a.py", 1, 2) == {}
    assert shares(found, "src/a.py", 3, 22) == {"Ann Archer": 1.0}
    assert shares(found, "src/a.py", 23, 31) == {"Bo Baker": 1.0}
    assert shares(found, "b.py") == {"Ann Archer": 1.0}
    assert found.bus_factor([("c.py", 1, 0)]).lines == 1
    assert shares(found, "c.py") == {}


def test_line_ends_turned_by_the_checkout_change_nothing(two_authors):
    file = two_authors / "src" / "a.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    found = read_ownership(open_repository(two_authors), {"src/a.py": blob_id(file.read_bytes().decode())})
    assert shares(found, "src/a.py") == {"Ann Archer": 0.67, "Bo Baker": 0.33}


def test_import_of_a_tree_is_unknowable(recorder):
    files = {f"pkg/m{number}.py": "".join(f"{number} {line}" for line in LINES * 20) for number in range(10)}
    recorder.commit(files, author=ANN)
    recorder.commit({"own.py": "".join(LINES)}, author=ANN)
    recorder.commit({"pkg/m0.py": "".join(LINES)}, author=BO)
    found = read_ownership(open_repository(recorder.write()), [*files, "own.py"])
    imported = found.bus_factor([("pkg/m1.py", 1, 0)])
    assert (imported.knowing, imported.unknowable, imported.lines) == ((), 1.0, 600)
    assert found.bus_factor([("own.py", 1, 0)]).count == 1
    assert found.bus_factor([("own.py", 1, 0), ("pkg/m1.py", 1, 30)]).unknowable == 0.5


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Release 1.2.0 (#70)", False),
        ("2.1.1 minor release (#117)", False),
        ("v1.4.0\n\nSee the notes.", False),
        ("Sync with the internal main", False),
        ("Merge internal changes (#9)", False),
        ("Update from our monorepo, 2024-05-01", False),
        ("Update internal names of the loaders", True),
        ("Update the loaders with internal caching", True),
        ("Import private helpers where they are used", True),
        ("Fix what broke in release 1.2", True),
        ("Split the loaders\n\nFor release 1.2", True),
        ("Release the lock of the queue", True),
        ("Split the loaders (#12)", True),
    ],
)
def test_a_release_of_many_files_tells_not_who_wrote_them(recorder, said, known):
    files = {f"pkg/m{number}.py": "".join(f"{number} {line}" for line in LINES) for number in range(30)}
    recorder.commit({"own.py": "".join(LINES)}, author=ANN)
    recorder.commit(dict.fromkeys(files, "x\n"), author=ANN)
    recorder.commit(files, author=BO, message=said)
    found = read_ownership(open_repository(recorder.write()), [*files, "own.py"])
    assert (shares(found, "pkg/m1.py") == {"Bo Baker": 1.0}) is known
    assert found.bus_factor([("pkg/m1.py", 1, 0)]).unknowable == (0.0 if known else 1.0)


def test_a_release_of_few_files_is_knowledge(recorder):
    recorder.commit({"a.py": "".join(LINES)}, author=ANN)
    recorder.commit({f"b{number}.py": "".join(LINES * 30) for number in range(3)}, author=BO, message="Release 1.0.0")
    found = read_ownership(open_repository(recorder.write()), ["b1.py"])
    assert found.bus_factor([("b1.py", 1, 0)]).count == 1


def test_small_first_commit_is_knowledge(recorder):
    recorder.commit({"a.py": "".join(LINES)}, author=ANN)
    found = read_ownership(open_repository(recorder.write()), ["a.py"])
    assert found.bus_factor([("a.py", 1, 0)]).count == 1


def test_a_git_that_cannot_walk_is_helped_out_by_blame(recorder, tmp_path, monkeypatch):
    recorder.commit({"a.py": "".join(LINES)}, author=ANN)
    recorder.commit({"a.py": "".join([*LINES, "bo\n"])}, author=BO)
    root = recorder.write()
    real = command.git_path()
    lame = tmp_path / "bin" / "git"
    lame.parent.mkdir()
    lame.write_text(f'#!/bin/sh\nfor word; do [ "$word" = diff-tree ] && exit 129; done\nexec {real} "$@"\n')
    lame.chmod(0o755)
    expected = shares(read_ownership(open_repository(root), ["a.py"]), "a.py")
    forget_git(monkeypatch, lame.parent)
    assert shares(read_ownership(open_repository(root), ["a.py"]), "a.py") == expected


def forget_git(monkeypatch, path):
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(command, "git_path", command.git_path.__wrapped__)
    monkeypatch.setattr(command, "environment", command.environment.__wrapped__)


def test_settings_say_who_left(two_authors):
    def active(**left):
        found = read_ownership(open_repository(two_authors), ["b.py"], left=left["left"])
        return {person.name: found.active(person) for person in found.contributors}

    before, after = dt.date(2020, 1, 1), dt.date(2030, 1, 1)
    assert active(left={"ANN@corp.org": before}) == {"Ann Archer": False, "Bo Baker": True}
    assert active(left={"Ann Archer": after}) == {"Ann Archer": True, "Bo Baker": True}


def test_settings_say_who_joined_or_came_back(recorder):
    recorder.commit({"a.py": "".join(LINES)}, author=ANN, day=0)
    recorder.commit({"b.py": "b\n"}, author=BO, day=900)
    root = recorder.write()
    early, late, future = dt.date(2021, 1, 1), dt.date(2022, 1, 1), dt.date(2030, 1, 1)

    def ann_is_active(**days):
        found = read_ownership(open_repository(root), ["a.py"], **days)
        return [found.active(person) for person in found.contributors if person.name == "Ann Archer"] == [True]

    assert not ann_is_active()
    assert ann_is_active(joined={"ann archer": late})
    assert not ann_is_active(joined={"Ann Archer": future})
    assert ann_is_active(joined={"ann@corp.org": late}, left={"Ann Archer": early})
    assert not ann_is_active(joined={"Ann Archer": early}, left={"ann@corp.org": late})
    assert not ann_is_active(joined={"Ann Archer": late}, left={"Ann Archer": late})
