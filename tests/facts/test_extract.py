"""Positions, docstrings, comments, cells, refusals and the fallback."""

from __future__ import annotations

import msgspec
import pytest

from mldebt.facts.displays import ITEMS_KEPT
from mldebt.facts.extract import ExtractionError, extract, extract_facts, line_starts
from mldebt.facts.record import (
    Call,
    Case,
    CellLine,
    Collection,
    Comment,
    Constant,
    Define,
    Dictionary,
    Evaluate,
    FileFacts,
    Handler,
    If,
    Match,
    Name,
    Try,
)
from mldebt.facts.syntax import parses
from mldebt.facts.walk import Handlers, UnknownSyntaxError

EVERYTHING = '''\
"""Module."""
import a.b as c, d.e  # why
from .f import (
    g as h,  # two
)

@c.deco(1)
async def outer(x=h(), *, y: "t" = lambda q: q.r()):
    """Outer."""
    with (open(x) as i, c.k(y)):
        return [m(n) for n in i if p(n)]

class C(c.Base, metaclass=M):
    def meth(self):
        if self: pass
        elif not self:
            pass
        # after
    z = 1 ; w = 2

match d:
    case [1, v] if v.ok(): pass
try: pass
except (E) as e: u(e)
s = ("a"
     f"{t}" )
'''


def texts(text: str, kind: type) -> list[str]:
    return [text[each.at : each.end] for each in extract_facts(text).exprs if isinstance(each, kind)]  # type: ignore[attr-defined]


def test_calls_end_with_their_parenthesis() -> None:
    assert texts(EVERYTHING, Call) == [
        "c.deco(1)",
        "h()",
        "q.r()",
        "open(x)",
        "c.k(y)",
        "m(n)",
        "p(n)",
        "v.ok()",
        "u(e)",
    ]


def test_scopes_span_from_keyword_to_last_statement() -> None:
    facts = extract_facts(EVERYTHING)
    found = [
        (each.kind, each.qualname, each.parent, EVERYTHING[each.at : each.end].partition("\n")[0])
        for each in facts.scopes
    ]
    assert found == [
        ("module", "", -1, '"""Module."""'),
        ("function", "outer", 0, 'async def outer(x=h(), *, y: "t" = lambda q: q.r()):'),
        ("lambda", "<lambda>", 0, "lambda q: q.r()"),
        ("class", "C", 0, "class C(c.Base, metaclass=M):"),
        ("function", "C.meth", 3, "def meth(self):"),
    ]
    ends = [EVERYTHING[: each.end].rsplit("\n", 1)[-1].strip() for each in facts.scopes]
    assert ends == [
        'f"{t}" )',
        "return [m(n) for n in i if p(n)]",
        'async def outer(x=h(), *, y: "t" = lambda q: q.r()',
        "z = 1 ; w = 2",
        "pass",
    ]
    assert [each.docstring for each in facts.scopes] == ["Module.", "Outer.", None, None, None]


def test_statements_and_clauses_stand_at_their_keyword() -> None:
    facts = extract_facts(EVERYTHING)
    method = facts.scopes[4].body[0]
    assert isinstance(method, If)
    (other,) = method.orelse
    assert isinstance(other, If)
    assert EVERYTHING[method.at :].startswith("if self: pass")
    assert EVERYTHING[other.at :].startswith("elif not self:")
    match, attempt = facts.scopes[0].body[-3:-1]
    assert isinstance(match, Match)
    assert isinstance(attempt, Try)
    assert [type(each) for each in (*match.cases, *attempt.handlers)] == [Case, Handler]
    assert EVERYTHING[match.cases[0].at :].startswith("case [1, v]")
    assert EVERYTHING[attempt.handlers[0].at :].startswith("except (E) as e")


def test_imports_bind_names_at_their_alias() -> None:
    facts = extract_facts(EVERYTHING)
    assert [
        (each.name, each.module, each.attribute, each.imported, facts.position(each.at)) for each in facts.imports
    ] == [
        ("c", "a.b", "", "a.b", (2, 8)),
        ("d", "d", "", "d.e", (2, 18)),
        ("h", ".f", "g", ".f", (4, 5)),
    ]


def test_comments_are_kept_with_their_sign() -> None:
    found = extract_facts(EVERYTHING).comments
    assert found == (
        Comment(EVERYTHING.index("# why"), "# why"),
        Comment(EVERYTHING.index("# two"), "# two"),
        Comment(EVERYTHING.index("# after"), "# after"),
    )


def test_facts_survive_the_store() -> None:
    facts = extract_facts(EVERYTHING, [(0, 1, 7)])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts
    assert facts.cells == (CellLine(0, 1, 7),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# only a comment",
        "a()",
        "a()\r\nb()\r\n",
        "a()\rb()\r",
        "\ufeffa()\n",
        "if a:\n\tb()\n    \n# c\n",
        "a \\\n  . b ( )\n",
        "def f():\n    a()\n\x0c\ndef g(): b()\n",
        "a( # c\n\n  b,\n# d\n)\n",
        "x = 1 ;\n",
    ],
)
def test_offsets_add_up(text: str) -> None:
    facts, fell_back = extract(text)
    assert not fell_back
    for each in facts.exprs:
        if isinstance(each, Call):
            assert text[each.at] in "ab"
            assert text[each.end - 1] == ")"


@pytest.mark.parametrize(
    "text",
    [
        # libcst loses these line continuations and form feeds
        "try: a()\nexcept E\\\n  :\n    b(c)  # d\ne(f)\n",
        "\x0cdef f():\n    a(b)\nc(d)\n",
        "def f():\n\x0c    a()\n    b(c)\n",
        "def f():\n    a()\n\x0c    b()\n",
    ],
)
def test_offsets_that_do_not_add_up_come_from_the_slow_way(text: str) -> None:
    facts, fell_back = extract(text)
    assert fell_back
    calls = [text[each.at : each.end] for each in facts.exprs if isinstance(each, Call)]
    assert calls == [each for each in ("a()", "a(b)", "b()", "b(c)", "c(d)", "e(f)") if each in text]
    assert [text[each.at : each.at + 1] for each in facts.exprs if isinstance(each, Name) and each.id == "f"] == (
        ["f"] if "e(f)" in text else []
    )
    assert all(text[each.at] == "#" for each in facts.comments)


@pytest.mark.parametrize(
    ("text", "starts"),
    [("", (0,)), ("a\nb", (0, 2)), ("a\r\nb\rc\n", (0, 3, 5, 7)), ("a\x0cb\u2028c\n", (0, 6))],
)
def test_lines_end_where_python_says(text: str, starts: tuple[int, ...]) -> None:
    assert line_starts(text) == starts


def test_positions_count_characters_from_one() -> None:
    facts = extract_facts("é = 'ü'; f(x)\n")
    assert [facts.position(each.at) for each in facts.exprs if isinstance(each, Call)] == [(1, 10)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("print 'x'\n", "Python 2 (line 1: print 'x')"),
        ("a = = 1\n", "syntax error: invalid syntax (line 1)"),
        ("a = '\ud800'\n", "half a surrogate pair, which is no character"),
    ],
)
def test_what_is_no_python_says_why(text: str, reason: str) -> None:
    with pytest.raises(ExtractionError) as caught:
        extract_facts(text)
    assert str(caught.value) == reason
    assert not parses(text)


def test_newer_syntax_than_this_python_s_parses() -> None:
    assert parses("type X = int\nf'{f'{a}'}'\nlazy import b\n")


def test_blocks_nest_as_deep_as_cpython_allows() -> None:
    def nested(depth: int) -> str:
        return "".join(" " * level + "if a:\n" for level in range(depth)) + " " * depth + "b()\n"

    facts = extract_facts(nested(99))
    assert len(facts.callees) == 1
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts
    with pytest.raises(ExtractionError, match="too many levels of indentation"):
        extract_facts(nested(100))


@pytest.mark.usefixtures("deep_stack")
def test_long_chains_are_read() -> None:
    terms = 1500
    assert len(extract_facts("x = " + " + ".join(["a()"] * terms)).callees) == terms
    assert extract_facts("x = (" + '"a" ' * terms + ")").exprs[1] == Constant(5, "a" * terms)


@pytest.mark.usefixtures("deep_stack")
def test_a_long_elif_chain_goes_on_in_a_row() -> None:
    length = 1000
    text = "if a == 0: f0()\n" + "".join(f"elif a == {n}: f{n}()\n" for n in range(1, length)) + "else: last()\n"
    facts = extract_facts(text)
    bodies = 0
    deepest = 0
    stack = [(each, 1) for each in facts.scopes[0].body]
    while stack:
        each, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(each, Evaluate):
            bodies += 1
        elif isinstance(each, If):
            stack += [(inner, depth + 1) for inner in (*each.body, *each.orelse)]
    assert bodies == length + 1
    assert deepest <= 103
    msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts)


def test_a_huge_literal_keeps_its_first_items_and_all_calls() -> None:
    facts = extract_facts("x = [" + "1, " * 5000 + "f(), (y for y in z), 2]\nd = {" + "1: 2, " * 5000 + "}\n")
    (items,) = [each for each in facts.exprs if isinstance(each, Collection)]
    (entries,) = [each for each in facts.exprs if isinstance(each, Dictionary)]
    assert len(items.items) == ITEMS_KEPT + 2
    assert len(entries.keys) == ITEMS_KEPT
    assert [each.name for each in facts.callees] == ["f"]
    assert len(facts.exprs) < 4 * ITEMS_KEPT


def test_an_unknown_node_says_which() -> None:
    with pytest.raises(UnknownSyntaxError, match="int"):
        Handlers({str: len})[int]


def test_a_definition_points_to_its_scope() -> None:
    facts = extract_facts("@d\ndef f(): pass\n")
    assert facts.scopes[0].body == (Define(3, 1),)
