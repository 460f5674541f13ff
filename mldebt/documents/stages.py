"""Declared workflows and data: DVC, MLproject, Kedro catalogues."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.documents.paths import resolve
from mldebt.documents.record import Command, DeclaredData, Stage
from mldebt.documents.yaml_tree import Node


def dvc_stages(root: Node) -> tuple[Stage, ...]:
    """The stages of a dvc.yaml. Paths are joined with the stage's `wdir`; a `foreach` stage counts once."""
    return tuple(_dvc_stage(name, node) for name, node in root.get("stages").fields.items())


def dvc_data(path: str, root: Node) -> tuple[DeclaredData, ...]:
    """What a `.dvc` file versions, and where it was imported from."""
    found = []
    for out in root.get("outs").items:
        name = out.get("path")
        if name.text:
            folder = path.rpartition("/")[0]
            wdir = root.get("wdir").text
            location = resolve(resolve(name.text, wdir), folder)
            found.append(DeclaredData(location, "dvc", location, name.line))
    for dependency in root.get("deps").items:
        source = dependency.get("path")
        if source.text:
            origin = dependency.get("repo", "url").text or source.text
            found.append(DeclaredData(source.text, "dvc-import", origin, source.line))
    return tuple(found)


def mlproject_commands(root: Node) -> tuple[Command, ...]:
    """The entry points of an MLproject file."""
    found = []
    for name, entry in root.get("entry_points").fields.items():
        command = entry.get("command")
        if command.text:
            found.append(Command(name, " ".join(command.text.split()), command.line))
    return tuple(found)


def kedro_data(root: Node) -> tuple[DeclaredData, ...]:
    """The datasets of a Kedro catalogue; entries that start with "_" are only there to be shared."""
    return tuple(_kedro_data(root))


def stage_commands(stages: tuple[Stage, ...]) -> tuple[Command, ...]:
    """The commands of stages, to be found beside everybody else's."""
    return tuple(Command(stage.name, command, stage.line) for stage in stages for command in stage.commands)


def _dvc_stage(name: str, node: Node) -> Stage:
    body = node.get("do") if node.get("do").present else node
    wdir = body.get("wdir").text
    return Stage(
        name=name,
        commands=body.get("cmd").texts(),
        inputs=tuple(resolve(path, wdir) for path in _paths(body.get("deps"))),
        outputs=tuple(resolve(path, wdir) for key in ("outs", "outs_persist") for path in _paths(body.get(key))),
        parameters=tuple(_paths(body.get("params"))),
        metrics=tuple(
            resolve(path, wdir) for key in ("metrics", "metrics_no_cache", "plots") for path in _paths(body.get(key))
        ),
        line=node.key_line or node.line,
    )


def _paths(node: Node) -> Iterator[str]:
    """Entries are paths, or mappings from a path to its options."""
    if node.text:
        yield node.text
    for item in node.items:
        if item.text:
            yield item.text
        yield from item.fields


def _kedro_data(root: Node) -> Iterator[DeclaredData]:
    for name, node in root.fields.items():
        kind = node.get("type").text
        if name.startswith("_") or not kind:
            continue
        inner = node.get("dataset")
        places = (
            *(node.get(key) for key in ("filepath", "path", "table_name", "table", "sql", "url")),
            *(inner.get(key) for key in ("filepath", "path")),
        )
        location = next((place.text for place in places if place.text), "")
        yield DeclaredData(name, kind, location, node.key_line or node.line)
