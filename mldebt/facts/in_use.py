"""Files that are named like tests and are none, as the team's own code imports them; and those that are tests by what
stands in them alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from mldebt.facts.record import Attribute, FileFacts, ImportBinding, Name
from mldebt.regex import regex
from mldebt.sources import Category, CategoryGlobs, SourceFile, is_test_by_name_alone
from mldebt.sources.globs import matches

Parts = tuple[str, ...]

_TESTS = regex(r"test(_|\Z)|setUp\Z")
_TEST_CLASS = regex(r"Tests?(\Z|[A-Z0-9_])")
_TESTING = frozenset({"pytest", "unittest"})


def product_in_use(
    files: Sequence[SourceFile], facts: Mapping[str, FileFacts], globs: CategoryGlobs
) -> tuple[SourceFile, ...]:
    """The files, those that are tests by their name alone as product where product imports them and no test is in them:
    `batch_test.py` with the evaluation of a training script."""
    named: dict[str, list[Parts]] = defaultdict(list)
    paths: dict[Parts, str] = {}
    for file in files:
        by_name = file.category is Category.TEST and is_test_by_name_alone(file.path, globs)
        if by_name and file.path in facts and not _tests(facts[file.path]):
            parts = module_parts(file.path)
            named[parts[-1]].append(parts)
            paths[parts] = file.path
    used: set[str] = set()
    waiting = [file.path for file in files if file.category is Category.PRODUCT] if named else []
    while waiting:
        path = waiting.pop()
        for binding in facts[path].imports if path in facts else ():
            for name in imported_names(binding, path):
                for parts in named.get(name[-1], ()):
                    if parts[-len(name) :] == name and paths[parts] not in used:
                        used.add(paths[parts])
                        waiting.append(paths[parts])
    return tuple(replace(file, category=Category.PRODUCT) if file.path in used else file for file in files)


def found_by_runners(
    files: Sequence[SourceFile], facts: Mapping[str, FileFacts], globs: CategoryGlobs
) -> tuple[SourceFile, ...]:
    """The files, those as tests that hold classes of tests and that no product imports, whatever they are called:
    `checks/models.py`, which a runner of tests is pointed to."""
    product = [file.path for file in files if file.category is Category.PRODUCT and file.path in facts]
    holding = {
        path
        for path in product
        if _has_test_class(facts[path]) and not (globs.product and matches(path, globs.product))
    }
    found = not_imported(holding, [path for path in product if path not in holding], facts)
    return tuple(replace(file, category=Category.TEST) if file.path in found else file for file in files)


def not_imported(paths: Iterable[str], by: Iterable[str], facts: Mapping[str, FileFacts]) -> set[str]:
    """Those of some files that no import of others may mean."""
    waiting = {path: module_parts(path) for path in paths}
    if not waiting:
        return set()
    imported = {name for path in by for binding in facts[path].imports for name in imported_names(binding, path)}
    return {
        path for path, parts in waiting.items() if not any(parts[start:] in imported for start in range(len(parts)))
    }


def _has_test_class(facts: FileFacts) -> bool:
    """Whether a runner of tests finds a class in a file: one below `unittest.TestCase`, one that pytest collects."""
    testing = {scope.parent for scope in facts.scopes if scope.kind == "function" and scope.name.startswith("test_")}
    return any(
        scope.kind == "class"
        and number in testing
        and (_TEST_CLASS.match(scope.name) is not None or any(_is_test_case(facts, base.value) for base in scope.bases))
        for number, scope in enumerate(facts.scopes)
    )


def _is_test_case(facts: FileFacts, base: int) -> bool:
    node = facts.exprs[base]
    name = node.id if isinstance(node, Name) else node.name if isinstance(node, Attribute) else ""
    return name.endswith("TestCase")


def _tests(facts: FileFacts) -> bool:
    """Whether a file has a test, or what tests are run with."""
    if any(binding.module.partition(".")[0] in _TESTING for binding in facts.imports):
        return True
    return any(scope.kind == "function" and _TESTS.match(scope.name) for scope in facts.scopes[1:])


def module_parts(path: str) -> Parts:
    """The dotted name of a file, from the top of the repository."""
    return tuple(path.rpartition(".")[0].split("/"))


def imported_names(binding: ImportBinding, path: str) -> Iterator[Parts]:
    """The dotted names of modules that an import may load; a relative one in full."""
    module = binding.imported or binding.module
    level = len(module) - len(module.lstrip("."))
    named = tuple(filter(None, module.split(".")))
    if level:
        folder = tuple(path.split("/")[:-1])
        named = (*folder[: len(folder) - level + 1], *named)
    if named:
        yield named
    if binding.attribute not in ("", "*"):
        yield (*named, binding.attribute)
