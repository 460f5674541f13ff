from collections.abc import Callable, Mapping

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.flow import Flow, ModuleInput, Recipe, link_project
from mldebt.flow.files.files import Files
from mldebt.flow.value import Value
from mldebt.rulebook import Catalogue
from mldebt.sources import Category

Build = Callable[..., Flow]


@pytest.fixture
def build(catalogue: Catalogue) -> Build:
    """The flow of texts by path, with files that mark a project and files that run code."""

    def link(texts: Mapping[str, str], marks: tuple[str, ...] = (), recipes: tuple[Recipe, ...] = ()) -> Flow:
        modules = [
            ModuleInput(
                path=path, category=Category.PRODUCT, is_notebook=path.endswith(".ipynb"), facts=extract_facts(text)
            )
            for path, text in texts.items()
        ]
        return link_project(modules, catalogue, marks=marks, recipes=recipes)

    return link


def roots(flow: Flow) -> dict[str, str]:
    return {module.path: flow.program.roots.of(module) for module in flow.program.modules}


def are_together(flow: Flow) -> bool:
    one, other = flow.program.modules[:2]
    assert flow.program.roots.together(one, other) == flow.program.roots.together(other, one)
    return flow.program.roots.together(one, other)


def test_a_module_belongs_to_the_nearest_folder_with_a_readme_or_requirements_of_its_own(build: Build) -> None:
    flow = build(
        dict.fromkeys(("churn/src/jobs/train.py", "fraud/train.py", "pack/setup.py", "pack/mod/a.py", "top.py"), ""),
        ("README.md", "churn/README.md", "fraud/requirements.txt"),
    )
    assert roots(flow) == {
        "churn/src/jobs/train.py": "churn",
        "fraud/train.py": "fraud",
        "pack/setup.py": "pack",
        "pack/mod/a.py": "pack",
        "top.py": "",
    }


def test_an_example_is_a_project_of_its_own(build: Build) -> None:
    paths = ("examples/click/jobs/a.py", "examples/click/nb/b.ipynb", "notebooks/x/c.ipynb", "notebooks/x/d.py")
    assert list(roots(build(dict.fromkeys(paths, ""))).values()) == [
        "examples/click",
        "examples/click/nb",
        "notebooks/x",
        "",
    ]


def test_neighbours_with_a_readme_each_do_not_work_together(build: Build) -> None:
    texts = dict.fromkeys(("churn/a.py", "fraud/b.py"), "")
    assert are_together(build(texts))
    assert not are_together(build(texts, ("churn/README.md", "fraud/README.md")))


def test_a_folder_with_a_readme_is_a_part_of_the_project_around_it_but_not_one_with_requirements(build: Build) -> None:
    texts = dict.fromkeys(("a.py", "parts/b.py"), "")
    assert are_together(build(texts, ("README.md", "parts/README.md")))
    assert not are_together(build(texts, ("README.md", "parts/requirements.txt")))
    assert not are_together(build(texts, ("README.md", "parts/README.md", "parts/pyproject.toml")))


def test_projects_of_which_one_imports_the_other_work_together(build: Build) -> None:
    texts = {"jobs/a.py": "", "lib/b.py": "", "jobs/c.py": "from lib.d import rows", "lib/d.py": ""}
    flow = build(texts, ("jobs/pyproject.toml", "lib/pyproject.toml"))
    assert roots(flow)["lib/d.py"] == "lib"
    assert flow.program.roots.together(flow.program.modules[0], flow.program.modules[2])


def test_projects_that_one_workflow_names_work_together(build: Build) -> None:
    texts = dict.fromkeys(("prepare/run.py", "train/run.py"), "")
    marks = ("prepare/pyproject.toml", "train/pyproject.toml")
    recipe = Recipe("Makefile", "data:\n\tpython prepare/run.py\nmodel: data\n\tpython train/run.py\n")
    assert are_together(build(texts, marks, (recipe,)))
    assert not are_together(build(texts, marks, (Recipe("Makefile", "model:\n\tpython train/run.py\n"),)))


WRITE = 'import pandas as pd\npd.DataFrame().to_csv("{}")\n'
READ = 'import pandas as pd\npd.read_csv("{}")\n'


def readers(flow: Flow) -> list[str]:
    calls: list[Value] = flow.body(0, 0).calls
    write = next(call for call in calls if call.function.data == "to_csv")
    return [each.call.body.module.path for each in Files(flow).readers(write)]


def test_a_file_of_the_same_name_in_another_project_is_another_file(build: Build) -> None:
    marks = ("churn/README.md", "fraud/README.md")
    texts = {"churn/a.py": WRITE.format("data/train.csv"), "fraud/b.py": READ.format("data/train.csv")}
    assert readers(build(texts)) == ["fraud/b.py"]
    assert readers(build(texts, marks)) == []
    texts = {"churn/a.py": WRITE.format("../fraud/data/train.csv"), "fraud/b.py": READ.format("data/train.csv")}
    assert readers(build(texts, marks)) == ["fraud/b.py"]
    texts = {"churn/a.py": WRITE.format("s3://lake/train.csv"), "fraud/b.py": READ.format("s3://lake/train.csv")}
    assert readers(build(texts, marks)) == ["fraud/b.py"]


def test_a_method_known_by_its_name_alone_is_one_of_the_same_project(build: Build) -> None:
    texts = {
        "churn/a.py": "def run(model):\n    model.transform_events(1)\n",
        "fraud/b.py": "class Events:\n    def transform_events(self, rows):\n        return rows\n",
    }

    def targets(flow: Flow) -> list[str]:
        (call,) = flow.body(0, 1).calls
        return [target.kind for target in flow.targets(call)]

    assert targets(build(texts)) == ["func"]
    assert targets(build(texts, ("churn/README.md", "fraud/README.md"))) == ["external"]
    texts["churn/b.ipynb"] = texts.pop("fraud/b.py")  # nothing can import a notebook
    assert targets(build(texts)) == ["external"]


def test_configurations_beside_code_are_for_what_is_below_them(build: Build) -> None:
    flow = build({"a/train.py": "", "b/train.py": ""})
    served = [(folder, flow.program.roots.serves(folder, flow.program.modules[1])) for folder in ("a", "b", "b/conf")]
    assert served == [("a", False), ("b", True), ("b/conf", True)]
