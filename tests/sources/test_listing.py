import os
import sys
from pathlib import Path

import pytest

from mldebt.git import open_repository
from mldebt.sources import (
    Category,
    CategoryGlobs,
    DocumentKind,
    KeyMemo,
    Known,
    Listing,
    MemoEntry,
    SourceLimits,
    list_sources,
)

from .conftest import Git, write


def paths(listing: Listing) -> list[str]:
    return [file.path for file in listing.files]


def reasons(listing: Listing) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in listing.skipped}


def test_a_tree_without_git_is_walked_without_other_tools_folders(tree: Path) -> None:
    for path in ("b.py", "a/deep/er.py", "c.ipynb", "a/notes.pyc", "data.csv"):
        write(tree, path)
    for path in (
        ".git/hooks/x.py",
        "venv/lib/x.py",
        "env311/pyvenv.cfg",
        "env311/lib/x.py",
        "conda/conda-meta/history",
        "conda/x.py",
        "node_modules/x.py",
        "a/__pycache__/x.py",
        ".mypy_cache/x.py",
        "thing.egg-info/x.py",
        ".ipynb_checkpoints/c-checkpoint.ipynb",
    ):
        write(tree, path)
    write(tree, "odd/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")
    write(tree, "odd/x.py")
    write(tree, "fine/CACHEDIR.TAG", "not one\n")
    write(tree, "fine/x.py")
    listing = list_sources(tree)
    assert paths(listing) == ["a/deep/er.py", "b.py", "c.ipynb", "fine/x.py"]
    assert listing.skipped == ()
    assert not listing.tracked


def test_a_repository_lists_what_is_tracked(tree: Path, git: Git) -> None:
    write(tree, ".gitignore", "ignored/\n")
    for path in ("ignored/x.py", "ignored/forced.py", "kept.py", "venv/committed.py", "README.md", "untracked.py"):
        write(tree, path)
    git("add", ".gitignore", "kept.py", "README.md", "venv")
    git("add", "-f", "ignored/forced.py")
    listing = list_sources(tree, open_repository(tree))
    assert listing.tracked
    assert paths(listing) == ["ignored/forced.py", "kept.py", "venv/committed.py"]
    assert [(document.path, document.kind) for document in listing.documents] == [("README.md", DocumentKind.README)]


def test_a_subfolder_of_a_repository_has_paths_of_its_own(tree: Path, git: Git) -> None:
    write(tree, "top.py")
    write(tree, "service/app/main.py")
    write(tree, "service2/app/main.py")
    git("add", ".")
    listing = list_sources(tree / "service", open_repository(tree / "service"))
    assert listing.tracked
    assert paths(listing) == ["app/main.py"]


def test_a_folder_of_which_git_tracks_nothing_is_walked(tree: Path, git: Git) -> None:
    write(tree, "tracked.py")
    write(tree, "new/idea.py")
    git("add", "tracked.py")
    listing = list_sources(tree / "new", open_repository(tree / "new"))
    assert not listing.tracked
    assert paths(listing) == ["idea.py"]


def test_a_root_that_is_a_file_lists_it_alone(tree: Path, git: Git) -> None:
    write(tree, "a.py")
    write(tree, "b.py")
    git("add", ".")
    listing = list_sources(tree / "b.py", open_repository(tree / "b.py"))
    assert (listing.root, paths(listing)) == (tree, ["b.py"])


def test_keys_are_gits_blob_ids_of_the_work_tree(tree: Path, git: Git) -> None:
    write(tree, "same.py", "x = 1\r\n")
    write(tree, "edited.py", "old = 1\n")
    write(tree, "empty.py", "")
    git("add", ".")
    write(tree, "edited.py", "new = 2\n")
    listing = list_sources(tree, open_repository(tree))
    keys = {file.path: (file.key, file.size) for file in listing.files}
    assert keys == {
        path: (git("hash-object", "--no-filters", path).strip(), size)
        for path, size in (("same.py", 7), ("edited.py", 8), ("empty.py", 0))
    }


def test_tracked_but_missing(tree: Path, git: Git) -> None:
    write(tree, "gone.py")
    write(tree, "folder/gone.py")
    write(tree, "stays.py")
    git("add", ".")
    (tree / "gone.py").unlink()
    (tree / "folder/gone.py").unlink()
    (tree / "folder").rmdir()
    listing = list_sources(tree, open_repository(tree))
    assert paths(listing) == ["stays.py"]
    missing = "tracked, but missing from the work tree"
    assert reasons(listing) == {"folder/gone.py": missing, "gone.py": missing}


@pytest.mark.parametrize("tracked", [False, True])
def test_links_are_skipped_with_where_they_lead(tree: Path, git: Git, tracked: bool) -> None:
    write(tree.parent, "secret.py")
    write(tree, "real.py")
    write(tree, "folder/inner.py")
    (tree / "alias.py").symlink_to(tree / "real.py")
    (tree / "folder/out.py").symlink_to("../../secret.py")
    (tree / "broken.py").symlink_to("nowhere.py")
    (tree / "loop.py").symlink_to("loop.py")
    (tree / "folder/self").symlink_to(".")
    git("add", ".")
    listing = list_sources(tree, open_repository(tree) if tracked else None)
    assert paths(listing) == ["folder/inner.py", "real.py"]
    assert reasons(listing) == {
        "alias.py": "a symbolic link to real.py, which is read there",
        "broken.py": "a symbolic link that cannot be followed (No such file or directory)",
        "folder/out.py": "a symbolic link that leads out of the tree",
        "loop.py": "a symbolic link that cannot be followed (Too many levels of symbolic links)",
    }


def test_what_a_sparse_checkout_leaves_out_is_told_once_a_folder(tree: Path, git: Git) -> None:
    for path in ("a/x.py", "b/y.py", "b/c/z.ipynb", "b/notes.md", "d/only.py", "top.py"):
        write(tree, path)
    git("add", "--all")
    git("commit", "-qm", "all")
    assert reasons(list_sources(tree, open_repository(tree))) == {}
    git("sparse-checkout", "set", "--cone", "a")
    found = list_sources(tree, open_repository(tree))
    assert reasons(found) == {
        "b": "2 files of code are not on the disk: the checkout is sparse",
        "d": "1 file of code is not on the disk: the checkout is sparse",
    }
    assert paths(found) == ["a/x.py", "top.py"]


def test_a_submodule_is_told(tree: Path, git: Git) -> None:
    write(tree, "a/x.py")
    git("add", "--all")
    for folder in ("a/lib", "old"):
        git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{folder}")
    write(tree, "a/lib/y.py")
    found = list_sources(tree, open_repository(tree), globs=CategoryGlobs(exclude=("old/",)))
    assert paths(found) == ["a/x.py"]
    assert reasons(found) == {"a/lib": "a submodule: a repository of its own, to be scanned by itself"}
    assert list(reasons(list_sources(tree / "a", open_repository(tree / "a")))) == ["lib"]


def test_a_tracked_folder_replaced_by_a_link_is_not_followed(tree: Path, git: Git) -> None:
    write(tree, "a/b/c.py")
    write(tree, "here.py")
    git("add", ".")
    (tree / "a").rename(tree.parent / "outside")
    (tree / "a").symlink_to("../outside")
    listing = list_sources(tree, open_repository(tree))
    assert paths(listing) == ["here.py"]
    assert reasons(listing) == {"a/b/c.py": "behind a symbolic link"}


def test_what_is_no_regular_file_never_blocks(tree: Path, git: Git) -> None:
    write(tree, "turned.py")
    git("add", ".")
    (tree / "turned.py").unlink()
    os.mkfifo(tree / "turned.py")
    (tree / "folder.py").mkdir()
    assert reasons(list_sources(tree, open_repository(tree))) == {"turned.py": "not a regular file: a named pipe"}
    assert reasons(list_sources(tree)) == {"turned.py": "not a regular file: a named pipe"}


def test_large_files_are_skipped_by_kind(tree: Path) -> None:
    write(tree, "big.py", "x = 1\n" * 10)
    write(tree, "big.ipynb", "{}" * 30)
    write(tree, "README.md", "words " * 10)
    limits = SourceLimits(max_python_bytes=59, max_notebook_bytes=60, max_document_bytes=10)
    listing = list_sources(tree, limits=limits)
    assert paths(listing) == ["big.ipynb"]
    assert reasons(listing) == {
        "README.md": "60 bytes, over the limit of 10",
        "big.py": "60 bytes, over the limit of 59",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_and_folders_are_skipped(tree: Path) -> None:
    write(tree, "locked.py").chmod(0)
    (tree / "closed").mkdir(mode=0)
    listing = list_sources(tree)
    (tree / "closed").chmod(0o700)
    assert reasons(listing) == {
        "closed": "the folder cannot be listed: Permission denied",
        "locked.py": "cannot be read: Permission denied",
    }


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system refuses such names")
def test_odd_names(tree: Path, git: Git) -> None:
    write(tree, "two\nlines.py")
    write(tree, "schön.py")
    write(tree, os.fsdecode(b"latin-\xf6.py"))
    git("add", ".")
    for listing in (list_sources(tree), list_sources(tree, open_repository(tree))):
        assert paths(listing) == ["schön.py", "two\nlines.py"]
        assert reasons(listing) == {"latin-\\xf6.py": "its name is not UTF-8"}


def test_the_configuration_chooses_and_excludes(tree: Path) -> None:
    for path in ("old/x.py", "old/keep/x.py", "vendor/ours.py", "gen/y.py", "checks/z.py", "libs/other.py"):
        write(tree, path)
    globs = CategoryGlobs(
        test=("checks/",), vendored=("libs",), generated=("gen/**",), exclude=("old/*.py",), product=("vendor/ours.py",)
    )
    listing = list_sources(tree, globs=globs)
    assert {file.path: file.category for file in listing.files} == {
        "checks/z.py": Category.TEST,
        "gen/y.py": Category.GENERATED,
        "libs/other.py": Category.VENDORED,
        "old/keep/x.py": Category.PRODUCT,
        "vendor/ours.py": Category.PRODUCT,
    }
    assert listing.skipped == ()


def test_a_whole_repository_of_others_is_theirs(tree: Path) -> None:
    write(tree, "LICENSE", "Ours, and all rights reserved.\n")
    for path in ("docker/solar/pyproject.toml", "docker/solar/.travis.yml", "docker/solar/solar/net.py"):
        write(tree, path)
    write(tree, "docker/solar/LICENSE.txt", "Anybody may use it.\n")
    # a package of the same repository, and one that hosts were never told of
    for path in ("packages/client/pyproject.toml", "packages/client/.github/stale.yml", "packages/client/client.py"):
        write(tree, path)
    write(tree, "packages/client/LICENSE", "Ours, and all  rights reserved.")
    for path in ("packages/open/setup.py", "packages/open/open.py"):
        write(tree, path)
    write(tree, "packages/open/LICENSE", "Anybody may use it.\n")
    listing = list_sources(tree)
    assert [file.path for file in listing.files if file.category is Category.VENDORED] == ["docker/solar/solar/net.py"]
    ours = list_sources(tree, globs=CategoryGlobs(product=("docker/solar/**",)))
    assert all(file.category is Category.PRODUCT for file in ours.files)


def test_the_unpacked_archive_of_another_repository_is_theirs(tree: Path) -> None:
    write(tree, "detector/yolov5-master/LICENSE", "Anybody may use it.\n")
    for path in ("README.md", "train.py", "models/yolo.py"):
        write(tree, f"detector/yolov5-master/{path}")
    write(tree, "serve.py")
    # without terms, and a folder of that ending that is no archive
    write(tree, "plots-main/README.md")
    write(tree, "plots-main/plot.py")
    write(tree, "app-main/LICENSE", "Anybody may use it.\n")
    write(tree, "app-main/app.py")
    listing = list_sources(tree)
    assert [file.path for file in listing.files if file.category is Category.VENDORED] == [
        "detector/yolov5-master/models/yolo.py",
        "detector/yolov5-master/train.py",
    ]


MIT = "Permission is hereby granted, free of charge, to any person."
APACHE = "Apache License, Version 2.0"


@pytest.mark.parametrize("root", ["", APACHE])
def test_a_folder_that_is_described_and_licensed_otherwise_is_theirs(root: str, tree: Path) -> None:
    if root:
        write(tree, "LICENSE", root)
    own = "Whoever takes this has to say so, and may do nothing else. " * 9
    ours = (("src/ours", root), ("src/noted", "As the whole."), ("src/pull_github", ""))
    for folder, terms in (("src/ranking_lib", MIT), ("src/kept_github", ""), ("src/faces", own), *ours):
        write(tree, f"{folder}/README.md")
        write(tree, f"{folder}/train.py")
        if terms:
            write(tree, f"{folder}/LICENSE", f"{terms} Copyright of somebody.\n")
    for path in ("serve.py", "train.py", "load.py", "check.py"):
        write(tree, path)
    write(tree, "src/kept_github/setup.cfg")
    listing = list_sources(tree)
    assert [file.path for file in listing.files if file.category is Category.VENDORED] == [
        "src/faces/train.py",
        "src/kept_github/train.py",
        "src/ranking_lib/train.py",
    ]


def test_a_project_that_keeps_all_it_has_in_a_folder_is_its_own(tree: Path) -> None:
    for path, text in (("LICENSE", MIT), ("README.md", ""), ("train.py", ""), ("serve.py", "")):
        write(tree, f"churn/{path}", text)
    write(tree, "check.py")
    assert {file.category for file in list_sources(tree).files} == {Category.PRODUCT}


def test_an_archive_of_their_own_that_somebody_put_in_is_theirs(tree: Path) -> None:
    write(tree, "README.md")
    for path in ("LICENSE", "README.md", "train.py"):
        write(tree, f"churn-main/{path}", "Anybody may use it.\n")
    assert [file.category for file in list_sources(tree).files] == [Category.PRODUCT]
    write(tree, "LICENSE", "Anybody may use it.\n")
    write(tree, "serve.py")
    assert {file.category for file in list_sources(tree).files} == {Category.PRODUCT}


def test_a_notebook_is_a_source_and_a_document(tree: Path) -> None:
    write(tree, "a.ipynb", "{}")
    listing = list_sources(tree)
    (file,), (document,) = listing.files, listing.documents
    assert (document.path, document.kind, document.key) == (file.path, DocumentKind.NOTEBOOK_PROSE, file.key)


def test_the_memo_gives_the_same_listing_and_notices_changes(tree: Path) -> None:
    first = write(tree, "a.py", "# Generated by a tool\nx = 1\n")
    write(tree, "b.py")
    later = first.stat().st_ctime_ns + 10**10
    memo = KeyMemo(now=later)
    cold = list_sources(tree, memo=memo)
    assert memo.changed
    assert sorted(memo.entries) == ["a.py", "b.py"]
    warm_memo = KeyMemo(memo.entries, now=later)
    assert list_sources(tree, memo=warm_memo) == cold
    assert not warm_memo.changed
    state = first.stat()
    first.write_text("# Generated by a tool\nx = 2\n")
    os.utime(first, ns=(state.st_atime_ns, state.st_mtime_ns))  # same size and time; the change time tells
    changed = list_sources(tree, memo=KeyMemo(memo.entries, now=later))
    assert changed.files[0].key != cold.files[0].key
    assert changed.files[1] == cold.files[1]


def test_the_memo_forgets_files_that_are_gone(tree: Path) -> None:
    gone = write(tree, "a.py")
    memo = KeyMemo(now=gone.stat().st_ctime_ns + 10**10)
    list_sources(tree, memo=memo)
    gone.unlink()
    after = KeyMemo(memo.entries)
    list_sources(tree, memo=after)
    assert after.changed
    assert after.entries == {}


def test_a_file_written_just_now_is_not_remembered(tree: Path) -> None:
    write(tree, "a.py")
    memo = KeyMemo()
    list_sources(tree, memo=memo)
    assert memo.entries == {}


def test_what_the_memo_knows_is_not_read_again(tree: Path) -> None:
    state = write(tree, "a.py").stat()
    known = Known("f" * 40, "vendored")
    entry = MemoEntry(state.st_size, state.st_mtime_ns, state.st_ino, state.st_ctime_ns, known)
    (file,) = list_sources(tree, memo=KeyMemo({"a.py": entry})).files
    assert (file.key, file.category) == ("f" * 40, Category.VENDORED)
