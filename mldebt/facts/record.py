"""The facts of one file: small frozen values without a syntax node in them.

Expressions stand in one flat tuple, children before parents, and refer to each other by index; -1 means absent.
Statements nest. `at` and `end` are character offsets into the module's text (a notebook's text is its joined cells).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, Literal

import msgspec

Ref = int

RECURSION_LIMIT: Final = 20_000
"""A sum of thousands of terms is as deep a tree, for whoever reads it and for whoever follows its values. Since 3.11
calls between Python functions take no C stack."""


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Anything with a place."""

    at: int


# ---------------------------------------------------------------------------- expressions


class Name(Node, frozen=True, array_like=True, gc=False, tag=0):
    id: str


class Attribute(Node, frozen=True, array_like=True, gc=False, tag=1):
    value: Ref
    name: str


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument of a call: `keyword` is "" (positional), a name, "*" or "**"."""

    keyword: str
    value: Ref


class Call(Node, frozen=True, array_like=True, gc=False, tag=2):
    end: int
    function: Ref
    arguments: tuple[Argument, ...]


class Constant(Node, frozen=True, array_like=True, gc=False, tag=3):
    """A literal; bytes are read as latin-1 text, complex and huge numbers as their text, `...` as None."""

    value: str | int | float | bool | None


class Template(Node, frozen=True, array_like=True, gc=False, tag=4):
    """An f-string: literal text and references, in order."""

    parts: tuple[str | int, ...]


class Collection(Node, frozen=True, array_like=True, gc=False, tag=5):
    kind: Literal["list", "tuple", "set"]
    items: tuple[Ref, ...]


class Dictionary(Node, frozen=True, array_like=True, gc=False, tag=6):
    """A dict display; the key of a `**spread` is -1."""

    keys: tuple[Ref, ...]
    values: tuple[Ref, ...]


class Subscript(Node, frozen=True, array_like=True, gc=False, tag=7):
    """`value[index]`; several indices are one tuple Collection."""

    value: Ref
    index: Ref


class Slice(Node, frozen=True, array_like=True, gc=False, tag=8):
    lower: Ref
    upper: Ref
    step: Ref


class Operation(Node, frozen=True, array_like=True, gc=False, tag=9):
    """Binary, boolean or unary: "+", "@", "and", "or", "not", "-" (one operand: negation), …"""

    operator: str
    operands: tuple[Ref, ...]


class Comparison(Node, frozen=True, array_like=True, gc=False, tag=10):
    """`a < b <= c`: one operator fewer than operands; "in", "not in", "is", "is not" among them."""

    operators: tuple[str, ...]
    operands: tuple[Ref, ...]


class Conditional(Node, frozen=True, array_like=True, gc=False, tag=11):
    test: Ref
    body: Ref
    orelse: Ref


class Clause(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One `for target in iterable if …` of a comprehension."""

    target: Ref
    iterable: Ref
    conditions: tuple[Ref, ...]
    is_async: bool


class Comprehension(Node, frozen=True, array_like=True, gc=False, tag=12):
    """`element` is the value; `key` is -1 but for a dict."""

    kind: Literal["list", "set", "dict", "generator"]
    key: Ref
    element: Ref
    clauses: tuple[Clause, ...]


class Lambda(Node, frozen=True, array_like=True, gc=False, tag=13):
    """Its parameters and body (one Return) stand in `scopes[scope]`."""

    scope: int


class Starred(Node, frozen=True, array_like=True, gc=False, tag=14):
    value: Ref


class Await(Node, frozen=True, array_like=True, gc=False, tag=15):
    value: Ref


class Yield(Node, frozen=True, array_like=True, gc=False, tag=16):
    value: Ref
    is_from: bool


class Walrus(Node, frozen=True, array_like=True, gc=False, tag=17):
    target: Ref
    value: Ref


Expr = (
    Name
    | Attribute
    | Call
    | Constant
    | Template
    | Collection
    | Dictionary
    | Subscript
    | Slice
    | Operation
    | Comparison
    | Conditional
    | Comprehension
    | Lambda
    | Starred
    | Await
    | Yield
    | Walrus
)

# ---------------------------------------------------------------------------- statements


class Assign(Node, frozen=True, array_like=True, gc=False, tag=0):
    targets: tuple[Ref, ...]
    value: Ref


class Annotate(Node, frozen=True, array_like=True, gc=False, tag=1):
    """`target: annotation = value`; the value may be absent."""

    target: Ref
    annotation: Ref
    value: Ref


class Augment(Node, frozen=True, array_like=True, gc=False, tag=2):
    """`target += value`; `operator` is "+" for `+=`."""

    target: Ref
    operator: str
    value: Ref


class Return(Node, frozen=True, array_like=True, gc=False, tag=3):
    value: Ref


class Evaluate(Node, frozen=True, array_like=True, gc=False, tag=4):
    """An expression that stands as a statement."""

    value: Ref


class Delete(Node, frozen=True, array_like=True, gc=False, tag=5):
    targets: tuple[Ref, ...]


class Raise(Node, frozen=True, array_like=True, gc=False, tag=6):
    value: Ref
    cause: Ref


class Assert(Node, frozen=True, array_like=True, gc=False, tag=7):
    test: Ref
    message: Ref


class If(Node, frozen=True, array_like=True, gc=False, tag=8):
    """An `elif` is an If alone in `orelse`."""

    test: Ref
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class For(Node, frozen=True, array_like=True, gc=False, tag=9):
    target: Ref
    iterable: Ref
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool


class While(Node, frozen=True, array_like=True, gc=False, tag=10):
    test: Ref
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class WithItem(msgspec.Struct, frozen=True, array_like=True, gc=False):
    value: Ref
    target: Ref


class With(Node, frozen=True, array_like=True, gc=False, tag=11):
    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool


class Handler(Node, frozen=True, array_like=True, gc=False):
    """`except type as name:`; type -1 is a bare except, name "" is none."""

    type: Ref
    name: str
    body: tuple[Stmt, ...]


class Try(Node, frozen=True, array_like=True, gc=False, tag=12):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]


class Define(Node, frozen=True, array_like=True, gc=False, tag=13):
    """A `def` or `class`; what it defines is `scopes[scope]`."""

    scope: int


class Import(Node, frozen=True, array_like=True, gc=False, tag=14):
    """Positions in `FileFacts.imports` of the names that this statement binds."""

    bindings: tuple[int, ...]


class Declare(Node, frozen=True, array_like=True, gc=False, tag=15):
    kind: Literal["global", "nonlocal"]
    names: tuple[str, ...]


class Case(Node, frozen=True, array_like=True, gc=False):
    """One case of a match: the names it captures, the values it compares with, its guard."""

    captures: tuple[str, ...]
    values: tuple[Ref, ...]
    guard: Ref
    body: tuple[Stmt, ...]


class Match(Node, frozen=True, array_like=True, gc=False, tag=16):
    subject: Ref
    cases: tuple[Case, ...]


class Jump(Node, frozen=True, array_like=True, gc=False, tag=17):
    kind: Literal["pass", "break", "continue"]


Stmt = (
    Assign
    | Annotate
    | Augment
    | Return
    | Evaluate
    | Delete
    | Raise
    | Assert
    | If
    | For
    | While
    | With
    | Try
    | Define
    | Import
    | Declare
    | Match
    | Jump
)

# ---------------------------------------------------------------------------- the file


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`kind`: "" (positional or keyword), "positional" (before `/`), "keyword" (after `*`), "*" or "**"."""

    name: str
    kind: str
    default: Ref
    annotation: Ref


class Scope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The module (always `scopes[0]`), a function, a class or a lambda.

    `qualname` is dotted without `<locals>` ("Trainer.fit.step"; "" for the module; a lambda's last part is "<lambda>").
    `at` is the `def`/`class`/`lambda` keyword (or `async`), `end` the end of the last statement.
    """

    kind: Literal["module", "function", "class", "lambda"]
    name: str
    qualname: str
    parent: int
    at: int
    end: int
    is_async: bool
    parameters: tuple[Parameter, ...]
    decorators: tuple[Ref, ...]
    bases: tuple[Argument, ...]
    returns: Ref
    docstring: str | None
    body: tuple[Stmt, ...]


class ImportBinding(Node, frozen=True, array_like=True, gc=False):
    """A name bound by an import: `import a.b` binds "a" to module "a"; `import a.b as c` binds "c" to "a.b";
    `from ..x import y as z` binds "z" with module "..x" and attribute "y"; a star import has name and attribute "*".
    `imported` is the full dotted module that the statement loads.
    """

    scope: int
    name: str
    module: str
    attribute: str
    imported: str


class Callee(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call and the dotted name of what it calls, as far as the file alone can tell.

    "pandas.read_csv" (through imports; relative ones keep their dots: ".data.load"), ":load" or ":Loader.read" (bound
    at this module's top level), "open" (a builtin or unbound), "?.merge" (rooted in a local, a parameter or an
    expression).
    """

    call: Ref
    scope: int
    name: str


class Comment(Node, frozen=True, array_like=True, gc=False):
    text: str


class CellLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a line of a notebook's module text stands: cell (0-based among all cells), line in the cell and line in the
    raw `.ipynb` (both 1-based)."""

    cell: int
    line: int
    raw_line: int


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything the later rooms know of one file. It depends on the file's content alone. `left_out` says which of a
    notebook's cells have no facts, and why."""

    exprs: tuple[Expr, ...]
    scopes: tuple[Scope, ...]
    imports: tuple[ImportBinding, ...]
    callees: tuple[Callee, ...]
    comments: tuple[Comment, ...]
    lines: tuple[int, ...]
    cells: tuple[CellLine, ...]
    left_out: tuple[str, ...] = ()

    def name(self, ref: Ref) -> str:
        """The variable that an expression is, "" for any other."""
        node = self.exprs[ref]
        return node.id if isinstance(node, Name) else ""

    def position(self, at: int) -> tuple[int, int]:
        """Line and column (both 1-based, columns in characters) of an offset."""
        line = bisect_right(self.lines, at)
        return line, at - self.lines[line - 1] + 1
