"""The shape of the facts against CPython's own syntax tree, on real files.

Every expression and statement of both becomes one nested tuple in the words of the record.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mldebt.facts import record as r
from mldebt.facts.extract import ExtractionError, extract_facts

SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.MatMult: "@",
    ast.And: "and",
    ast.Or: "or",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Invert: "~",
    ast.Not: "not",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


class FromTree:
    """CPython's tree in our words."""

    def __call__(self, node: Any) -> Any:
        if node is None:
            return None
        if isinstance(node, list):
            return tuple(self(each) for each in node)
        method: Callable[[Any], Any] = getattr(self, f"on_{type(node).__name__}")
        return method(node)

    def on_Name(self, n: ast.Name) -> Any:
        return ("name", n.id)

    def on_Constant(self, n: ast.Constant) -> Any:
        return ("constant", type(n.value).__name__ if isinstance(n.value, bool) else "")

    def on_Attribute(self, n: ast.Attribute) -> Any:
        return ("attribute", self(n.value), n.attr)

    def on_Call(self, n: ast.Call) -> Any:
        return ("call", self(n.func), self.given(n.args, n.keywords))

    def given(self, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        positional = tuple(
            ("*", self(each.value)) if isinstance(each, ast.Starred) else ("", self(each)) for each in args
        )
        return positional, tuple((each.arg or "**", self(each.value)) for each in keywords)

    def on_JoinedStr(self, n: ast.JoinedStr) -> Any:
        return ("template", *self.fields(n))

    def fields(self, n: ast.JoinedStr) -> list[Any]:
        found = []
        for each in n.values:
            if isinstance(each, ast.FormattedValue):
                found.append(self(each.value))
                if isinstance(each.format_spec, ast.JoinedStr):
                    found += self.fields(each.format_spec)
        return found

    def on_List(self, n: Any) -> Any:
        return (type(n).__name__.lower(), self(n.elts))

    on_Tuple = on_Set = on_List

    def on_Dict(self, n: ast.Dict) -> Any:
        return ("dict", tuple(self(each) for each in n.keys), self(n.values))

    def on_Subscript(self, n: ast.Subscript) -> Any:
        return ("subscript", self(n.value), self(n.slice))

    def on_Slice(self, n: ast.Slice) -> Any:
        return ("slice", self(n.lower), self(n.upper), self(n.step))

    def on_BinOp(self, n: ast.BinOp) -> Any:
        return ("operation", SIGNS[type(n.op)], (self(n.left), self(n.right)))

    def on_BoolOp(self, n: ast.BoolOp) -> Any:
        return ("operation", SIGNS[type(n.op)], flat(SIGNS[type(n.op)], self(n.values)))

    def on_UnaryOp(self, n: ast.UnaryOp) -> Any:
        return ("operation", SIGNS[type(n.op)], (self(n.operand),))

    def on_Compare(self, n: ast.Compare) -> Any:
        return ("comparison", tuple(SIGNS[type(each)] for each in n.ops), (self(n.left), *self(n.comparators)))

    def on_IfExp(self, n: ast.IfExp) -> Any:
        return ("conditional", self(n.test), self(n.body), self(n.orelse))

    def on_ListComp(self, n: Any) -> Any:
        kind = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}[type(n)]
        return ("comprehension", kind, None, self(n.elt), self(n.generators))

    on_SetComp = on_GeneratorExp = on_ListComp

    def on_DictComp(self, n: ast.DictComp) -> Any:
        return ("comprehension", "dict", self(n.key), self(n.value), self(n.generators))

    def on_comprehension(self, n: ast.comprehension) -> Any:
        return (self(n.target), self(n.iter), self(n.ifs), bool(n.is_async))

    def on_Lambda(self, n: ast.Lambda) -> Any:
        return ("lambda", self(n.args), self(n.body))

    def on_arguments(self, n: ast.arguments) -> Any:
        plain = [(each, "positional") for each in n.posonlyargs] + [(each, "") for each in n.args]
        defaults = [None] * (len(plain) - len(n.defaults)) + list(n.defaults)
        found = [
            (each.arg, kind, self(default), self(each.annotation))
            for (each, kind), default in zip(plain, defaults, strict=True)
        ]
        if n.vararg:
            found.append((n.vararg.arg, "*", None, self(n.vararg.annotation)))
        found += [
            (each.arg, "keyword", self(default), self(each.annotation))
            for each, default in zip(n.kwonlyargs, n.kw_defaults, strict=True)
        ]
        if n.kwarg:
            found.append((n.kwarg.arg, "**", None, self(n.kwarg.annotation)))
        return tuple(found)

    def on_Starred(self, n: ast.Starred) -> Any:
        return ("starred", self(n.value))

    def on_Await(self, n: ast.Await) -> Any:
        return ("await", self(n.value))

    def on_Yield(self, n: Any) -> Any:
        return ("yield", self(n.value), isinstance(n, ast.YieldFrom))

    on_YieldFrom = on_Yield

    def on_NamedExpr(self, n: ast.NamedExpr) -> Any:
        return ("walrus", self(n.target), self(n.value))

    # statements

    def on_Assign(self, n: ast.Assign) -> Any:
        return ("assign", self(n.targets), self(n.value))

    def on_AnnAssign(self, n: ast.AnnAssign) -> Any:
        return ("annotate", self(n.target), self(n.annotation), self(n.value))

    def on_AugAssign(self, n: ast.AugAssign) -> Any:
        return ("augment", self(n.target), SIGNS[type(n.op)], self(n.value))

    def on_TypeAlias(self, n: Any) -> Any:
        return ("assign", (self(n.name),), self(n.value))

    def on_Return(self, n: ast.Return) -> Any:
        return ("return", self(n.value))

    def on_Expr(self, n: ast.Expr) -> Any:
        return ("evaluate", self(n.value))

    def on_Delete(self, n: ast.Delete) -> Any:
        return ("delete", self(n.targets))

    def on_Raise(self, n: ast.Raise) -> Any:
        return ("raise", self(n.exc), self(n.cause))

    def on_Assert(self, n: ast.Assert) -> Any:
        return ("assert", self(n.test), self(n.msg))

    def on_If(self, n: ast.If) -> Any:
        return ("if", self(n.test), self(n.body), self(n.orelse))

    def on_For(self, n: Any) -> Any:
        is_async = isinstance(n, ast.AsyncFor)
        return ("for", self(n.target), self(n.iter), self(n.body), self(n.orelse), is_async)

    on_AsyncFor = on_For

    def on_While(self, n: ast.While) -> Any:
        return ("while", self(n.test), self(n.body), self(n.orelse))

    def on_With(self, n: Any) -> Any:
        items = tuple((self(each.context_expr), self(each.optional_vars)) for each in n.items)
        return ("with", items, self(n.body), isinstance(n, ast.AsyncWith))

    on_AsyncWith = on_With

    def on_Try(self, n: Any) -> Any:
        handlers = tuple((self(each.type), each.name or "", self(each.body)) for each in n.handlers)
        return ("try", self(n.body), handlers, self(n.orelse), self(n.finalbody))

    on_TryStar = on_Try

    def on_FunctionDef(self, n: Any) -> Any:
        is_async = isinstance(n, ast.AsyncFunctionDef)
        decorators = self(n.decorator_list)
        return ("function", n.name, is_async, self(n.args), decorators, self(n.returns), self(n.body))

    on_AsyncFunctionDef = on_FunctionDef

    def on_ClassDef(self, n: ast.ClassDef) -> Any:
        return ("class", n.name, self.given(n.bases, n.keywords), self(n.decorator_list), self(n.body))

    def on_Import(self, n: ast.Import) -> Any:
        names = [(a.asname or a.name.split(".")[0], a.name if a.asname else a.name.split(".")[0]) for a in n.names]
        return ("import", tuple((name, module, "") for name, module in names))

    def on_ImportFrom(self, n: ast.ImportFrom) -> Any:
        module = "." * n.level + (n.module or "")
        return ("import", tuple((a.asname or a.name, module, a.name) for a in n.names))

    def on_Global(self, n: Any) -> Any:
        return (type(n).__name__.lower(), tuple(n.names))

    on_Nonlocal = on_Global

    def on_Pass(self, n: ast.stmt) -> Any:
        return ("jump", type(n).__name__.lower())

    on_Break = on_Continue = on_Pass

    def on_Match(self, n: ast.Match) -> Any:
        return ("match", self(n.subject), tuple(self.case(each) for each in n.cases))

    def case(self, n: ast.match_case) -> Any:
        captures: list[str] = []
        values: list[Any] = []
        self.pattern(n.pattern, captures, values)
        return sorted(captures), values, self(n.guard), self(n.body)

    def pattern(self, n: ast.pattern, captures: list[str], values: list[Any]) -> None:
        if isinstance(n, ast.MatchValue):
            values.append(self(n.value))
        elif isinstance(n, ast.MatchSingleton):
            values.append(self(ast.Constant(n.value)))
        name = getattr(n, "rest" if isinstance(n, ast.MatchMapping) else "name", None)
        if name:
            captures.append(name)
        if isinstance(n, ast.MatchMapping):
            for key, each in zip(n.keys, n.patterns, strict=True):
                values.append(self(key))
                self.pattern(each, captures, values)
            return
        inner = [*getattr(n, "patterns", []), *getattr(n, "kwd_patterns", [])]
        for each in [*inner, *([n.pattern] if isinstance(n, ast.MatchAs) and n.pattern else [])]:
            self.pattern(each, captures, values)


def flat(sign: str, operands: Sequence[Any]) -> tuple[Any, ...]:
    """`a and b and c` however it was grouped."""
    found: list[Any] = []
    for each in operands:
        found += each[2] if each[:2] == ("operation", sign) else [each]
    return tuple(found)


class FromFacts:
    """The record in the same words."""

    def __init__(self, facts: r.FileFacts) -> None:
        self.facts = facts

    def ref(self, ref: int) -> Any:
        return None if ref < 0 else self(self.facts.exprs[ref])

    def refs(self, refs: Sequence[int]) -> tuple[Any, ...]:
        return tuple(self.ref(each) for each in refs)

    def body(self, body: Sequence[r.Stmt]) -> tuple[Any, ...]:
        return tuple(self(each) for each in body)

    def given(self, arguments: Sequence[r.Argument]) -> Any:
        keywords = tuple((a.keyword, self.ref(a.value)) for a in arguments if a.keyword not in ("", "*"))
        return tuple((a.keyword, self.ref(a.value)) for a in arguments if a.keyword in ("", "*")), keywords

    def __call__(self, n: r.Expr | r.Stmt) -> Any:  # noqa: C901, PLR0911, PLR0912
        match n:
            case r.Name():
                return ("name", n.id)
            case r.Attribute():
                return ("attribute", self.ref(n.value), n.name)
            case r.Call():
                return ("call", self.ref(n.function), self.given(n.arguments))
            case r.Constant():
                return ("constant", type(n.value).__name__ if isinstance(n.value, bool) else "")
            case r.Template():
                return ("template", *(self.ref(each) for each in n.parts if isinstance(each, int)))
            case r.Collection():
                return (n.kind, self.refs(n.items))
            case r.Dictionary():
                return ("dict", self.refs(n.keys), self.refs(n.values))
            case r.Subscript():
                return ("subscript", self.ref(n.value), self.ref(n.index))
            case r.Slice():
                return ("slice", self.ref(n.lower), self.ref(n.upper), self.ref(n.step))
            case r.Operation():
                operands = self.refs(n.operands)
                is_boolean = n.operator in ("and", "or")
                return ("operation", n.operator, flat(n.operator, operands) if is_boolean else operands)
            case r.Comparison():
                return ("comparison", n.operators, self.refs(n.operands))
            case r.Conditional():
                return ("conditional", self.ref(n.test), self.ref(n.body), self.ref(n.orelse))
            case r.Comprehension():
                clauses = tuple(
                    (self.ref(c.target), self.ref(c.iterable), self.refs(c.conditions), c.is_async) for c in n.clauses
                )
                return ("comprehension", n.kind, self.ref(n.key), self.ref(n.element), clauses)
            case r.Lambda():
                scope = self.facts.scopes[n.scope]
                (result,) = scope.body
                assert isinstance(result, r.Return)
                return ("lambda", self.parameters(scope), self.ref(result.value))
            case r.Starred():
                return ("starred", self.ref(n.value))
            case r.Await():
                return ("await", self.ref(n.value))
            case r.Yield():
                return ("yield", self.ref(n.value), n.is_from)
            case r.Walrus():
                return ("walrus", self.ref(n.target), self.ref(n.value))
        return self.statement(n)

    def statement(self, n: r.Stmt) -> Any:  # noqa: C901, PLR0911, PLR0912
        match n:
            case r.Assign():
                return ("assign", self.refs(n.targets), self.ref(n.value))
            case r.Annotate():
                return ("annotate", self.ref(n.target), self.ref(n.annotation), self.ref(n.value))
            case r.Augment():
                return ("augment", self.ref(n.target), n.operator, self.ref(n.value))
            case r.Return():
                return ("return", self.ref(n.value))
            case r.Evaluate():
                return ("evaluate", self.ref(n.value))
            case r.Delete():
                return ("delete", self.refs(n.targets))
            case r.Raise():
                return ("raise", self.ref(n.value), self.ref(n.cause))
            case r.Assert():
                return ("assert", self.ref(n.test), self.ref(n.message))
            case r.If():
                return ("if", self.ref(n.test), self.body(n.body), self.body(n.orelse))
            case r.For():
                target, iterable = self.ref(n.target), self.ref(n.iterable)
                return ("for", target, iterable, self.body(n.body), self.body(n.orelse), n.is_async)
            case r.While():
                return ("while", self.ref(n.test), self.body(n.body), self.body(n.orelse))
            case r.With():
                items = tuple((self.ref(each.value), self.ref(each.target)) for each in n.items)
                return ("with", items, self.body(n.body), n.is_async)
            case r.Try():
                handlers = tuple((self.ref(h.type), h.name, self.body(h.body)) for h in n.handlers)
                return ("try", self.body(n.body), handlers, self.body(n.orelse), self.body(n.final))
            case r.Define():
                return self.scope(self.facts.scopes[n.scope])
            case r.Import():
                bindings = [self.facts.imports[each] for each in n.bindings]
                return ("import", tuple((b.name, b.module, b.attribute) for b in bindings))
            case r.Declare():
                return (n.kind, n.names)
            case r.Match():
                return ("match", self.ref(n.subject), tuple(self.case(each) for each in n.cases))
            case r.Jump():
                return ("jump", n.kind)
        raise AssertionError(n)

    def case(self, n: r.Case) -> Any:
        return sorted(n.captures), list(self.refs(n.values)), self.ref(n.guard), self.body(n.body)

    def scope(self, n: r.Scope) -> Any:
        decorators, body = self.refs(n.decorators), self.body(n.body)
        if n.kind == "class":
            return ("class", n.name, self.given(n.bases), decorators, body)
        return ("function", n.name, n.is_async, self.parameters(n), decorators, self.ref(n.returns), body)

    def parameters(self, n: r.Scope) -> Any:
        return tuple((p.name, p.kind, self.ref(p.default), self.ref(p.annotation)) for p in n.parameters)


def first_difference(expected: Any, found: Any, trail: str = "") -> str:
    """Where two nested tuples part, in few words."""
    if isinstance(expected, tuple) and isinstance(found, tuple) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            if one != other:
                return first_difference(one, other, f"{trail}/{expected[0] if number else ''}{number}")
    return f"{trail[-200:]}: {str(expected)[:300]} but found {str(found)[:300]}"


def compare(text: str) -> str:
    """Nothing, or where the facts differ from CPython's tree."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = FromTree()(ast.parse(text).body)
    facts = extract_facts(text)
    found = FromFacts(facts).body(facts.scopes[0].body)
    return "" if expected == found else first_difference(expected, found)


def is_cut(text: str) -> bool:
    """Whether a literal is so long that the facts keep its beginning only."""
    return text.count(",") > 1000 and any(
        len(getattr(each, "elts", getattr(each, "keys", []))) > 1000 for each in ast.walk(ast.parse(text))
    )


@pytest.mark.usefixtures("deep_stack")
def test_the_facts_have_the_shape_of_cpython_s_tree(real_texts: list[tuple[Path, str]]) -> None:
    seen = 0
    for path, text in real_texts:
        try:
            difference = "" if is_cut(text) else compare(text)
        except (SyntaxError, ExtractionError):
            continue
        assert difference == "", path
        seen += 1
    assert seen > len(real_texts) // 2


FORMS = """
def f(a, /, b: int = 2, *args: *Ts, c=lambda x, *y: x.z(), **kw: str) -> None: pass
async def g():
    async with a as b, c: await d
    async for i in j: yield i
    else: return
    x = [await k async for k in l if k if not k]
    yield
    yield from m
@a.b(c)
@d
class C(B, *Bs, metaclass=M, **kw):
    "doc"
    x: int
    y: list[int] = []
    z: "str" = f"{a!r:>{width}.{p}}{b=}" "c" rf'{d}'
a = b = c, *d = *e, f
a[1], a[1:2], a[:], a[::], a[1::2], a[b, c], a[b,], a[*b], a[1:2, ...], a.b[c].d
x @= y; x //= y; x **= y; x >>= y; x <<= y; x &= y; x ^= y; x |= y; x %= y
x = a @ b // c ** -d << e >> ~f & g ^ h | i % +j
x = not a or b and c or (d or e) and not (f and g)
x = a < b <= c != d is not e not in f in g is h == i > j >= k
x = (y := 1) if z else (lambda: (yield))
print(*a, b, *c, d=1, **e, f=2)
x = {**a, 'b': 1, **c}, {1, *a}, {a: b for a, b in c for d in e if f}, {a for a in b}, (a for a in b), ()
for (i, (j, *k)), l[0], m.n in o: continue
else: pass
while a: break
else: b
try: a
except: b
try: a
except (A, B) as e: b
except C: c
else: d
finally: e
try: a
except* A as e: b
except* (B, C): c
with (a as b, c as (d, e),): pass
with (a, b): pass
with (a): pass
del a, b[0], c.d
del (e, f)
del (g)
del [h, i]
def h():
    global a, b
    def i():
        nonlocal c
        raise
    raise A from B
    assert a, b
    assert (a, b)
match a, b:
    case 1 | -2 | "x" "y" | 1+2j | None | True | a.b: pass
    case [x, *_, y] | (x, *y) if x > y: pass
    case {"k": v, a.b: {**rest}} as whole: pass
    case C(1, x, key=D(), other=[_, (z)]) : pass
    case _: pass
match(x)
match[x]
case = type = 1
import a, b.c, d.e as f
from . import a as b, c
from ...x.y import (z,)
from q import *
if a: b
elif c: d
elif e: f
else: g
if a:
    b
else:
    if c: d
a; b; c;
...
0x_f, 1_0.0e1_0, 1j, b'x' rb'\\y', u'z', 0o17, 0b1
"""
NEWER = """
type X[T: (int, str) = int, *Ts = *tuple[int], **P = [int]] = list[T]
type Y = int
def f[T: int, *Ts, **P](a: T) -> T: pass
class C[T](B[T]): pass
f"{f"{a["b"]}"}"
"""


def test_every_form_of_3_11_has_the_shape_of_cpython_s_tree() -> None:
    assert compare(FORMS) == ""


def test_every_newer_form_is_read() -> None:
    facts = extract_facts(NEWER)
    found = FromFacts(facts).body(facts.scopes[0].body)
    assert found == (
        ("assign", (("name", "X"),), ("subscript", ("name", "list"), ("name", "T"))),
        ("assign", (("name", "Y"),), ("name", "int")),
        (
            "function",
            "f",
            False,
            (("a", "", None, ("name", "T")),),
            (),
            ("name", "T"),
            (("jump", "pass"),),
        ),
        ("class", "C", (((("", ("subscript", ("name", "B"), ("name", "T")))),), ()), (), (("jump", "pass"),)),
        ("evaluate", ("template", ("template", ("subscript", ("name", "a"), ("constant", ""))))),
    )
