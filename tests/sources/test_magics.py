import warnings

import pytest

from mldebt.sources.magics import as_written, to_python


def convert(text: str) -> str:
    lines = text.split("\n")
    python, wrong = to_python(lines)
    assert wrong == ""
    assert len(python) == len(lines)
    return "\n".join(python)


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "x = 10 % 3",
        "x = (10\n% 3)",
        's = """\n!ls\n%matplotlib\nwhat?\n"""',
        "s = 'a\\\n!b'",
        "x = await fetch()\nasync with a as b:\n    pass",
        "plot(x);",
        "x = '\\d'",
        "",
        "# !pip install x",
    ],
)
def test_python_stays_as_it_is(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert convert(text) == text


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("%matplotlib inline", "pass  # %matplotlib inline"),
        ("% matplotlib inline", "pass  # % matplotlib inline"),
        ("!pip install x", "pass  # !pip install x"),
        ("!!ls", "pass  # !!ls"),
        ("if a:\n    !ls\n    %cd b", "if a:\n    pass  # !ls\n    pass  # %cd b"),
        ("if a:\n\t!ls", "if a:\n\tpass  # !ls"),
        ("model.fit?", "pass  # model.fit?"),
        ("??model", "pass  # ??model"),
        ("a.b[0]??", "pass  # a.b[0]??"),
        ("files = !ls *.csv", "files = None  # !ls *.csv"),
        ("a, b = %who_ls int", "a, b = None  # %who_ls int"),
        ("if a:\n    d['k'] = !date", "if a:\n    d['k'] = None  # !date"),
        ("!pip install a \\\n  b 'c\nx = 1", "pass  # !pip install a \\\n\nx = 1"),
        ("!echo \"it's (\nx = 1", "pass  # !echo \"it's (\nx = 1"),
        ("pip install x", "pass  # pip install x"),
        ("cd ..", "pass  # cd .."),
        ("run prepare.py --fast", "pass  # run prepare.py --fast"),
        ("matplotlib inline", "pass  # matplotlib inline"),
        ("run = prepare(x)\n!ls", "run = prepare(x)\npass  # !ls"),
        ("%time model.fit(x)", "pass; model.fit(x)"),
        ("%timeit -n 10 -r3 f(x)", "pass            ; f(x)"),
        ("if a:\n    %time y = f(x)", "if a:\n    pass; y = f(x)"),
        ("%time", "pass  # %time"),
        ("%time !ls", "pass  # %time !ls"),
        ("%%time\nx = 1", "pass  # %%time\nx = 1"),
        ("\n%%capture out\n!ls\nx = 1", "\npass  # %%capture out\npass  # !ls\nx = 1"),
        ("%%unknown_magic arg\nx = 1", "pass  # %%unknown_magic arg\nx = 1"),
        ("  x = 1\n  !ls\n\n  y = 2", "x = 1\npass  # !ls\n\ny = 2"),
        ('s = """\n!inside\n"""\n!outside', 's = """\n!inside\n"""\npass  # !outside'),
        ("x = f(\n  a,  # it's (\n)\n!ls", "x = f(\n  a,  # it's (\n)\npass  # !ls"),
    ],
)
def test_magics_become_no_ops(text: str, python: str) -> None:
    assert convert(text) == python


@pytest.mark.parametrize(
    "line", ["%matplotlib inline", "  !ls -l", "\t%%time", "model.fit?", "x = 1", "if a: pass  # !b"]
)
def test_lines_are_quoted_as_they_were_written(line: str) -> None:
    assert as_written(convert(line)) == line.strip()


def test_a_comment_on_doing_nothing_is_no_magic() -> None:
    assert as_written("    pass  # nothing to do") == "    pass  # nothing to do"


def test_columns_stay_where_they_are_behind_a_timer() -> None:
    for text in ("%time fit(x)", "%timeit -n 10 fit(x)", "%prun  fit(x)"):
        assert convert(text).index("fit") == text.index("fit")


@pytest.mark.parametrize(
    "text",
    [
        "%%bash\nls",
        "%%writefile train.py\nx = 1",
        "%%sql\nSELECT 1",
        "%%R -i x\nplot(x)",
        "%%html\n<b>x</b>",
        "%%unknown_magic\n<b>not python</b>",
    ],
)
def test_cells_in_other_languages_are_blank(text: str) -> None:
    assert convert(text) == "\n" * text.count("\n")


@pytest.mark.parametrize(
    ("text", "python", "wrong"),
    [
        ("x = (", "", "'(' was never closed (line 1)"),
        (
            "import a\nprint 'x'\ny = 1",
            "import a\n\ny = 1",
            "Missing parentheses in call to 'print'. Did you mean print(...)? (line 2)",
        ),
        (
            "if a:\n  b\nelse:\n  print c\n@d\ndef f():\n  pass",
            "\n\n\n\n@d\ndef f():\n  pass",
            "Missing parentheses in call to 'print'. Did you mean print(...)? (line 4)",
        ),
        ("x = '\0'", "", "source code string cannot contain null bytes (line 1)"),
        ("%%time\nx = (", "pass  # %%time\n", "'(' was never closed (line 2)"),
    ],
)
def test_a_broken_statement_costs_itself(text: str, python: str, wrong: str) -> None:
    lines = text.split("\n")
    assert to_python(lines) == (python.split("\n"), wrong)


def test_a_second_opinion_is_asked_about_newer_syntax() -> None:
    lines = ["try:", "    a", "except B, C:", "    d"]
    asked: list[str] = []

    def newer(text: str) -> bool:
        asked.append(text)
        return True

    assert to_python(lines)[0] == [""] * 4
    assert to_python(lines, newer) == (lines, "")
    assert asked == ["try:\n    a\nexcept B, C:\n    d\n"]
