"""`mldebt lsp`: the language server, started by an editor."""

from __future__ import annotations

import click

from mldebt.cli.command import Command
from mldebt.errors import UsageError

_EPILOG = """
\b
Examples:
  pip install "mldebt[lsp]"      what it needs besides mldebt itself
  mldebt lsp                     started by an editor, not by a person

\b
Neovim:
  vim.lsp.config("mldebt", {cmd = {"mldebt", "lsp"}, filetypes = {"python"}, root_markers = {".git"}})
  vim.lsp.enable("mldebt")
"""


@click.command(name="lsp", cls=Command, epilog=_EPILOG)
def command() -> int:
    """Serve an editor over standard input and output: findings as you type, what stands behind them on hover, and
    actions that silence a finding with a reason, draft a model card, and open the trace.

    The folder is scanned when it is opened and whenever a file is saved; what is typed is judged by the code near it.
    Settings are those of `mldebt scan`."""
    try:
        from mldebt.editor.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError('the language server needs one package more: pip install "mldebt[lsp]"') from error
    serve()
    return 0
