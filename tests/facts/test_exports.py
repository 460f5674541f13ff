import pytest

from mldebt.facts.exports import without_exports
from mldebt.facts.extract import extract_facts
from mldebt.sources import Category, SourceFile, SourceKind

EXPORT = "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\nimport pandas\n\n# In[ ]:\n\nrows = 1\n"
PAIRED = "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py\n# ---\n\n# %%\nrows = 1\n"


def generated(texts: dict[str, str]) -> set[str]:
    files = [
        SourceFile(
            path=path,
            key=path,
            kind=SourceKind.NOTEBOOK if path.endswith(".ipynb") else SourceKind.PYTHON,
            size=len(text),
            category=Category.PRODUCT,
        )
        for path, text in texts.items()
    ]
    found = without_exports(files, {path: extract_facts(text) for path, text in texts.items()})
    assert [file.path for file in found] == list(texts)
    return {file.path for file in found if file.category is Category.GENERATED}


@pytest.mark.parametrize("text", [EXPORT, PAIRED])
def test_a_script_beside_its_notebook_is_generated(text: str) -> None:
    assert generated({"a/shared.ipynb": "rows = 1\n", "a/shared.py": text}) == {"a/shared.py"}


@pytest.mark.parametrize(
    "others",
    [
        {"a/shared.py": "rows = 1\n", "a/shared.ipynb": "rows = 1\n"},  # nothing shows cells
        {"a/shared.py": EXPORT},  # no notebook
        {"a/shared.py": EXPORT, "b/shared.ipynb": "rows = 1\n"},  # another folder's
        {"a/shared.py": EXPORT, "a/shared.ipynb": "", "main.py": "from a.shared import rows\n"},
        {"a/shared.py": EXPORT, "a/shared.ipynb": "", "a/main.py": "from . import shared\n"},
        {"a/shared.py": EXPORT, "a/shared.ipynb": "", "a/main.py": "import shared\n"},
    ],
)
def test_what_has_no_notebook_or_is_imported_is_the_products_own(others: dict[str, str]) -> None:
    assert generated(others) == set()
