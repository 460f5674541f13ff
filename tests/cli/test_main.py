import importlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from mldebt import __version__
from mldebt.cli import _COMMANDS

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_help_shows_commands_examples_and_exit_codes(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for part in ("scan ", "rules ", "explain ", "graph ", "Examples:", "Exit codes:", "3  incomplete"):
        assert part in done.stdout
    assert run("-h").stdout == done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.parametrize("command", ["scan", "rules", "explain", "graph"])
def test_every_command_has_a_page(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: mldebt {command} ")


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_entry_of_the_table_is_a_command(name: str) -> None:
    command = importlib.import_module(f"mldebt.cli.{name}").command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"mldebt, version {__version__}\n"


def test_no_command_shows_the_help(run: Run) -> None:
    done = run()
    assert done.returncode == 2
    assert "Commands:" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scna"], "no such command 'scna'; allowed: scan, "),
        (["scan", "--formt", "json"], "No such option"),
        (["scan", "--format", "xml"], "'xml' is not one of"),
        (["scan", "nowhere"], "mldebt: nowhere: no such file or folder"),
        (["scan", "--config", "nowhere.toml"], "mldebt: nowhere.toml: no such configuration file"),
        (["scan", "--select", "MLD9"], "mldebt: --select names no rule: 'MLD9'"),
        (["scan", "--select", ""], "Invalid value for '--select': names no rule; leave the option out to ask for all"),
        (["gate", "--select", " , "], "Invalid value for '--select': names no rule"),
        (["scan", "--output", "report.html"], "--output report.html: no format has the suffix '.html'; allowed: "),
        (["explain"], "mldebt: name one rule, or say --all"),
        (["explain", "MLD4O1"], "mldebt: no rule 'MLD4O1'; did you mean 'MLD401'?"),
        (["explain", "MLD401", "--output", "x"], "--output goes with --all"),
    ],
)
def test_a_wrong_call_is_exit_code_2_and_one_message_on_stderr(run: Run, arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_no_room_for_what_is_printed_is_incomplete() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mldebt", "rules"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    told = "mldebt: standard output or a temporary file: cannot be written: No space left on device"
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (3, True, False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how much is in use is asked of /proc")
@pytest.mark.parametrize("room", [0, 1_000_000, 4_000_000])
def test_no_memory_is_incomplete(room: int, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import pandas\n")
    program = (
        "import resource, sys; from mldebt.cli import main\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (used + {room}, used + {room}))\n"
        f"main(['scan', {str(tmp_path)!r}, '--no-cache', '-j1'])\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "the scan is incomplete." in done.stderr


def test_a_faulty_configuration_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text("fail_onn = 'high'\n")
    done = run("scan")
    assert done.returncode == 2
    assert "unknown key 'fail_onn'" in done.stderr
    assert "did you mean 'fail_on'?" in done.stderr


def test_a_faulty_rule_pack_is_exit_code_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".mldebt" / "apis").mkdir(parents=True)
    (tmp_path / ".mldebt" / "apis" / "acme.toml").write_text(
        "library = 'acme'\n[[api]]\nrole = 'raeds'\nnames = ['a.b']\n"
    )
    (tmp_path / "a.py").write_text("x = 1\n")
    done = run("scan")
    assert done.returncode == 2
    assert ".mldebt/apis/acme.toml: [[api]] 1 (line 2): role is 'raeds'" in done.stderr


def test_shell_completion(run: Run) -> None:
    done = run(_MLDEBT_COMPLETE="bash_source")
    assert done.returncode == 0
    assert "_mldebt_completion" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_help_costs_at_most_five_bare_interpreters() -> None:
    """The least of several rounds, taken in turn: other work on the machine only ever adds."""

    def cpu(*arguments: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=dict(os.environ))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare = ours = 9.0
    for number in range(40):
        bare = min(bare, cpu("-c", "pass"))
        ours = min(ours, cpu("-m", "mldebt", "--help"))
        if number > 4 and ours <= 5 * bare:
            break
    assert ours <= 5 * bare
