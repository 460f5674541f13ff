from collections.abc import Mapping

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.flow import Flow, ModuleInput, link_project
from mldebt.flow.seeding.seeds import Seeds
from mldebt.flow.value import Value
from mldebt.rulebook import Catalogue
from mldebt.sources import Category

MAKES = "from hydra.utils import instantiate\ndef run(cfg, rows):\n    return instantiate(cfg.model, rows)\n"
Named = Mapping[str, Mapping[str, tuple[str, ...]]]


def linked(path: str, named: Named, catalogue: Catalogue, marks: tuple[str, ...] = (), text: str = MAKES) -> Flow:
    """A module that makes what a configuration tells."""
    made = ModuleInput(path=path, category=Category.PRODUCT, is_notebook=False, facts=extract_facts(text))
    return link_project([made], catalogue, marks=marks, instances=named)


def call(flow: Flow) -> Value:
    return next(each for number in range(2) for each in flow.body(0, number).calls)


def made(flow: Flow) -> list[str]:
    return [target.name for target in flow.targets(call(flow))]


@pytest.mark.parametrize(
    ("path", "folders", "marks", "expected"),
    [
        ("a/train.py", ("a/conf", "b/conf"), (), ["lib.Net0"]),
        ("a/train.py", ("a", "b"), ("b/requirements.txt",), ["lib.Net0"]),
        ("b/jobs/train.py", ("a/conf", "b/conf"), (), ["lib.Net1"]),
        ("a/jobs/train.py", ("a/lib/conf", "b/lib/conf"), ("a/README.md", "b/README.md"), ["lib.Net0"]),
        ("a/train.py", ("conf", "b/conf"), ("a/README.md",), ["lib.Net0"]),
        ("shared/make.py", ("a/conf", "b/conf"), (), ["lib.Net0", "lib.Net1"]),
        ("train.py", ("conf/one", "conf/two"), (), ["lib.Net0", "lib.Net1"]),
    ],
)
def test_a_module_is_told_by_the_configurations_of_its_own_project(
    path: str, folders: tuple[str, ...], marks: tuple[str, ...], expected: list[str], catalogue: Catalogue
) -> None:
    named = {folder: {"model": (f"lib.Net{number}",)} for number, folder in enumerate(folders)}
    assert made(linked(path, named, catalogue, marks)) == expected


def test_what_a_configuration_tells_to_call_may_be_given_a_seed_there(catalogue: Catalogue) -> None:
    split = "sklearn.model_selection.train_test_split"
    plain = f"from {split.rpartition('.')[0]} import train_test_split\ndef run(rows):\n    train_test_split(rows)\n"
    told, written = linked("a.py", {"": {"model": (split,)}}, catalogue), linked("a.py", {}, catalogue, text=plain)
    assert (made(told), Seeds(told).drawn_from(call(told))) == ([split], "")
    assert (made(written), Seeds(written).drawn_from(call(written))) == ([split], "numpy")
