"""The habits of the house that no linter knows."""

import ast
from pathlib import Path

import mldebt

FOLDER = Path(mldebt.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc", "handler", "model"}
ENDS = {"print", "sys.exit", "exit", "quit", "os._exit"}


def shown(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def test_every_module_has_a_name_that_says_something() -> None:
    assert [shown(path) for path in MODULES if path.stem.lower() in FORBIDDEN] == []


def test_only_the_command_line_prints_or_ends_the_process() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in MODULES
        if not shown(path).startswith("cli/")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ENDS
    ]
    assert found == []
