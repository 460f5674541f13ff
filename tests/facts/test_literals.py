"""The values of literals."""

from __future__ import annotations

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.facts.literals import TEXT_KEPT
from mldebt.facts.record import Constant, Expr, Template


def value_of(source: str) -> Expr:
    return extract_facts(f"({source})").exprs[-1]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1", 1),
        ("0x_fF", 255),
        ("1_000", 1000),
        ("0o17", 15),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", "18446744073709551616"),
        ("1.5e3", 1500.0),
        ("1_0.5", 10.5),
        ("2j", "2j"),
        ("True", True),
        ("None", None),
        ("...", None),
        ("'a'", "a"),
        ('""', ""),
        ("''''''", ""),
        ('"""a"b"""', 'a"b'),
        (r"'a\n\t\'\\\x41\u00e9\N{BULLET}\101'", "a\n\t'\\A\u00e9\u2022A"),
        (r"'\d\8'", r"\d\8"),
        (r"r'\n'", r"\n"),
        (r"b'\xff\u00e9'", "\xff\\u00e9"),
        (r"Rb'\n'", r"\n"),
        ("'a\\\nb'", "ab"),
        ("'''a\r\nb'''", "a\nb"),
        (r"'\ud83d'", "\ufffd"),
        ("'a' \"b\" 'c'", "abc"),
    ],
)
def test_constants(source: str, value: object) -> None:
    found = value_of(source)
    assert isinstance(found, Constant)
    assert (type(found.value), found.value) == (type(value), value)
    assert found.at == 1


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("f''", ()),
        ("f'a{x}b{{c}}'", ("a", 0, "b{c}")),
        (r"f'\t{x}\n'", ("\t", 0, "\n")),
        (r"rf'\t{x}'", (r"\t", 0)),
        ("f'{x!r:>{y}.2f}'", (0, 1)),
        ("f'{x = }'", (0,)),
        ("'a' f'b{x}' 'c'", ("ab", 0, "c")),
        ("f'{x}' f'{y}'", (0, 1)),
        ("f'''{\nx\n}'''", (0,)),
    ],
)
def test_templates(source: str, parts: tuple[str | int, ...]) -> None:
    found = value_of(source)
    assert isinstance(found, Template)
    assert found.parts == parts


def test_a_template_string_is_a_template() -> None:
    found = extract_facts("(t'a{x}')").exprs[-1]
    assert isinstance(found, Template)
    assert found.parts == ("a", 0)


def test_a_huge_string_is_cut() -> None:
    found = value_of("'" + "a" * 3 * TEXT_KEPT + "'")
    assert isinstance(found, Constant)
    assert found.value == "a" * TEXT_KEPT


@pytest.mark.parametrize(
    ("text", "docstring"),
    [
        ("'a' 'b'\n", "ab"),
        ("def f(): 'a'\n", "a"),
        ("class C:\n    r'''a\\n'''\n", "a\\n"),
        ("def f():\n    # c\n\n    'a'; b\n", "a"),
        ("def f():\n    b'a'\n", None),
        ("def f():\n    f'a'\n", None),
        ("def f():\n    99999999999999999999999\n", None),
        ("def f():\n    a = 'b'\n", None),
    ],
)
def test_docstrings(text: str, docstring: str | None) -> None:
    assert extract_facts(text).scopes[-1].docstring == docstring
