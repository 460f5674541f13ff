"""Requirement strings and requirement files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.documents.record import Dependency
from mldebt.regex import regex

_REQUIREMENT = regex(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]*)\])?\s*"
    r"(?:@\s*(?P<url>\S+)|\(?(?P<specifier>(?:[~=!<>]=?=?[^;#()]*)?)\)?)\s*(?:;.*)?\Z"
)
_ADDRESS = regex(r"(?:(?:git|hg|svn|bzr)\+)?(?:https?|ssh|git|file)(?:\+\w+)?://\S+|git\+\S+@\S+:\S+")
_EGG = regex(r"[#&]egg=([\w.-]+)")
_REVISION = regex(r"@([^@/#?]+)(?:[#?]|\Z)")
_COMMIT = regex(r"[0-9a-f]{7,40}\Z")
_PIN = regex(r"(?:={2,3}\s*[\w.!+-]+|=[\w.!+]+=\w+)\Z")
"""pip's pin, or a line of what conda lists of an environment: version and build."""
_OPTION = regex(r"\s(?:--hash|--config-settings|--global-option|--install-option)\b.*")


def parse_requirements(text: str) -> tuple[Dependency, ...]:
    """The packages of a requirements file; its options and the files it includes are left out."""
    return tuple(_requirements(text))


def parse_requirement(text: str, group: str, line: int) -> Dependency | None:
    """One requirement as pip understands it."""
    text = _OPTION.sub("", text).strip().rstrip("\\").strip()
    if _ADDRESS.match(text):
        egg = _EGG.search(text)
        return from_address(egg[1] if egg else _repository_name(text), text.split(" ;")[0].strip(), group, line)
    found = _REQUIREMENT.match(text)
    if not found:
        return None
    if found["url"]:
        return from_address(found["name"], found["url"], group, line)
    specifier = "".join((found["specifier"] or "").split())
    return Dependency(found["name"], specifier, "", bool(_PIN.match(specifier)), group, line)


def from_address(name: str, url: str, group: str, line: int) -> Dependency:
    """A package that is taken from an address: pinned when it names a commit, or a file with its version."""
    revision = _REVISION.search(url.split("://", 1)[-1])
    if url.startswith("git+") or url.partition("#")[0].endswith(".git"):
        pinned = revision is not None and _COMMIT.match(revision[1]) is not None
    else:
        pinned = re.search(r"-\d[\w.]*[-.\w]*\.(?:whl|tar\.gz|zip)", url) is not None
    return Dependency(name, "", url, pinned, group, line)


def _requirements(text: str) -> Iterator[Dependency]:
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        first, line = number + 1, _without_comment(lines[number])
        number += 1
        while line.endswith("\\") and number < len(lines):
            line = f"{line[:-1]} {_without_comment(lines[number])}"
            number += 1
        line = re.sub(r"^(?:-e|--editable)[= ]\s*", "", line.strip())
        if line and not line.startswith(("-", ".", "/")):
            found = parse_requirement(line, "", first)
            if found:
                yield found


def _without_comment(line: str) -> str:
    return re.sub(r"(?:^|\s)#.*", "", line).rstrip() if "#" in line else line.rstrip()


def _repository_name(url: str) -> str:
    path = re.split(r"[#?]", url)[0].rstrip("/")
    path = re.sub(r"@[^@/]*\Z", "", path)
    return path.rpartition("/")[2].removesuffix(".git").removesuffix(".zip")
