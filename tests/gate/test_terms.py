import pytest

from mldebt.gate.terms import altered_terms
from mldebt.verdict import Change


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[tool.black]\n", "[tool.mypy]\n", False),
        ("[tool.mldebt]\njobs = 1\n", "[tool.mldebt]\njobs = 1\n[tool.mypy]\n", False),
        ("[tool.mldebt]\njobs = 1\n", "[tool.mldebt]\nignore = ['MLD401']\n", True),
        ("", "[tool.mldebt]\n", True),
        ("{{", "}}", True),
        ("tool = 1", "tool = 2", False),
    ],
)
def test_a_pyproject_counts_when_our_table_differs(before: str, after: str, told: bool) -> None:
    change = Change(changed=frozenset({"pyproject.toml"}))
    said = altered_terms(change, {"pyproject.toml": before}.get, {"pyproject.toml": after}.get)
    assert said == ("The change also alters how it is judged: pyproject.toml." if told else "")


def test_other_files_count_by_their_place() -> None:
    change = Change(
        changed=frozenset({"a.py", "teams/one/mldebt.toml", "docs/mldebt.md"}),
        added=frozenset({"mldebt.toml"}),
        removed=frozenset({".mldebt/apis/acme.toml"}),
        renamed={".mldebt/rules/a.toml": "b.toml"},
    )
    said = altered_terms(change, {}.get, {}.get)
    assert said.endswith(": .mldebt/apis/acme.toml, .mldebt/rules/a.toml, mldebt.toml, teams/one/mldebt.toml.")


def test_a_folder_s_own_pyproject_counts_when_our_table_differs() -> None:
    change = Change(changed=frozenset({"a/pyproject.toml", "b/pyproject.toml"}))
    said = altered_terms(change, {}.get, {"a/pyproject.toml": "[tool.mldebt]\n"}.get)
    assert said == "The change also alters how it is judged: a/pyproject.toml."
