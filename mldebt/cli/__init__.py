"""The command line: one module a command; only this room prints or ends the process."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence

import click

from mldebt import __version__
from mldebt.cli.command import LazyGroup

_COMMANDS = {
    "scan": "Find debt in a repository.",
    "gate": "Say what a change does to the findings, and whether it may pass.",
    "hook": "Judge the files of a commit by the code near them, quickly.",
    "baseline": "Write down what is known, so that only new findings count.",
    "init": "Write a configuration, a hook and a workflow.",
    "config": "Show the settings that count, and where each comes from.",
    "trend": "Show how findings went over time, and which to pay first.",
    "rules": "List the rules.",
    "explain": "Say what a rule means, why it matters and what to do.",
    "owners": "Say who knows what, and how many would have to leave.",
    "offboard": "Say what a person leaves behind, and write the hand-over page.",
    "team": "Show who works on which stage of the pipeline, and the gaps.",
    "models": "List the models: data, training, artifacts, serving, documents, owners.",
    "card": "Draft a model card from the code, or say where one has drifted.",
    "lsp": "Serve an editor: findings as you type.",
    "graph": "Draw the pipelines: sources, models, artifacts, endpoints.",
    "trace": "Follow one value: where it comes from, where it ends, what last ordered it.",
}
_EPILOG = """
\b
Examples:
  mldebt scan                         the repository you stand in
  mldebt scan ~/work/ranker --format sarif > ranker.sarif
  mldebt explain MLD401               what downstream-reorder means
  mldebt owners                       who knows what, and who else does
  mldebt offboard ana --format markdown > handover.md
  mldebt models                       every model, and what is known of it
  mldebt graph . --format mermaid     the pipelines as a diagram
  mldebt trace shop/shelf.py:14:ranked    where a value comes from, and where it ends

\b
Exit codes:
  0  passed             1  findings at or above --fail-on
  2  usage or config    3  incomplete, or nothing to analyse
"""


def _help_width() -> int:
    """As wide as the terminal within what reads well. Click would load shutil, and with it bz2 and lzma, to ask."""
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = 80
    return max(50, min(columns - 2, 100))


@click.group(
    cls=LazyGroup,
    commands_table=_COMMANDS,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _help_width()},
)
@click.version_option(__version__, prog_name="mldebt")
def mldebt() -> None:
    """Find the debt that is peculiar to machine learning: bespoke ingestion, models nobody documented, flows that one
    person knows, product code that rearranges what a model ranked."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    gc.disable()  # one command, one process: the value flow is one large web that lives until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a path may hold bytes that are no text
    code = run(arguments)
    try:
        if not sys.stdout.closed:  # a language server closes it when the editor goes
            sys.stdout.flush()
    except BrokenPipeError:
        code = _closed_pipe()
    gc.freeze()  # the end of the interpreter need not search that web for cycles: with much in it, a quarter of a scan
    sys.exit(code)


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; its exit code, whatever happens in it."""
    try:
        # A command returns its exit code; --help and --version end with 0.
        return mldebt.main(args=arguments, prog_name="mldebt", standalone_mode=False) or 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except SystemExit as ended:
        # Click ends the process itself in two cases: after shell completion, and with 1 when a reader went away.
        return int(ended.code or 0) if "_MLDEBT_COMPLETE" in os.environ else _closed_pipe()
    except MemoryError:
        pass  # what was built goes with the frames of the error; only then is there room to say so
    except Exception as error:  # noqa: BLE001  # Python would exit 1, which means "findings": no crash may look like that
        with contextlib.suppress(MemoryError):
            return _say(error)
    os.write(2, b"mldebt: memory ran out; the scan is incomplete.\n")
    return 3


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _say(error: Exception) -> int:
    from mldebt.errors import MldebtError

    if isinstance(error, MldebtError):
        click.echo(f"mldebt: {error}", err=True)
        return 2
    if isinstance(error, OSError) and error.errno in _FULL:
        what = error.filename or "standard output or a temporary file"
        click.echo(f"mldebt: {what}: cannot be written: {error.strerror}; the scan is incomplete.", err=True)
        return 3
    if isinstance(error, PermissionError) and error.filename:
        click.echo(f"mldebt: {error.filename}: {error.strerror}; the scan is incomplete.", err=True)
        return 3
    import traceback

    traceback.print_exception(error)
    click.echo("mldebt: this is a fault of mldebt itself; the scan is incomplete.", err=True)
    return 3


def _closed_pipe() -> int:
    """The reader went away (`| head`). Python would complain once more while it shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141
