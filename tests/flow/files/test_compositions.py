"""Texts that are put together."""

import pytest

from mldebt.flow.files.compositions import Compositions
from mldebt.flow.value import Value
from tests.flow.conftest import CallAt, Link


def texts(link: Link, call_of: CallAt, code: str) -> set[str]:
    flow = link(code)
    call = call_of(flow, "example.py", "execute")
    found = Compositions(flow).of(call.arguments[0])
    return {"".join("<>" if isinstance(part, Value) else part for part in parts) for parts in found}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("db.execute('a ' + b + ' c')", {"a <> c"}),
        ("db.execute(f'a {b} c')", {"a <> c"}),
        ("where = 'b'\ndb.execute(f'a {where} c')", {"a b c"}),
        ("db.execute('a %s c' % ','.join(b))", {"a <> c"}),
        ("db.execute('a {} {x}'.format(b, x='c'))", {"a <> c"}),
        ("db.execute(' '.join(['a', b, 'c']))", {"a <> c"}),
        ("from sqlalchemy import text\ndb.execute(text('a b'))", {"a b"}),
        ("import textwrap\ndb.execute(textwrap.dedent(' a ').strip())", {" a "}),
        ("q = 'a'\nif b:\n    q += ' b'\nq += ' c'\ndb.execute(q)", {"a c", "a b c"}),
        ("def query(b):\n    return 'a ' + b\ndb.execute(query('b'))", {"a b"}),
        ("def run(q):\n    db.execute(q)\nrun('a')\nrun('b')", {"a", "b"}),
        ("db.execute(b)", {"<>"}),
        ("q = 'a'\nfor each in b:\n    q = q + 'b'\ndb.execute(q)", {"a", "<>b"}),
    ],
)
def test_texts(link: Link, call_of: CallAt, code: str, expected: set[str]) -> None:
    assert texts(link, call_of, code) == expected
