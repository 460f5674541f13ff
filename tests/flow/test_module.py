from textwrap import dedent

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.facts.record import Evaluate
from mldebt.flow.module import Entity, Module


def module_of(text: str) -> Module:
    return Module(index=3, path="main.py", category="product", facts=extract_facts(dedent(text).lstrip("\n")))


def number_of(module: Module, qualname: str) -> int:
    return next(n for n, scope in enumerate(module.facts.scopes) if scope.qualname == qualname)


def test_members_are_functions_and_classes_and_the_last_definition_counts() -> None:
    module = module_of(
        """
        def f(): pass
        def f(a): pass
        class C:
            def m(self): pass
        g = lambda: 1
        """
    )
    second = next(n for n, s in enumerate(module.facts.scopes) if s.name == "f" and s.parameters)
    assert module.member(0, "f") == Entity("func", 3, second)
    assert module.member(0, "C") == Entity("class", 3, number_of(module, "C"))
    assert module.member(number_of(module, "C"), "m") == Entity("func", 3, number_of(module, "C.m"))
    assert module.member(0, "m") is None
    assert module.member(0, "g") is None


def test_bindings_belong_to_the_scope_of_their_import() -> None:
    module = module_of(
        """
        import a.b as x
        from c import *
        def f():
            from d import y
        """
    )
    top, inner = module.binding(0, "x"), module.binding(number_of(module, "f"), "y")
    assert top is not None
    assert inner is not None
    assert (top.module, top.attribute) == ("a.b", "")
    assert (inner.module, inner.attribute) == ("d", "y")
    assert module.binding(0, "y") is None
    assert [star.module for star in module.stars] == ["c"]


@pytest.mark.parametrize(("text", "dotted"), [("a", "a"), ("a.b.c", "a.b.c"), ("a().b", ""), ("a[0]", ""), ("1", "")])
def test_dotted(text: str, dotted: str) -> None:
    module = module_of(text)
    statement = module.facts.scopes[0].body[0]
    assert isinstance(statement, Evaluate)
    assert module.dotted(statement.value) == dotted


def test_dotted_of_nothing() -> None:
    assert module_of("a").dotted(-1) == ""


@pytest.mark.parametrize(
    ("qualname", "takes_self"),
    [("C.m", True), ("C.c", True), ("C.s", False), ("C.m.inner", False), ("f", False), ("C", False)],
)
def test_takes_self(qualname: str, *, takes_self: bool) -> None:
    module = module_of(
        """
        class C:
            def m(self):
                def inner(x): pass
            @classmethod
            def c(cls): pass
            @staticmethod
            def s(x): pass
        def f(x): pass
        """
    )
    assert module.takes_self(number_of(module, qualname)) is takes_self


@pytest.mark.parametrize(
    ("decorator", "is_property"), [("property", True), ("functools.cached_property", True), ("cache", False)]
)
def test_is_property(decorator: str, *, is_property: bool) -> None:
    module = module_of(f"class C:\n    @{decorator}\n    def p(self): pass\n")
    assert module.is_property(number_of(module, "C.p")) is is_property
