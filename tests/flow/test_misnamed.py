from mldebt.facts.extract import extract_facts
from mldebt.flow import ModuleInput, link_project
from mldebt.rulebook import Catalogue
from mldebt.sources import Category


def test_a_module_that_is_only_called_like_a_test_is_product_code(catalogue: Catalogue) -> None:
    texts = {
        "app/main.py": "from app import test_plan\nfrom app.test_data import rows\nimport tests.test_shared",
        "app/test_plan.py": "def plan():\n    return 1",
        "app/test_data.py": "def rows():\n    return []\n\ndef test_rows():\n    assert rows() == []",
        "app/test_alone.py": "def plan():\n    return 1",
        "app/test_asked.py": "import pytest\n\ndef plan():\n    return 1",
        "tests/test_shared.py": "def plan():\n    return 1",
    }
    flow = link_project(
        [
            ModuleInput(
                path=path,
                category=Category.TEST if "test" in path else Category.PRODUCT,
                is_notebook=False,
                facts=extract_facts(text),
            )
            for path, text in texts.items()
        ],
        catalogue,
    )
    product = [module.path for module in flow.program.modules if module.category == "product"]
    assert product == ["app/main.py", "app/test_plan.py"]
