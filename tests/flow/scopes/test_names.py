from textwrap import dedent

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.facts.record import Evaluate, FileFacts
from mldebt.flow.scopes.names import all_followed, assigned_names, changed_names, outer_variable_of, variable_of


def facts_of(text: str) -> FileFacts:
    return extract_facts(dedent(text).lstrip("\n"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = b = c", {"a", "b"}),
        ("a, (b, *c) = d", {"a", "b", "c"}),
        ("a: int", {"a"}),
        ("a += b", {"a"}),
        ("del a", {"a"}),
        ("a.b = c\na[0] = c", set()),
        ("for a in b:\n    c = a\nelse:\n    d = a", {"a", "c", "d"}),
        ("while a:\n    b = 1\nelse:\n    c = 1", {"b", "c"}),
        ("if a:\n    b = 1\nelif c:\n    d = 1\nelse:\n    e = 1", {"b", "d", "e"}),
        ("with a as b, c as (d, e):\n    f = 1", {"b", "d", "e", "f"}),
        ("try:\n    a = 1\nexcept E:\n    b = 1\nelse:\n    c = 1\nfinally:\n    d = 1", {"a", "b", "c", "d"}),
        ("match a:\n    case [b, *c] if d:\n        e = 1", {"b", "c", "e"}),
        ("def a():\n    b = 1\nclass C:\n    d = 1", set()),
    ],
)
def test_assigned_names(text: str, names: set[str]) -> None:
    facts = facts_of(text)
    assert assigned_names(facts, facts.scopes[0].body) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("rows.append(x)", {"rows", "x"}),
        ("rows[0].append(1)", {"rows"}),
        ("groups.setdefault(key, []).append(1)", {"groups"}),
        ("self.rows.append(1)", {"self.rows"}),
        ("self.rows = 1", {"self.rows", "self"}),
        ("a.b.c = 1", {"a.b", "a"}),
        ("rows[0] = 1", {"rows"}),
        ("rows[0], self.n = 1, 2", {"rows", "self.n", "self"}),
        ("await rows.extend(1)", {"rows"}),
        ("x = fill(rows)", {"x", "rows"}),
        ("if a:\n    for b in c:\n        rows.append(1)", {"b", "rows"}),
        ("print(len(rows))", set()),
    ],
)
def test_changed_names(text: str, names: set[str]) -> None:
    facts = facts_of(text)
    assert changed_names(facts, facts.scopes[0].body) == names


@pytest.mark.parametrize(
    ("text", "variable", "outer"),
    [
        ("rows", "rows", "rows"),
        ("self.rows", "self.rows", "self.rows"),
        ("self.data.rows", "", "self.data"),
        ("rows[0]", "", "rows"),
        ("rows[0].parts[1]", "", "rows"),
        ("rows.setdefault(key, [])", "", "rows"),
        ("load().rows", "", ""),
        ("load()", "", ""),
        ("[1, 2]", "", ""),
    ],
)
def test_the_variable_that_an_expression_reads(text: str, variable: str, outer: str) -> None:
    facts = facts_of(text)
    statement = facts.scopes[0].body[0]
    assert isinstance(statement, Evaluate)
    assert variable_of(facts, statement.value) == variable
    assert outer_variable_of(facts, statement.value) == outer


FOLLOWED = """
if a:
    b
else:
    c
try:
    d
except E:
    e
match f:
    case 1:
        g
    case _:
        h
i
"""


def test_statements_have_what_follows_them() -> None:
    facts = facts_of(FOLLOWED)
    found = all_followed(facts.scopes[0].body, facts.scopes[0].end)
    lines = {facts.position(each.at)[0]: facts.position(end)[0] for each, end in found}
    assert lines == {1: 5, 2: 4, 4: 5, 5: 9, 6: 8, 8: 9, 9: 14, 11: 13, 13: 14, 14: 14}
