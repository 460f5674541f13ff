"""Values that configuration files give to code: which key of which file a value was taken from."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from mldebt.documents import DocumentFacts, Setting
from mldebt.flow.body import Body
from mldebt.flow.tasks.nodes import project_of
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.configuration.options import Options
from mldebt.pipeline.configuration.settings_read import LOADERS, Reading, SettingsRead, prefixes
from mldebt.regex import regex
from mldebt.sources import Document

_HYDRA = frozenset({"hydra.main"})
_COMPOSES = "hydra.compose"
_CHOSEN = "defaults."
_DEFAULT = regex(r"defaults\.\d+(?:\.(?:override )?(.+))?\Z")
_FROM_ENVIRONMENT = regex(r"\$\{oc\.env:(\w+)(?:,(?:[^{}]|\{[^{}]*\})*)?\}")
_PARAMETERS = regex(r"(^|/)parameters[^/]*(/.*)?\.ya?ml$")
_INTERPOLATED = regex(r"\$\{([^{}]+)\}")
INTERPOLATIONS = 4
ENDS = 40
GIVEN_LIMIT = 40


class Configured(SettingsRead):
    """Follows what is loaded from files, those that an option names by default and those of Hydra included."""

    def __init__(self, flow: Flow, facts: Sequence[DocumentFacts], documents: Sequence[Document]) -> None:
        super().__init__(flow, facts, documents)
        self.options = flow.shared(Options)
        self._groups: dict[str, list[tuple[str, DocumentFacts]]] = {}
        self._commands = [
            (document.path.rpartition("/")[0], command.split())
            for document in facts
            for stage in document.stages
            for command in stage.commands
        ]

    def setting(self, value: Value) -> tuple[DocumentFacts, Setting] | None:
        """The setting that a value is."""
        for reading in self.readings:
            key = reading.values.get(value)
            if key is not None:
                return self.found(reading.document, key)
        return None

    def text(self, value: Value) -> str | None:
        """What a value is by its setting, with what the setting takes from others filled in."""
        for reading in self.readings:
            key = reading.values.get(value)
            found = self.found(reading.document, key) if key is not None else None
            if found is not None:
                return self._filled(reading.document, found[1].value, INTERPOLATIONS)
        return None

    def argument(self, value: Value) -> str | None:
        """What the one stage of a workflow that starts a script gives it at a place: `sys.argv[1]`."""
        is_argument = value.kind == "item" and value.source.kind == "external" and value.source.data == "sys.argv"
        place = value.data if is_argument and isinstance(value.data, int) else 0
        found = [
            words[at + place]
            for folder, words in self._commands
            for at, word in enumerate(words)
            if place > 0 and posixpath.join(folder, word) == value.body.module.path and at + place < len(words)
        ]
        return found[0] if len(found) == 1 and not found[0].startswith(("-", "$")) else None

    def _filled(self, document: DocumentFacts, text: str, depth: int) -> str:
        """A text in which `${paths.data}` is what the configuration says, and a hole where it does not."""

        def told(hole: re.Match[str]) -> str:
            found = self.found(document, hole[1]) if depth else None
            return self._filled(document, found[1].value, depth - 1) if found is not None else f"{{{hole[1]}}}"

        return _INTERPOLATED.sub(told, _FROM_ENVIRONMENT.sub(r"$\1", text))

    def below(self, value: Value) -> list[tuple[str, DocumentFacts, Setting]]:
        """The settings of the section that a value is, by their last name: what `**config["model"]` gives."""
        found = []
        for reading in self.readings:
            key = "" if value in reading.loads else reading.values.get(value)
            if key is not None:
                dot = f"{key}." if key else ""
                found += [
                    (each.key.removeprefix(dot), reading.document, each)
                    for each in reading.document.settings
                    if each.key.startswith(dot) and "." not in each.key.removeprefix(dot)
                ]
        return found

    def section(self, value: Value) -> list[tuple[str, DocumentFacts, Setting]]:
        """Everything below the section that a value is, by the key within it."""
        found = []
        for reading in self.readings:
            key = reading.values.get(value)
            for document, dot in self._places(reading.document, key) if key else ():
                found += [
                    (each.key.removeprefix(dot), document, each)
                    for each in document.settings
                    if each.key.startswith(dot)
                ]
        return found

    def _places(self, document: DocumentFacts, key: str) -> list[tuple[DocumentFacts, str]]:
        """The files that may hold a section, with what its keys start with there."""
        found = [(document, f"{key}.")]
        for package, chosen in self._chosen(document):
            if f"{key}.".startswith(f"{package}."):
                rest = key[len(package) + 1 :]
                found.append((chosen, f"{rest}." if rest else ""))
        return found

    def found(self, document: DocumentFacts, key: str) -> tuple[DocumentFacts, Setting] | None:
        """The setting of a key, in the file itself or in one that its list of defaults chooses."""
        setting = next((each for each in document.settings if each.key == key), None)
        return (document, setting) if setting is not None else self._in_group(document, key)

    def _in_group(self, document: DocumentFacts, key: str) -> tuple[DocumentFacts, Setting] | None:
        """The setting in the file that a list of defaults chooses for the first part of a key."""
        for package, chosen in self._chosen(document):
            rest = key.removeprefix(f"{package}.")
            found = next((each for each in chosen.settings if each.key == rest), None) if rest != key else None
            if found is not None:
                return chosen, found
        return None

    def _chosen(self, document: DocumentFacts) -> list[tuple[str, DocumentFacts]]:
        """The files that a list of defaults chooses, each with the keys below which it goes: `- model: small`,
        `- run@run.train: train`, `- paths@paths`; the one for the narrowest place first."""
        known = self._groups.get(document.path)
        if known is None:
            found = []
            folder = posixpath.dirname(document.path)
            for each in document.settings:
                default = _DEFAULT.match(each.key)
                if default is None:
                    continue
                group, _, package = (default[1] or each.value).partition("@")
                if not default[1] and not package:
                    continue
                name = f"{each.value.removesuffix('.yaml')}.yaml" if default[1] else f"{group}.yaml"
                path = posixpath.join(folder, group if default[1] else "", name)
                chosen = next((other for other in self.facts if other.path == path), None)
                if chosen is not None:
                    found.append((package or group.replace("/", "."), chosen))
            known = self._groups[document.path] = sorted(found, key=lambda pair: -len(pair[0]))
        return known

    @cached_property
    def readings(self) -> list[Reading]:
        """Every file, with what code takes out of it."""
        return [*self.all(), *self._composed(), *self._of_nodes(), *self._of_readers()]

    def _of_readers(self) -> list[Reading]:
        """What is taken out of the files that one function of the team's own reads, each call of it another:
        `read_yaml(CONFIG_PATH)`."""
        found: dict[str, Reading] = {}
        for module in self.flow.program.modules:
            for body in self.flow.bodies(module.index) if module.category == "product" and self.facts else ():
                loads = [call for call in body.calls if body.number and self._is_open(call)]
                callers = self.flow.callers(module.index, body.number) if loads else ()
                for caller in callers if any(self._gives(body, load) for load in loads) else ():
                    document = self._named_by(loads[0], caller)
                    if document is not None:
                        reading = found.setdefault(document.path, Reading(document=document))
                        reading.loads.append(caller)
                        self._follow(caller, reading)
        return list(found.values())

    def _is_open(self, call: Value) -> bool:
        """Whether a call loads a file that nothing in its function names."""
        is_load = any(target.name in LOADERS for target in self.flow.targets(call)) and bool(call.arguments)
        return is_load and self._loaded(call) is None

    def _gives(self, body: Body, load: Value) -> bool:
        """Whether a function returns what it loads, perhaps in a box: `return ConfigBox(content)`."""
        return any(visit.value is load for visit in self.flow.walk(body.returns, self.flow.back, limit=GIVEN_LIMIT))

    def _named_by(self, load: Value, caller: Value) -> DocumentFacts | None:
        """The file that a call has its function load."""
        path = self.paths.opened(load.arguments[0]) or load.arguments[0]
        return self.document(self.paths.texts(path, (caller,)), caller)

    def _composed(self) -> list[Reading]:
        """What functions take out of the configuration that `@hydra.main` hands them, or that is put together."""
        found = [*self._put_together()]
        for module in self.flow.program.modules:
            for number, scope in enumerate(module.facts.scopes):
                if module.category != "product" or not scope.decorators:
                    continue
                outer = self.flow.body(module.index, max(scope.parent, 0))
                calls = (outer.values.get(ref) for ref in scope.decorators)
                main = next((call for call in calls if call is not None and self._is_main(call)), None)
                param = next(iter(self.flow.body(module.index, number).params.values()), None)
                document = self._configuration(main) if main is not None else None
                if document is not None and param is not None:
                    reading = Reading(document=document)
                    self._follow(param, reading)
                    found.append(reading)
        return found

    def _put_together(self) -> Iterator[Reading]:
        """What is taken out of `hydra.compose(config_name="config")`."""
        for call in self.flow.calls_named(frozenset({_COMPOSES.rpartition(".")[2]})):
            if not any(target.name == _COMPOSES for target in self.flow.targets(call)):
                continue
            name = dict(call.named_arguments).get("config_name") or next(iter(call.arguments), None)
            texts = self.named(name) if name is not None else []
            found = [each for each in self.facts if _is_called(each.path, texts) and _has_defaults(each)]
            if len(found) == 1:
                reading = Reading(document=found[0])
                self._follow(call, reading)
                yield reading

    def _of_nodes(self) -> list[Reading]:
        """What Kedro's nodes take out of the project's parameters."""
        found = []
        for param, key in self.flow.nodes.parameters:
            root = project_of(param.body.module.path)
            for document in self.facts:
                if not document.path.startswith(root) or not _PARAMETERS.search(document.path):
                    continue
                if any(f"{each.key}.".startswith(f"{key}." if key else "") for each in document.settings):
                    reading = Reading(document=document)
                    reading.values[param] = key
                    self._follow(param, reading, key)
                    found.append(reading)
        return found

    def _is_main(self, call: Value) -> bool:
        return call.kind == "call" and any(target.name in _HYDRA for target in self.flow.targets(call))

    def _configuration(self, main: Value) -> DocumentFacts | None:
        given = {name: str(source.data) for name, source in main.named_arguments if source.kind == "const"}
        folder, name = given.get("config_path", "").strip("./"), given.get("config_name", "")
        ends = "/".join(part for part in (folder, f"{name.removesuffix('.yaml')}.yaml") if part)
        found = [each for each in self.facts if name and f"/{each.path}".endswith(f"/{ends}")]
        told = posixpath.join(posixpath.dirname(main.body.module.path), given.get("config_path", ""), name)
        nearest = [
            each for each in found if posixpath.dirname(each.path) == posixpath.dirname(posixpath.normpath(told))
        ]
        return next(iter(nearest if len(found) > 1 else found), None)

    def named(self, path: Value) -> Sequence[str]:
        """What a path may be; by the default where an option names it, or a part of it: `f"{args.name}.yaml"`."""
        texts = [text for default in self._defaults(path) for text in self.paths.texts(default)]
        texts = texts or self._filled_in(path) or list(self.paths.texts(path))
        return list(dict.fromkeys(text.rpartition("}/")[2] for text in texts))

    def _filled_in(self, path: Value) -> list[str]:
        """The text of a template in which options are what they are by default; none where it holds no option."""
        visits = self.flow.walk(path, self.paths.same_back, limit=ENDS)
        template = next((visit.value for visit in visits if visit.value.kind == "template"), None)
        parts = [self._defaults(part) for part in template.every("part")] if template is not None else []
        if template is None or not any(parts):
            return []
        told = (
            self.paths.texts(usual[0] if usual else part)
            for usual, part in zip(parts, template.every("part"), strict=True)
        )
        named = iter([texts[0] if len(texts) == 1 else "{}" for texts in told])
        return ["".join(text if text is not None else next(named) for text in template.texts)]

    def _defaults(self, path: Value) -> list[Value]:
        """The defaults of the options that a path may be given by."""
        visits = self.flow.walk(path, self.paths.same_back, limit=ENDS)
        return [default for visit in visits if (default := self.options.default(visit.value)) is not None]

    def may_be_another(self, reading: Reading, key: str) -> bool:
        """Whether an option names what is loaded, so that it may be another file, which has a key."""
        paths = (self.paths.opened(load.arguments[0]) or load.arguments[0] for load in reading.loads if load.arguments)
        others = (each for each in self.facts if each.path != reading.document.path)
        return any(map(self._defaults, paths)) and any(
            key in prefixes(each.key) for other in others for each in other.settings
        )


def _is_called(path: str, names: Sequence[str]) -> bool:
    """Whether a file is the one of a single name."""
    return len(names) == 1 and posixpath.basename(path) == f"{names[0].removesuffix('.yaml')}.yaml"


def _has_defaults(document: DocumentFacts) -> bool:
    return any(each.key.startswith(_CHOSEN) for each in document.settings)


def literal_text(text: str) -> str:
    """A setting's value as Python writes it."""
    word = text.strip()
    if word.lower() in ("true", "false"):
        return word.capitalize()
    try:
        float(word)
    except ValueError:
        return repr(word)
    return word
