import re
import shlex

import pytest

from mldebt.errors import GitError
from mldebt.git import find_span, open_repository


@pytest.fixture
def branched(recorder):
    """main: 1 - 2 - 4; a branch of 2: 3 - 5; 6 merges 5 into 4, as a code host does to try a change."""
    recorder.commit({"x.py": "1\n"})
    recorder.commit({"x.py": "2\n"})
    recorder.commit({"x.py": "3\n"}, parents=[2])
    recorder.commit({"y.py": "4\n"}, parents=[2])
    recorder.commit({"x.py": "5\n"}, parents=[3])
    recorder.commit({"x.py": "5\n", "y.py": "4\n"}, parents=[4, 5], day=20)
    recorder.write()
    return recorder


def span(root, *arguments, **named):
    found = find_span(open_repository(root), *arguments, **named)
    return found.base, found.tip, found.head


def test_a_branch_starts_where_it_left_the_other(branched, plain_git):
    root = branched.root
    plain_git(root, "branch", "feature", branched.id(5))
    plain_git(root, "branch", "trunk", branched.id(4))
    plain_git(root, "-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "t", "v1", branched.id(4))
    expected = (branched.id(2), branched.id(4), branched.id(5))
    for name in ("trunk", "v1", branched.id(4), branched.id(4)[:10], "refs/heads/trunk"):
        assert span(root, name, "feature") == expected
    assert span(root, "trunk", "feature", direct=True) == (branched.id(4), branched.id(4), branched.id(5))


def test_detached_and_dated(branched, plain_git):
    plain_git(branched.root, "checkout", "-q", branched.id(5))
    found = find_span(open_repository(branched.root), branched.id(4))
    assert (found.base, found.head) == (branched.id(2), branched.id(5))
    assert (found.base_day, found.head_day) == (1_600_000_000 + 2 * 86_400, 1_600_000_000 + 5 * 86_400)


def test_a_merge_queue_compares_with_the_tip(branched):
    """HEAD merges the change into the base: the base itself is the common ancestor."""
    assert span(branched.root, branched.id(4)) == (branched.id(4), branched.id(4), branched.id(6))


def test_a_branch_that_only_the_remote_has(branched, tmp_path, plain_git):
    plain_git(branched.root, "branch", "trunk", branched.id(4))
    plain_git(tmp_path, "clone", "-q", "-b", "main", str(branched.root), "clone")
    assert span(tmp_path / "clone", "trunk")[1] == branched.id(4)


def test_the_base_is_named_as_a_person_would(branched, tmp_path, plain_git):
    plain_git(branched.root, "branch", "trunk", branched.id(4))
    plain_git(tmp_path, "clone", "-q", "-b", "trunk", str(branched.root), "clone")
    clone = open_repository(tmp_path / "clone")
    plain_git(tmp_path / "clone", "remote", "set-head", "origin", "trunk")
    names = (
        "trunk",
        "refs/heads/trunk",
        "refs/remotes/origin/trunk",
        "refs/remotes/origin/HEAD",
        "HEAD~1",
        branched.id(4),
    )
    said = [find_span(clone, name).name for name in names]
    assert said == ["trunk", "trunk", "origin/trunk", "origin/trunk", "HEAD~1", ""]


def test_an_ancestor_and_the_commit_itself(branched):
    assert span(branched.root, "HEAD")[0] == branched.id(6)
    assert span(branched.root, branched.id(1))[0] == branched.id(1)


@pytest.mark.parametrize("name", ["nowhere", "-h", "--exec=touch /tmp/x", "a\0b", "", "HEAD^{tree}", "HEAD:x.py"])
def test_what_names_no_commit_is_refused(branched, name):
    with pytest.raises(GitError, match="no such commit, branch or tag") as refused:
        span(branched.root, name)
    assert ("git fetch" in str(refused.value)) is (name == "nowhere")


def test_no_common_history(branched, plain_git):
    plain_git(branched.root, "checkout", "-q", "--orphan", "other")
    plain_git(
        branched.root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "apart"
    )
    with pytest.raises(GitError, match="no common history; --direct compares them"):
        span(branched.root, "main")
    assert span(branched.root, "main", direct=True)[0] == branched.id(6)


def test_no_commits_yet(tmp_path, plain_git):
    plain_git(tmp_path, "init", "-q")
    with pytest.raises(GitError, match="no commits yet"):
        span(tmp_path, "main")


# ------------------------------------------------------------------------ shallow clones


@pytest.fixture
def shallow(branched, tmp_path, plain_git):
    """A clone as a CI makes it: of one branch, with so many commits of its history."""

    def clone(branch: str, depth: int):
        plain_git(tmp_path, "clone", "-q", f"--depth={depth}", "-b", branch, f"file://{branched.root}", "clone")
        return tmp_path / "clone"

    plain_git(branched.root, "branch", "trunk", branched.id(4))
    plain_git(branched.root, "branch", "feature", branched.id(5))
    plain_git(branched.root, "config", "uploadpack.allowAnySHA1InWant", "true")
    return clone


def do_as_told(plain_git, root, error):
    """Runs the first command that a message names."""
    command = shlex.split(re.search(r"`git ([^`]+)`", str(error.value))[1])
    plain_git(root, "-c", "protocol.file.allow=always", *command)


def test_enough_history_is_enough(shallow, branched):
    assert span(shallow("main", 2), branched.id(4)) == (branched.id(4), branched.id(4), branched.id(6))


def test_the_merge_names_its_parents_even_where_they_are_cut_off(shallow, branched, plain_git):
    root = shallow("main", 1)
    with pytest.raises(GitError, match=f"run `git fetch --depth=1 origin {branched.id(4)}`") as error:
        span(root, branched.id(4))
    do_as_told(plain_git, root, error)
    assert span(root, branched.id(4)) == (branched.id(4), branched.id(4), branched.id(6))


def test_the_missing_branch_is_named_with_its_fetch(shallow, branched, plain_git):
    root = shallow("feature", 1)
    with pytest.raises(GitError, match="if it is a branch of origin, run `git fetch --unshallow origin") as error:
        span(root, "trunk")
    do_as_told(plain_git, root, error)
    assert span(root, "trunk") == (branched.id(2), branched.id(4), branched.id(5))


def test_too_little_history_is_told_with_the_fetch_that_helps(shallow, branched, plain_git):
    root = shallow("feature", 1)
    plain_git(root, "fetch", "-q", "--depth=1", "origin", "+refs/heads/trunk:refs/remotes/origin/trunk")
    with pytest.raises(GitError, match=r"the clone is shallow.*fetch-depth: 0.*GIT_DEPTH: 0") as error:
        span(root, "trunk")
    do_as_told(plain_git, root, error)
    assert span(root, "trunk") == (branched.id(2), branched.id(4), branched.id(5))


def test_a_commit_before_the_end_of_the_history_is_told_with_its_fetch(shallow, branched, plain_git):
    root = shallow("feature", 1)
    for name in ("HEAD~2", "HEAD^^"):
        with pytest.raises(GitError, match="the clone is shallow, run `git fetch --unshallow origin") as error:
            span(root, name)
    do_as_told(plain_git, root, error)
    assert span(root, "HEAD~2") == (branched.id(2), branched.id(2), branched.id(5))


def test_an_older_ancestor_is_never_taken_for_the_parting(recorder, tmp_path, plain_git):
    """1 - 2 - 3 - 4 is one branch; 5 comes of 1 and 2 and goes on to 6. Cut off before 3, only 1 seems common."""
    recorder.commit({"x.py": "1\n"})
    recorder.commit({"x.py": "2\n"})
    recorder.commit({"x.py": "3\n"})
    recorder.commit({"x.py": "4\n"}, parents=[3, 1])
    recorder.commit({"x.py": "5\n"}, parents=[2])
    recorder.commit({"x.py": "6\n"}, parents=[5, 1])
    root = recorder.write()
    plain_git(root, "branch", "other", recorder.id(4))
    plain_git(tmp_path, "clone", "-q", "--no-single-branch", "--depth=2", f"file://{root}", "clone")
    assert span(root, "other")[0] == recorder.id(2)
    seen = plain_git(tmp_path / "clone", "merge-base", "origin/other", "HEAD").decode().strip()
    assert seen == recorder.id(1)
    with pytest.raises(GitError, match="the clone is shallow"):
        span(tmp_path / "clone", "other")
