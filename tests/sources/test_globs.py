import pytest

from mldebt.sources import matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.py", "a.py"),
        ("*.py", "deep/er/a.py"),
        ("tests", "tests/a.py"),
        ("tests", "x/tests/y/a.py"),
        ("tests/", "x/tests/y/a.py"),
        ("/tests", "tests/a.py"),
        ("a/b", "a/b/c.py"),
        ("a/*.py", "a/x.py"),
        ("a/**", "a/x/y.py"),
        ("a/**/z.py", "a/z.py"),
        ("a/**/z.py", "a/b/c/z.py"),
        ("**/z.py", "z.py"),
        ("**/z.py", "b/z.py"),
        ("file?.py", "file1.py"),
        ("file[0-9].py", "file1.py"),
        ("file[!a].py", "file1.py"),
        ("a\\*.py", "a*.py"),
        ("a+(b).py", "a+(b).py"),
        ("*", "two\nlines.py"),
    ],
)
def test_covers(pattern: str, path: str) -> None:
    assert matches(path, [pattern])


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.py", "a.pyc"),
        ("/tests", "x/tests/a.py"),
        ("a/b", "x/a/b/c.py"),
        ("a/*.py", "a/b/x.py"),
        ("tests/", "tests"),
        ("tests", "tests2/a.py"),
        ("tests", "mytests/a.py"),
        ("file?.py", "file/.py"),
        ("file[!1].py", "file1.py"),
        ("a.py", "aXpy"),
        ("a\\*.py", "ab.py"),
    ],
)
def test_does_not_cover(pattern: str, path: str) -> None:
    assert not matches(path, [pattern])


def test_any_of_several() -> None:
    assert matches("b.py", ["a.py", "b.py"])
    assert not matches("b.py", [])
