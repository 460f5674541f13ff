"""Packages that somebody else publishes and that lie in a repository as they are: their own records say who made them,
and where."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from mldebt.facts.record import Attribute, Call, Constant, FileFacts, Name
from mldebt.ownership import Ownership
from mldebt.pipeline.programs.vendored import own_names
from mldebt.regex import regex
from mldebt.sources import Category, CategoryGlobs, Document, SourceFile
from mldebt.sources.globs import matches

AS_IT_CAME = 0.6
"""The share of a package's lines, each file's by the commit that wrote most of it, from which it is as it came."""
_FORGE = regex(r"(?:github|gitlab|bitbucket)\.\w+/([\w.-]+/[\w.-]+)")
_ADDRESS = regex(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NO_OWNER = regex(r"(?:your|my|example|user|org|owner)\b.*|.*\b(?:your|example)\b.*", re.IGNORECASE)
_NOBODY = regex(
    r"\b(?:your|example|team|inc|ltd|gmbh|labs?|group|project|developers?|contributors|authors|company|university"
    r"|support|info|contact|admin|dev|hello|founders|no-?reply)\b",
    re.IGNORECASE,
)
_OF_ANYBODY = regex(
    r"(?:.*\.)?(?:g(?:oogle)?mail|hotmail|outlook|live|yahoo|icloud|me|mail|gmx|web|proton(?:mail)?|pm|qq|1\d\d"
    r"|foxmail|naver|noreply\.github|seznam)\.[\w.]+"
)
_CFG = regex(r"^(?P<key>[\w-]+)\s*=\s*(?P<value>.*)$", re.MULTILINE)
_SETS_UP = frozenset({"setup", "dict"})
_PAGES = frozenset({"url", "home-page", "home_page", "homepage", "repository", "project_urls"})
_PEOPLE = frozenset({"author", "author_email", "author-email", "maintainer", "maintainer_email", "maintainer-email"})


class _Record(msgspec.Struct, frozen=True):
    """What a package's own record says: where it lies, how it is called, its pages, and the names and addresses of who
    made it."""

    folder: str
    name: str
    pages: tuple[str, ...]
    people: tuple[str, ...]


def without_foreign_packages(
    files: Sequence[SourceFile],
    facts: Mapping[str, FileFacts],
    documents: Sequence[Document],
    ownership: Ownership,
    globs: CategoryGlobs,
) -> tuple[SourceFile, ...]:
    """The files, those as vendored that belong to a package which is published from another repository by people who
    never took part in this one, and which is nearly as it came."""
    if not ownership.contributors:
        return tuple(files)
    records = [*_in_documents(documents), *_in_code(files, facts)]
    homes = _own_homes(records, documents)
    strange = {
        each.folder for each in records if each.folder and _home(each) not in homes and _by_strangers(each, ownership)
    }
    theirs = {folder for folder in strange if _is_as_it_came(folder, files, ownership)}
    return tuple(
        replace(file, category=Category.VENDORED)
        if file.category in (Category.PRODUCT, Category.TEST)
        and any(file.path.startswith(f"{folder}/") for folder in theirs)
        and not matches(file.path, globs.product)
        else file
        for file in files
    )


def _in_documents(documents: Iterable[Document]) -> Iterator[_Record]:
    for document in documents:
        folder, name = posixpath.split(document.path)
        if name == "pyproject.toml":
            try:
                table = tomllib.loads(document.text)
            except tomllib.TOMLDecodeError:
                continue
            yield _of_pyproject(folder, table)
        elif name == "setup.cfg":
            said = {found["key"]: found["value"].strip() for found in _CFG.finditer(document.text)}
            yield _of_metadata(folder, said)


def _in_code(files: Iterable[SourceFile], facts: Mapping[str, FileFacts]) -> Iterator[_Record]:
    for file in files:
        folder, name = posixpath.split(file.path)
        if name == "setup.py" and file.path in facts:
            yield _of_metadata(folder, dict(_setup(facts[file.path])))


def _setup(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """The texts that a `setup.py` hands to `setup`, by keyword, at once or in a `dict` that it spreads there."""
    for node in facts.exprs:
        called = facts.exprs[node.function] if isinstance(node, Call) else None
        name = called.id if isinstance(called, Name) else called.name if isinstance(called, Attribute) else ""
        for argument in node.arguments if isinstance(node, Call) and name in _SETS_UP else ():
            value = facts.exprs[argument.value]
            if argument.keyword and isinstance(value, Constant) and isinstance(value.value, str):
                yield argument.keyword, value.value


def _of_metadata(folder: str, said: Mapping[str, str]) -> _Record:
    return _Record(
        folder=folder,
        name=said.get("name", ""),
        pages=tuple(value for key, value in said.items() if key in _PAGES),
        people=tuple(value for key, value in said.items() if key in _PEOPLE),
    )


def _of_pyproject(folder: str, table: Mapping[str, object]) -> _Record:
    project = _table(table, "project")
    poetry = _table(_table(table, "tool"), "poetry")
    pages = [*_table(project, "urls").values(), *(poetry.get(key) for key in _PAGES)]
    people = (each for said in (project, poetry) for key in ("authors", "maintainers") for each in _texts(said, key))
    return _Record(
        folder=folder,
        name=str(project.get("name") or poetry.get("name") or ""),
        pages=tuple(page for page in pages if isinstance(page, str)),
        people=tuple(people),
    )


def _table(table: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}


def _texts(table: Mapping[str, object], key: str) -> Iterator[str]:
    """The texts in a list of texts or of tables."""
    found = table.get(key)
    for each in found if isinstance(found, list) else ():
        yield from (text for text in (each.values() if isinstance(each, dict) else (each,)) if isinstance(text, str))


def _own_homes(records: Sequence[_Record], documents: Sequence[Document]) -> frozenset[str]:
    """What is no other repository: none, the one that the front page speaks of most, the one that the record at the top
    names, and one that several packages are from."""
    names = {_repository(name) for name in own_names(documents)}
    from_there: dict[str, set[str]] = defaultdict(set)
    for each in records:
        from_there[_home(each)].add(each.name)
    several = {home for home, packages in from_there.items() if len(packages) > 1}
    return frozenset({"", *names, *(_home(each) for each in records if not each.folder), *several})


def _home(record: _Record) -> str:
    """The name of the repository that a package is published from, "" when it does not say."""
    found = (named[1] for page in record.pages if (named := _FORGE.search(page)) is not None)
    return next((_repository(name) for name in found if not _NO_OWNER.match(name)), "")


def _repository(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".git").lower()


def _by_strangers(record: _Record, ownership: Ownership) -> bool:
    """Whether somebody made a package, and none of those ever took part here, nor anybody from where they work."""
    known = {word.casefold() for each in ownership.contributors for word in (each.name, each.email, *each.others)}
    offices = {_office(word) for word in known} - {""}
    words = {word.casefold() for said in record.people for word in _words(said)}
    people = {word for word in words if not _NOBODY.search(word)}
    return bool(people) and known.isdisjoint(words) and offices.isdisjoint(map(_office, words))


def _words(said: str) -> Iterator[str]:
    """The names and addresses in `Ann Archer <ann@corp.org>, Bo Baker`."""
    yield from _ADDRESS.findall(said)
    for name in re.split(r"[,;&]|\band\b", re.sub(r"<[^>]*>", "", _ADDRESS.sub("", said))):
        if " " in name.strip():
            yield name.strip()


def _office(word: str) -> str:
    """What is behind the `@`, where not anybody can have an address."""
    place = word.partition("@")[2]
    return "" if _OF_ANYBODY.fullmatch(place) else place


def _is_as_it_came(folder: str, files: Iterable[SourceFile], ownership: Ownership) -> bool:
    inside = [file.path for file in files if file.path.startswith(f"{folder}/")]
    found = [(ownership.made_at_once([(path, 1, 0)]), _lines(path, ownership)) for path in inside]
    return sum(share * lines for share, lines in found) >= AS_IT_CAME * max(1, sum(lines for _, lines in found))


def _lines(path: str, ownership: Ownership) -> int:
    return ownership.bus_factor([(path, 1, 0)]).lines
