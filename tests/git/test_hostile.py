"""A repository that tries to run a program through everything git offers: nothing may run, nothing may be written."""

import json
import os
import subprocess
import sys

import click
import pytest

from mldebt.cli import mldebt
from mldebt.git import open_repository, tracked_files
from mldebt.ownership import PUBLISHED, Window, read_changes, read_ownership, read_truck_factors

HOOKS = (
    "applypatch-msg pre-commit prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push "
    "pre-receive update post-update reference-transaction push-to-checkout pre-auto-gc post-rewrite fsmonitor-watchman "
    "post-index-change"
).split()
CONFIG = """
[core]
    fsmonitor = {program}
    hooksPath = {hooks}
    sshCommand = {program}
    gitProxy = {program}
    editor = {program}
    pager = {program}
    askPass = {program}
    attributesFile = {attributes}
    alternateRefsCommand = {program}
[diff]
    external = {program}
[diff "odd"]
    textconv = {program}
    command = {program}
[filter "odd"]
    clean = {program}
    smudge = {program}
    process = {program}
    required = true
[merge "odd"]
    driver = {program}
[gpg]
    program = {program}
[gpg "ssh"]
    program = {program}
    defaultKeyCommand = {program}
[log]
    showSignature = true
[alias]
    log = !{program}
    blame = !{program}
    ls-files = !{program}
    rev-parse = !{program}
    diff-tree = !{program}
[pager]
    log = {program}
    blame = {program}
[credential]
    helper = !{program}
[remote "origin"]
    url = ext::{program}
    promisor = true
    partialclonefilter = blob:none
    uploadpack = {program}
    fetch = +refs/heads/*:refs/remotes/origin/*
[uploadpack]
    packObjectsHook = {program}
[trailer "co"]
    key = Co-authored-by
    command = {program}
    cmd = {program}
[interactive]
    diffFilter = {program}
[sendemail]
    smtpServer = {program}
[include]
    path = {included}
"""

TRAIN = """
import joblib
from sklearn.linear_model import LogisticRegression


def train(rows, target):
    model = LogisticRegression().fit(rows, target)
    joblib.dump(model, "model.joblib")
"""


@pytest.fixture
def hostile(recorder, tmp_path, plain_git):
    """The repository; any program that it starts leaves the file `ran` behind."""
    signed = "change\n\nCo-authored-by: Bo Baker <bo@corp.org>\n"
    recorder.commit(
        {"pkg/a.py": "x = 1\ny = 2\n", ".gitattributes": "* diff=odd filter=odd merge=odd\n"}, message=signed
    )
    recorder.commit({"pkg/train.py": TRAIN}, author="Bo Baker <bo@corp.org>")
    recorder.commit({"pkg/a.py": "x = 1\ny = 3\n", ".mailmap": "Ann A <ann@corp.org>\n"})
    recorder.commit({"pkg/a.py": None, "pkg/b.py": "x = 1\ny = 3\nz = 4\n", ".git-blame-ignore-revs": "1" * 40 + "\n"})
    root = recorder.write()
    missing = plain_git(root, "hash-object", "-w", "--stdin", stdin=b"missing\n").decode().strip()
    (root / ".git" / "objects" / missing[:2] / missing[2:]).unlink()
    plain_git(root, "update-index", "--add", "--cacheinfo", f"100644,{missing},pkg/gone.py")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> '{tmp_path}/ran'\n")
    program.chmod(0o755)
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o755)
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* diff=odd filter=odd\n")
    (tmp_path / "included").write_text(f"[core]\n\tfsmonitor = {program}\n")
    planted = root / "pkg" / "planted"  # an embedded repository that looks bare
    for folder in ("objects", "refs", "hooks"):
        (planted / folder).mkdir(parents=True)
    (planted / "HEAD").write_text("ref: refs/heads/main\n")
    config = CONFIG.format(
        program=program, hooks=hooks, attributes=root / ".gitattributes", included=tmp_path / "included"
    )
    (planted / "config").write_text(config)
    with (root / ".git" / "config").open("a") as file:
        file.write(config)
    for name in ("git", "git-ls-files", "sh"):
        (root / name).write_bytes(program.read_bytes())
        (root / name).chmod(0o755)
    return root


def snapshot(root):
    return {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in sorted(root.rglob("*"))}


def test_the_trap_works(hostile, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    subprocess.run(["git", "-C", hostile, "status"], capture_output=True, env=environment, check=False)
    assert (tmp_path / "ran").exists(), "otherwise this file would test nothing"


@pytest.mark.parametrize("folder", ["", "pkg", "pkg/planted"])
def test_reading_ownership_runs_nothing_and_writes_nothing(hostile, tmp_path, folder, monkeypatch):
    monkeypatch.chdir(hostile)
    before = snapshot(hostile)
    repository = open_repository(hostile / folder)
    assert repository.root == hostile
    assert "pkg/b.py" in tracked_files(repository)
    found = read_ownership(repository, {"b.py": "0" * 40, "pkg/b.py": "0" * 40, "gone.py": "1" * 40})
    assert found.available
    assert [len(changes) for changes in read_changes(repository, ["b.py", "pkg/b.py"], limit=9).values()]
    assert read_truck_factors(repository, ["b.py", "pkg/b.py"], windows=(Window(), PUBLISHED))
    assert snapshot(hostile) == before
    assert not (tmp_path / "ran").exists()


# Command lines, at least one of each command, and what they may write: into the work tree, never into `.git`.
RUNS = {
    "scan .": (),
    "scan . --no-cache --format sarif": (),
    "gate . --base HEAD~1": (),
    "gate . --base HEAD~2 --head HEAD": (),
    "hook pkg/b.py pkg/train.py": (),
    "baseline write .": (".mldebt",),
    "init --dry-run .": (),
    "init .": ("mldebt.toml", ".pre-commit-config.yaml", ".github", ".gitlab-ci.yml"),
    "config .": (),
    "rules --root .": (),
    "explain MLD401 --root .": (),
    "owners": (),
    "owners pkg/train.py --anonymous": (),
    "offboard ann .": (),
    "offboard bo --format markdown": (),
    "team": (),
    "trend .": (),
    "models": (),
    "card LogisticRegression": (),
    "graph": (),
    "trace pkg/train.py:7:model": (),
    "lsp": (),
}


def test_every_command_is_tried():
    assert {words.split()[0] for words in RUNS} == set(mldebt.list_commands(click.Context(mldebt)))


@pytest.mark.parametrize("arguments", RUNS)
def test_no_command_runs_anything_and_git_s_folder_stays_as_it_is(hostile, tmp_path, arguments):
    before = snapshot(hostile)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MLDEBT_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-P", "-m", "mldebt", *arguments.split()]
    if arguments == "lsp":
        edit(command, hostile, environment)
    else:
        done = subprocess.run(command, cwd=hostile, capture_output=True, env=environment, check=False)
        assert done.returncode in (0, 1, 3), done.stderr.decode()
    after = snapshot(hostile)
    written = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path.relative_to(hostile).parts[0] for path in written} <= {".", *RUNS[arguments]}
    assert not (tmp_path / "ran").exists()


def edit(command, root, environment):
    """Talks to a language server as an editor does that opens a file and saves it."""
    document = {"uri": (root / "pkg" / "train.py").as_uri()}
    opened = {**document, "languageId": "python", "version": 1, "text": TRAIN}
    with subprocess.Popen(command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:

        def say(**message):
            body = json.dumps({"jsonrpc": "2.0", **message}).encode()
            server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            server.stdin.flush()

        def hear(wanted):
            while True:
                heads = iter(server.stdout.readline, b"\r\n")
                (size,) = [int(head.split(b":")[1]) for head in heads if head.startswith(b"Content-Length")]
                if wanted in server.stdout.read(size):
                    return

        say(id=1, method="initialize", params={"rootUri": root.as_uri(), "processId": None, "capabilities": {}})
        say(method="initialized", params={})
        say(method="textDocument/didOpen", params={"textDocument": opened})
        hear(b"MLD301")
        say(method="textDocument/didSave", params={"textDocument": document})
        hear(b"MLD301")
        say(id=2, method="shutdown")
        say(method="exit")
    assert server.returncode == 0
