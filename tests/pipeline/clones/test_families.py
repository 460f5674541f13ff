from collections.abc import Mapping
from textwrap import dedent

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.flow import ModuleInput, link_project
from mldebt.pipeline.clones import Family, Region, Shapes, align, find_families
from mldebt.rulebook import Catalogue, load_apis
from mldebt.sources import Category

LOAD = """
    import json

    def load(path):
        rows = []
        with open(path) as file:
            for line in file:
                row = json.loads(line)
                if row["price"] is None:
                    continue
                name = row["name"].strip().lower()
                rows.append((name, float(row["price"])))
        return rows
"""
RENAMED = """
    import json as j

    def read_items(source, verbose=False):
        '''Another name, and a docstring.'''
        found = []
        with open(source) as handle:
            for text in handle:
                item = j.loads(text)
                if item["cost"] is None:
                    continue
                if verbose:
                    print(item)
                label = item["title"].strip().lower()
                found.append((label, float(item["cost"])))
        return found
"""
OTHER = """
    import torch

    def train(model, loader, optimizer):
        total = 0
        for batch, target in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(batch), target)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total / len(loader)
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_apis()


def regions(texts: Mapping[str, str], catalogue: Catalogue) -> list[Region]:
    """Every function of some files, by path and place."""
    inputs = [
        ModuleInput(
            path=path, category=Category.PRODUCT, is_notebook=False, facts=extract_facts(dedent(text).lstrip("\n"))
        )
        for path, text in texts.items()
    ]
    program = link_project(inputs, catalogue).program
    shapes = Shapes(program)
    return [
        shapes.region(module, number)
        for module in program.modules
        for number, scope in enumerate(module.facts.scopes)
        if scope.kind == "function"
    ]


def paths(family: Family) -> list[str]:
    return [region.path for region in family.members]


def test_a_renamed_copy_is_found_and_what_differs_is_told(catalogue: Catalogue) -> None:
    texts = {"a.py": LOAD, "b.py": OTHER, "c.py": RENAMED}
    [family] = find_families(regions(texts, catalogue))
    assert paths(family) == ["a.py", "c.py"]
    [twin] = family.twins
    assert twin.model.path == "a.py"
    assert twin.alignment.similarity > 0.9
    changes = [change for difference in twin.alignment.differences for change in difference.changes]
    assert ("'price'", "'cost'") in changes
    assert ("'name'", "'title'") in changes


def test_three_copies_are_one_family(catalogue: Catalogue) -> None:
    texts = {"a.py": LOAD, "b.py": RENAMED, "c.py": LOAD.replace("lower", "upper")}
    [family] = find_families(regions(texts, catalogue))
    assert paths(family) == ["a.py", "b.py", "c.py"]
    assert {twin.region.path for twin in family.twins} == {"b.py", "c.py"}


def test_copies_in_one_file_and_nested_ones(catalogue: Catalogue) -> None:
    nested = dedent(LOAD) + dedent(RENAMED)
    [family] = find_families(regions({"a.py": nested}, catalogue))
    assert len(family.members) == 2


def test_a_function_is_no_clone_of_what_stands_in_it(catalogue: Catalogue) -> None:
    inner = dedent(LOAD)
    outer = "def outer():\n" + "".join(f"    {line}\n" for line in inner.splitlines()) + "    return load\n"
    assert find_families(regions({"a.py": outer}, catalogue)) == []


def test_small_functions_and_those_held_apart_are_not_compared(catalogue: Catalogue) -> None:
    found = regions({"a.py": LOAD, "b.py": LOAD}, catalogue)
    assert find_families(found, least=20) == []
    assert find_families(found, compare=lambda one, other: one.path == other.path) == []
    assert len(find_families(found)) == 1


STEPS = """
    import pandas as pd

    def prepare(path):
        frame = pd.read_csv(path, sep=",")
        frame = frame.dropna()
        frame["day"] = pd.to_datetime(frame["time"]).dt.date
        frame["price"] = frame["price"].clip(0, 100)
        frame = frame.drop_duplicates(subset=["user"])
        return frame.reset_index(drop=True)
"""
MOVED = """
    import pandas as pd

    def prepare(path):
        frame = pd.read_csv(path, sep=";")
        frame["price"] = frame["price"].clip(0, 100)
        frame = frame.dropna()
        frame["day"] = pd.to_datetime(frame["time"]).dt.date
        frame["name"] = frame["name"].str.lower()
        frame = frame.drop_duplicates(subset=["user"])
        return frame.reset_index(drop=True)
"""


def test_steps_in_another_order_and_small_insertions(catalogue: Catalogue) -> None:
    one, other = regions({"a.py": STEPS, "b.py": MOVED}, catalogue)
    found = align(one, other)
    assert found.similarity > 0.85
    assert len(found.moved) == 1
    changed, added = found.differences
    assert changed.changes == (("','", "';'"),)
    assert added.left is None
    assert added.right is not None
    assert added.right.words == ("lower",)


def test_names_of_the_repository_are_its_own_wherever_they_come_from(catalogue: Catalogue) -> None:
    shared = "def clean(rows):\n    return [row for row in rows if row]\n"
    body = """
        def build(path):
            rows = clean(open(path).readlines())
            pairs = [row.split(",") for row in rows]
            table = {key: value for key, value in pairs}
            return sorted(table.items())
    """
    texts = {"shared.py": shared, "a.py": "from shared import clean\n" + dedent(body), "b.py": shared + dedent(body)}
    [family] = find_families(regions(texts, catalogue), least=4)
    assert family.twins[0].alignment.similarity == 1.0
    assert family.twins[0].alignment.differences == ()


def test_every_kind_of_statement_and_expression(catalogue: Catalogue) -> None:
    text = """
        import os, logging

        def all_of_it(path, *names, **more):
            total: int = 0
            total += sum(x * 2 for x in names if x)
            try:
                with open(os.path.join(path, f"{path}.txt")) as file, open(path):
                    while (line := file.readline()):
                        del more[line]
            except (OSError, ValueError):
                raise RuntimeError(path) from None
            match total:
                case 0 | 1 if names:
                    return None
            assert not names, "text"
            for name in names[1:]:
                if name in {1, 2}:
                    break
                logging.warning(name)
            keys = [{"a": 1, **more}, (lambda x: -x), *names]
            return (yield keys[0] if total > 1 else keys)
    """
    one, other = regions({"a.py": text, "b.py": text}, catalogue)
    assert align(one, other).similarity == 1.0
    assert [line.shape for line in one.lines] == [line.shape for line in other.lines]
    assert "logging" not in str([line.shape for line in one.lines])


def test_nothing_is_like_nothing(catalogue: Catalogue) -> None:
    one, other = regions({"a.py": "def a():\n    pass\n", "b.py": "def b():\n    pass\n"}, catalogue)
    assert align(one, other).similarity == 0.0
