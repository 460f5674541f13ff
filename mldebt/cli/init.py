"""`mldebt init`: a configuration, a hook and a workflow for a repository that has none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from mldebt.cli.command import Command, Option
from mldebt.cli.origin import PINNED, Origin, own_origin
from mldebt.errors import UsageError
from mldebt.git import default_branch, open_repository, remote_address, tracked_files
from mldebt.proposal import Proposal, look_at, propose
from mldebt.settings import find_table
from mldebt.sources import read_bytes
from mldebt.store import write_text

_LIMIT = 1_000_000
_EPILOG = """
\b
Afterwards:
  mldebt scan              what there is
  mldebt baseline write    accept it for now: only what is new counts from then on
"""


@click.command(name="init", cls=Command, epilog=_EPILOG)
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option(
    "--install",
    metavar="REQUIREMENT",
    cls=Option,
    help="What the hook and the workflow tell pip to install, such as 'mldebt @ git+https://…'.  [default: where this "
    "mldebt comes from]",
)
@click.option("--dry-run", is_flag=True, cls=Option, help="Show the files, and write nothing.")
def command(path: Path, install: str | None, dry_run: bool) -> int:
    """Look at the repository at PATH and write what it lacks: mldebt.toml with every key explained, a pre-commit hook,
    and a workflow for its code host. A file that is there is never touched; what to add to it is shown instead."""
    repository = open_repository(path)
    if repository is None:
        raise UsageError(f"{path}: not inside a git repository")
    top = repository.root
    tracked = sorted(tracked_files(repository))
    look = look_at(tracked, _texts(top, tracked), remote_address(repository), default_branch(repository))
    configured = find_table(path)[0]
    origin = own_origin() if install is None else Origin(requirement=install)
    for proposal in propose(look, origin.requirement):
        if proposal.path == "mldebt.toml" and configured is not None:
            click.echo(f"{configured.file}: left as it is; {proposal.otherwise}")
            continue
        _offer(top / proposal.path, proposal, dry_run=dry_run)
    if origin.folder:
        click.echo(
            f"This mldebt comes from {origin.folder}, where nobody else may find it. What is written above installs "
            f"{origin.requirement} from an index: where yours has none, put another requirement in its place, or name "
            "it: `mldebt init --install 'mldebt @ git+https://…'`."
        )
    elif install is None and origin.requirement != PINNED:
        click.echo(f"Installed will be {origin.requirement}, where this one comes from; `--install` names another.")
    if not look.host:
        click.echo("No workflow: the code host is not known. `mldebt gate --help` says how a CI calls it.")
    return 0


def _offer(file: Path, proposal: Proposal, *, dry_run: bool) -> None:
    if os.path.lexists(file):
        click.echo(f"{file}: left as it is; {proposal.otherwise}")
    elif dry_run:
        click.echo(f"{file}: would be written\n\n{proposal.text}")
    else:
        write_text(file, proposal.text)
        click.echo(f"{file}: written")


def _texts(top: Path, tracked: Sequence[str]) -> Iterator[tuple[str, str]]:
    for path in tracked:
        if path.endswith(".py"):
            content = read_bytes(f"{top}/{path}", _LIMIT)
            if isinstance(content, bytes):
                yield path, content.decode("utf-8", "replace")
