"""A place at which rows are lost."""

from __future__ import annotations

from typing import NamedTuple

from mldebt.flow.value import Value


class Lost(NamedTuple):
    """A place at which rows are lost, the work on rows there, and what happens, in words; a loop that stops early may
    mean to. `what` says what is lost where it is no row: a value stays what it was set to before, a part of a row is
    not there."""

    at: int
    work: Value
    text: str
    is_sure: bool
    what: str = "Rows are lost"
