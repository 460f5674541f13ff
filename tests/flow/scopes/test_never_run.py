from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]

CODE = """
def load(rows, flag):
    kept = rows
    {test}:
        kept = clean(rows)
        done.append(kept)
        return kept
    fit(kept)
"""


@pytest.mark.parametrize(
    ("test", "runs"),
    [
        ("if False", False),
        ("if 0", False),
        ("if False and flag", False),
        ("if __name__ == '__main__off'", False),
        ("if __name__ == '__main__'", True),
        ("if __name__ == 'part'", True),
        ("if __name__ != '__main__off'", True),
        ("if flag", True),
        ("if True", True),
        ("if None", True),
        ("if False or flag", True),
    ],
)
def test_what_a_literal_shuts_off_leaves_no_trace(test: str, *, runs: bool, linked: Linked) -> None:
    body = linked(CODE.format(test=test)).body("load")
    called = [call.function.data for call in body.calls]
    assert called == (["clean", "done.append", "fit"] if runs else ["fit"])
    assert [call.function.data for call in body.never_run] == ([] if runs else ["clean", "done.append"])
    assert [user for _, user in body.params["rows"].uses] == body.calls[::2]
    assert bool(body.returns.inputs) is runs


def test_the_other_branch_is_run(linked: Linked) -> None:
    program = linked("if False:\n    x = 1\nelse:\n    x = 2")
    assert program.held("x").data == 2
