import pytest

from mldebt.facts.extract import extract_facts
from mldebt.facts.in_use import found_by_runners, product_in_use
from mldebt.sources import Category, CategoryGlobs, SourceFile, SourceKind, is_test_by_name_alone


def in_use(texts: dict[str, str], globs: CategoryGlobs | None = None) -> set[str]:
    """The files that count as product, of files that are tests by their names unless they lead to `main`."""
    files = [
        SourceFile(
            path=path,
            key=path,
            kind=SourceKind.PYTHON,
            size=len(text),
            category=Category.PRODUCT if path.endswith("main.py") else Category.TEST,
        )
        for path, text in texts.items()
    ]
    facts = {path: extract_facts(text) for path, text in texts.items()}
    found = product_in_use(files, facts, globs or CategoryGlobs())
    assert [file.path for file in found] == list(texts)
    return {file.path for file in found if file.category is Category.PRODUCT}


@pytest.mark.parametrize(
    "statement",
    [
        "from utility.batch_test import *",
        "from ngcf.utility import batch_test",
        "import utility.batch_test as metrics",
        "from .utility.batch_test import measure",
        "from .utility import batch_test",
    ],
)
def test_what_the_product_imports_is_no_test(statement: str) -> None:
    texts = {"ngcf/main.py": f"{statement}\n", "ngcf/utility/batch_test.py": "", "ngcf/utility/load_test.py": ""}
    assert in_use(texts) == {"ngcf/main.py", "ngcf/utility/batch_test.py"}


def test_what_such_a_file_imports_is_none_either() -> None:
    texts = {"main.py": "import first_test\n", "first_test.py": "import second_test\n", "second_test.py": ""}
    assert in_use(texts) == set(texts)


def test_tests_that_import_each_other_stay_tests() -> None:
    texts = {"main.py": "import json\n", "test_rank.py": "from test_base import Base\n", "test_base.py": ""}
    assert in_use(texts) == {"main.py"}


def test_a_folder_of_tests_and_the_configuration_say_more_than_an_import() -> None:
    texts = {"main.py": "from tests import test_data\nimport load_test\n", "tests/test_data.py": "", "load_test.py": ""}
    assert in_use(texts) == {"main.py", "load_test.py"}
    assert in_use(texts, CategoryGlobs(test=("load_*.py",))) == {"main.py"}


def test_what_holds_tests_is_a_test_whoever_imports_it() -> None:
    texts = {
        "main.py": "import rows_test, asked_test, plan_test\n",
        "rows_test.py": "def test_rows():\n    assert rows() == []\n",
        "asked_test.py": "import pytest\n",
        "plan_test.py": "def plan():\n    return 1\n",
    }
    assert in_use(texts) == {"main.py", "plan_test.py"}


def test_another_file_of_that_name_in_another_package_is_not_meant() -> None:
    texts = {"a/main.py": "from a.x import speed_test\n", "a/x/speed_test.py": "", "b/x/speed_test.py": ""}
    assert in_use(texts) == {"a/main.py", "a/x/speed_test.py"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a/batch_test.py", True), ("test_a.ipynb", True), ("tests/test_a.py", False), ("a/latest.py", False)],
)
def test_names(path: str, expected: bool) -> None:
    assert is_test_by_name_alone(path, CategoryGlobs()) is expected


@pytest.mark.parametrize(
    ("text", "is_test"),
    [
        ("class TestModels:\n    def test_forest(self): ...\n", True),
        ("import unittest\n\nclass Models(unittest.TestCase):\n    def test_forest(self): ...\n", True),
        ("class TestModels:\n    def fit(self): ...\n", False),
        ("class Models:\n    def test_forest(self): ...\n", False),
        ("class TestedModels:\n    def test_forest(self): ...\n", False),
        ("def test_forest(): ...\n", False),
    ],
)
def test_what_a_runner_of_tests_finds_is_a_test_wherever_it_lies(text: str, *, is_test: bool) -> None:
    assert by_content({"checks/models.py": text}) == ({"checks/models.py"} if is_test else set())


def test_a_class_of_tests_that_the_product_imports_is_product() -> None:
    texts = {"main.py": "from checks import models\n", "checks/models.py": "class TestA:\n    def test_it(self): ...\n"}
    assert by_content(texts) == set()


def test_classes_of_tests_that_the_configuration_calls_product_are_product() -> None:
    texts = {"checks/models.py": "class TestA:\n    def test_it(self): ...\n"}
    assert by_content(texts, CategoryGlobs(product=("checks/*",))) == set()


def by_content(texts: dict[str, str], globs: CategoryGlobs | None = None) -> set[str]:
    """The files that count as tests, of files that are product by their names."""
    files = [
        SourceFile(path=path, key=path, kind=SourceKind.PYTHON, size=len(text), category=Category.PRODUCT)
        for path, text in texts.items()
    ]
    facts = {path: extract_facts(text) for path, text in texts.items()}
    found = found_by_runners(files, facts, globs or CategoryGlobs())
    return {file.path for file in found if file.category is Category.TEST}
