"""Files that say what is run: Makefiles, Dockerfiles, shell scripts, tox and the workflows of CI services."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from mldebt.documents.programs import looks_like_command, script_commands
from mldebt.documents.record import Command
from mldebt.documents.yaml_tree import Node
from mldebt.regex import regex

_TARGET = regex(r"([\w.%/$(){}@='\" -]+?)\s*::?(?![=:])")
_ASSIGNED = regex(r"(?:export\s+|override\s+)*[\w.-]+\s*(?:[:?+!]|::)?=")
_RECIPE_MARKS = regex(r"\A[@+-]+")
_INSTRUCTION = regex(r"\s*(RUN|CMD|ENTRYPOINT)\s+(.*)", re.IGNORECASE | re.DOTALL)
_RUN_OPTION = regex(r"--(?:mount|network|security)=\S+\s+")
_HEREDOC = regex(r"<<-?[\"']?(\w+)[\"']?")
_KEYWORDS = regex(
    r"(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|return|set|local|\{|\}|\)|[\w-]+\))(?=\s|;|$)|[\w-]+\s*\(\)"
)
_HELD = regex(r"(?:export\s+|local\s+|readonly\s+)?(\w+)=[\"']?([^\s\"'()=]+\.(?:py|sh))[\"']?\s*(?:#.*)?\Z")
_VARIABLE = regex(r"\$\{?(\w+)\}?")
_RUN_KEYS = frozenset(
    "run script before_script after_script command entrypoint bash cmd cmds bash_command inline".split()
)
_LONG_TARGET = 500
_SECTION = regex(r"\[([^\[\]]+)\]\s*\Z")
_TOX_KEY = regex(r"([\w.-]+)\s*=\s*(.*)")
_TOX_COMMANDS = frozenset({"commands", "commands_pre", "commands_post"})
_TOX_ENVIRONMENT = "testenv"
_TOX_MARKS = regex(r"\A(?:[\w{},.!-]+:\s+)?(?:-\s*)?")
_JOB_KEYS = _RUN_KEYS | {"steps"}
_FRAMES = frozenset("jobs steps services stages tasks with defaults env".split())
_JENKINS = regex(r"\b(?:sh|bat)\b\s*\(?\s*(?:script:\s*)?('''|\"\"\"|'|\")(.*?)\1", re.DOTALL)


def parse_makefile(text: str) -> tuple[Command, ...]:
    """The commands of each target; a justfile's recipes have the same shape."""
    return tuple(_makefile(text.split("\n")))


def parse_dockerfile(text: str) -> tuple[Command, ...]:
    """What RUN, CMD and ENTRYPOINT start; the command's name is the instruction."""
    return tuple(_dockerfile(text.split("\n")))


def parse_shell(text: str) -> tuple[Command, ...]:
    """The command lines of a script, without its control flow; a variable that holds a program is filled in."""
    held: dict[str, str] = {}
    found = []
    for index, line in script_commands(text.split("\n")):
        if assigned := _HELD.match(line):
            held[assigned[1]] = assigned[2]
        command = _plain_command(_VARIABLE.sub(lambda name: held.get(name[1], name[0]), line) if held else line)
        if command:
            found.append(Command("", command, index + 1))
    return tuple(found)


def parse_tox(text: str) -> tuple[Command, ...]:
    """What each environment of a tox.ini runs, named by the environment."""
    return tuple(_tox(text.split("\n")))


def parse_jenkinsfile(text: str) -> tuple[Command, ...]:
    """The `sh` steps."""
    found = []
    for step in _JENKINS.finditer(text):
        line = text.count("\n", 0, step.start(2)) + 1
        found += [Command("", command, line + index) for index, command in script_commands(step[2].split("\n"))]
    return tuple(found)


def workflow_commands(root: Node) -> tuple[Command, ...]:
    """Everything under keys that hold commands, named by the job or service around it."""
    return tuple(_walk(root, "", set()))


def _plain_command(line: str) -> str:
    """What a line of a script runs, behind `if`, `then`, `do` and the like."""
    while keyword := _KEYWORDS.match(line):
        if keyword.group() in ("for", "case", "function") or keyword.group().endswith(")"):
            return ""
        line = line[keyword.end() :].lstrip("; \t")
    return line


def _makefile(lines: list[str]) -> Iterator[Command]:
    target = ""
    recipe: list[str] = []
    for number, line in enumerate([*lines, "end:"]):
        if target and (not line.strip() or line[0] in "\t " or (recipe and recipe[-1].endswith("\\"))):
            goes_on = bool(recipe) and recipe[-1].endswith("\\")
            recipe.append(line.strip() if goes_on else _RECIPE_MARKS.sub("", line.strip()))
            continue
        if line.startswith("#"):
            recipe.append("")
            continue
        first = number - len(recipe)
        yield from (Command(target, text, first + index + 1) for index, text in script_commands(recipe))
        recipe = []
        found = _TARGET.match(line[:_LONG_TARGET])
        is_target = found is not None and not line.startswith(".") and not _ASSIGNED.match(line)
        name = found[1].strip() if found is not None and is_target else ""
        target = name.split()[0] if "=" in name else name  # in a justfile, defaults of parameters follow


def _dockerfile(lines: list[str]) -> Iterator[Command]:
    number = 0
    while number < len(lines):
        first, line = number, lines[number].strip()
        number += 1
        while line.endswith("\\") and number < len(lines):
            more = lines[number].strip()
            number += 1
            line = line if more.startswith("#") else f"{line[:-1].rstrip()} {more}"
        found = _INSTRUCTION.match(line)
        heredoc = _HEREDOC.search(line) if found else None
        if heredoc:
            while number < len(lines) and lines[number].strip() != heredoc[1]:
                if lines[number].strip():
                    yield Command("run", lines[number].strip(), number + 1)
                number += 1
        elif found:
            command = _exec_form(_RUN_OPTION.sub("", found[2]).strip())
            if command:
                yield Command(found[1].lower(), command, first + 1)


def _tox(lines: list[str]) -> Iterator[Command]:
    section = key = ""
    held: list[tuple[int, str]] = []  # lines of one key, with their numbers; the last is the end of the file
    for number, line in enumerate([*lines, "[]"], start=1):
        if line[:1] in ("", " ", "\t", "#", ";"):
            if key in _TOX_COMMANDS:
                held.append((number, line))
            continue
        if section.partition(":")[0] == _TOX_ENVIRONMENT:
            yield from _tox_commands(section.partition(":")[2], held)
        held = []
        if found := _SECTION.match(line):
            section, key = found[1].strip(), ""
        elif found := _TOX_KEY.match(line):
            key = found[1]
            held = [(number, found[2])] if key in _TOX_COMMANDS else []
        else:
            key = ""


def _tox_commands(environment: str, held: list[tuple[int, str]]) -> Iterator[Command]:
    """The commands of an environment, without the factors before them (`py311: …`) and the mark of what may fail."""
    for index, text in script_commands([line for _, line in held]):
        command = _TOX_MARKS.sub("", text, count=1).replace("{envpython}", "python").replace("{toxinidir}/", "")
        if command:
            yield Command(environment, command, held[index][0])


def _exec_form(text: str) -> str:
    """`["python", "serve.py"]` as the command line it stands for."""
    if text.startswith("["):
        try:
            words = json.loads(text)
        except ValueError:
            return text
        return " ".join(str(word) for word in words) if isinstance(words, list) else text
    return text


def _walk(node: Node, name: str, seen: set[int]) -> Iterator[Command]:
    if id(node) in seen:  # by an alias; aliases of aliases would multiply
        return
    seen.add(id(node))
    for item in node.items:
        yield from _walk(item, item.get("name").text or name, seen)
    for key, value in node.fields.items():
        if key in _RUN_KEYS and (value.text or value.items):
            yield from _commands_of(value, name, node.get("args"))
        else:
            is_job = key not in _FRAMES and not value.fields.keys().isdisjoint(_JOB_KEYS)
            yield from _walk(value, key if is_job else name, seen)


def _commands_of(value: Node, name: str, arguments: Node) -> Iterator[Command]:
    """A text holds commands line by line. So does a list, unless it is one command in words (as in Compose)."""
    words = value.texts()
    if (
        value.items
        and not any(" " in word for word in words[:1])
        and len(words) > 1
        and looks_like_command(" ".join(words))
    ):
        yield Command(name, " ".join((*words, *arguments.texts())), value.line)
        return
    for scalar in value.scalars():
        for index, command in script_commands(scalar.text.split("\n")):
            yield Command(name, command, scalar.line + index)
