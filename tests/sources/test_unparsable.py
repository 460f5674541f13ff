import warnings

import pytest

from mldebt.sources import why_unparsable


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\nprint 'hello'\n", "Python 2 (line 2: print 'hello')"),
        ("try:\n    x\nexcept IOError, e:\n    pass\n", "Python 2 (line 3: except IOError, e:)"),
        ("try:\n    x\nexcept (IOError, OSError), e:\n    pass\n", "Python 2 (line 3: except (IOError, OSError), e:)"),
        ("raise ValueError, 'no'\n", "Python 2 (line 1: raise ValueError, 'no')"),
        ("mode = 0755\n", "Python 2 (line 1: mode = 0755)"),
        ("n = 10L\n", "Python 2 (line 1: n = 10L)"),
        ("if a <> b:\n    pass\n", "Python 2 (line 1: if a <> b:)"),
        ("s = `x`\n", "Python 2 (line 1: s = `x`)"),
        ("def f(a, (b, c)):\n    pass\n", "Python 2 (line 1: def f(a, (b, c)):)"),
        ("exec 'x = 1' in scope\n", "Python 2 (line 1: exec 'x = 1' in scope)"),
        ("x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> feature\n", "merge conflict markers"),
        ("name = {{ cookiecutter.name }}-1\nimport {{ cookiecutter.name }}.x\n", "template placeholders (line 2)"),
        ("import os\n{% if flask %}\nimport flask\n{% endif %}\n", "template placeholders (line 2)"),
        ("import ${package}\n", "template placeholders (line 1)"),
        ("import os\n%matplotlib inline\n", "IPython magics in a script (line 2)"),
        ("x = (1,\n", "syntax error: '(' was never closed (line 1)"),
        (
            "def f():\nreturn 1\n",
            "syntax error: expected an indented block after function definition on line 1 (line 2)",
        ),
        ("x = '\\d'\n", "valid Python that the parser gives up on"),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert why_unparsable(text) == reason


def test_the_next_python_is_not_called_python_2() -> None:
    text = "try:\n    x\nexcept ValueError, TypeError:\n    pass\n"
    assert "Python 2" not in why_unparsable(text)


def test_text_that_breaks_the_interpreters_parser() -> None:
    assert why_unparsable("(" * 100_000).startswith("syntax error: ")
    assert why_unparsable("x = " + "-" * 200_000 + "1\n").startswith("syntax error: ")
