"""Click's groups and commands, with sub-commands loaded on demand and options listed under headings."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """Knows its commands by name and one-line help; loads a command's module when it is called."""

    def __init__(self, *, commands_table: Mapping[str, str], **settings: Any) -> None:
        super().__init__(**settings)
        self._table = commands_table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._table:
            return None
        found = importlib.import_module(f"mldebt.cli.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._table and not args[0].startswith("-"):
            from mldebt.errors import nearest

            ctx.fail(f"no such command {args[0]!r}; allowed: {', '.join(self._table)}{nearest(args[0], self._table)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._table.items()))


class Option(click.Option):
    """An option that stands under a heading of the help page."""

    def __init__(self, *declarations: Any, heading: str = "Options", **settings: Any) -> None:
        super().__init__(*declarations, **settings)
        self.heading = heading


class Command(click.Command):
    """A command whose help page lists options by heading, in the order of their declaration."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        headings: dict[str, list[tuple[str, str]]] = {}
        others = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if not record or not record[1]:
                continue  # an argument that the usage line and the text above have told already
            if isinstance(parameter, Option):
                headings.setdefault(parameter.heading, []).append(record)
            else:
                others.append(record)
        if others:
            headings.setdefault("Other", []).extend(others)
        for heading, records in headings.items():
            with formatter.section(heading):
                formatter.write_dl(records)
