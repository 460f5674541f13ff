from pathlib import Path

import pytest

from mldebt.sources import nearby

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/rank.py": "from . import data\nfrom shop.models.net import Net\nimport numpy as np\n",
    "src/shop/data.py": "import pandas\nfrom .store import (\n    read,\n    write,\n)\n",
    "src/shop/store.py": "",
    "src/shop/models/__init__.py": "",
    "src/shop/models/net.py": "from ..deep import x\n",
    "src/shop/deep.py": "",
    "src/api/serve.py": "from shop import rank\n",
    "src/api/other.py": "# rank is only a word here\nimport json\n",
    "src/api/late.py": "def f():\n    import shop.rank as r\n    return r\n",
    "book.ipynb": '{"source": [\n "from shop.rank import best\\n"\n]}',
}


def near(root: Path, *changed: str, **given: int) -> set[str]:
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return set(nearby(str(root), FILES, changed, **given))


def test_what_it_imports_what_that_imports_and_who_imports_it(tmp_path: Path) -> None:
    assert near(tmp_path, "src/shop/rank.py") == {
        "src/shop/rank.py",
        "src/shop/data.py",
        "src/shop/store.py",
        "src/shop/models/net.py",
        "src/api/serve.py",
        "src/api/late.py",
        "book.ipynb",
        "src/shop/deep.py",
        "src/shop/__init__.py",
    }


def test_a_notebook_has_no_importers(tmp_path: Path) -> None:
    found = near(tmp_path, "book.ipynb")
    assert {"book.ipynb", "src/shop/rank.py", "src/shop/data.py"} <= found
    assert "src/api/serve.py" not in found


def test_the_nearest_go_first(tmp_path: Path) -> None:
    size = len(FILES["src/shop/data.py"])
    assert near(tmp_path, "src/shop/rank.py", most=0) >= {"src/shop/rank.py"}
    assert "src/shop/store.py" not in near(tmp_path, "src/api/serve.py", most=size)


@pytest.mark.parametrize(
    "text",
    [
        "import",
        "from",
        "from . import",
        "from .... import x",
        "import .",
        "import a..b",
        "from x import (",
        "import \xff",
        "from é.ü import ñ",
        "import a, , b",
    ],
)
def test_broken_imports_are_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert nearby(str(tmp_path), ["a.py", "c.py"], ["a.py", "gone.py"]) == ("a.py", "gone.py")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from . import important; import late\nfrom importlib import reload\n", {"important", "late"}),
        ('x = 1  # import late\n"""\nimport rank"""\n', {"rank"}),
        ("if x:\n\timport rank as r, important\nimports = important\n", {"rank", "important"}),
        ("from important import (\n    rank,\n)\nimport", {"important", "rank"}),
    ],
)
def test_statements_that_import_among_words(tmp_path: Path, text: str, found: set[str]) -> None:
    files = ["a.py", "important.py", "late.py", "rank.py"]
    for name in files:
        (tmp_path / name).write_text(text if name == "a.py" else "", encoding="utf-8")
    assert set(nearby(str(tmp_path), files, ["a.py"])) == {"a.py", *(f"{name}.py" for name in found)}
