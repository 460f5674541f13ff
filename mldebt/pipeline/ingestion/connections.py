"""Connections that reads are done through: what opens them, and the servers and credentials written down there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.flow.files.paths import Paths
from mldebt.flow.steps import Visit
from mldebt.flow.value import Value
from mldebt.masking import is_generated, names_credential
from mldebt.pipeline.spelling import Spelling
from mldebt.regex import regex

ORIGIN_LIMIT = 24
PAIR = 2
_PAIRS = frozenset({"auth", "http_auth", "basic_auth"})
"""Under what names a person and a password are told together."""
PARTS = 3
"""What a collection is a part of: a database, a client, an object that holds it."""
HOME = r"(localhost|127\.[\d.]+|0\.0\.0\.0|169\.254\.[\d.]+|172\.17\.0\.\d+|host\.docker\.internal|\[?::1\]?)"
"""What one's own machine is called."""
_AT_HOME = regex(rf"(^|[/@=]){HOME}([:/;]|$)", re.IGNORECASE)
_HOST = frozenset({"host", "hostname", "hosts", "server", "servers", "bootstrap_servers", "contact_points", "endpoint"})
"""Under what names a connection is told where it goes."""
_NUMBERS = regex(r"^(\d{1,3}\.){3}\d{1,3}(:\d+)?$")
_NAME = regex(r"^(?!www\.)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?$", re.IGNORECASE)


class Connections:
    """Finds them, one read at a time."""

    def __init__(self, paths: Paths, spelling: Spelling) -> None:
        self.paths = paths
        self.flow = paths.flow
        self.spelling = spelling

    def openings(self, read: Value) -> Iterator[Value]:
        """The calls that open what a read is done through: `create_engine(…)`, `connect(…)` of what that gave, the
        client that a collection is one of (`client.shop["clicks"]`)."""
        for given in handed(read):
            for call in self._calls(given):
                if not self.paths.is_read(call):
                    yield call
                    yield from (each for part in call.arguments for each in self._calls(part) if _is_told(each))
                    if call.receiver is not None:  # engine.connect(), client["database"]
                        yield from self._calls(call.receiver)

    def _calls(self, value: Value, parts: int = PARTS) -> Iterator[Value]:
        """The calls that give a value, or what it is a part of."""
        for visit in self.flow.walk(value, self.paths.same_back, limit=ORIGIN_LIMIT):
            if visit.value.kind == "call":
                yield visit.value
            elif visit.value.kind in ("attr", "item") and parts and not self.paths.same_back(visit.value, visit.stack):
                yield from self._calls(visit.value.source, parts - 1)

    def written(self, opening: Value) -> Iterator[tuple[str, str, Visit]]:
        """The servers and the credentials that a connection is opened with, elsewhere than on one's own machine:
        `connect(host="db.acme.org", password="…")`; with the kind of each."""
        if any(map(self._is_at_home, opening.arguments)):
            return
        yield from self._keys(opening)
        yield from self._hosts(opening)

    def handed_over(self, read: Value) -> Iterator[tuple[str, str, Visit]]:
        """The credentials that a read itself is given: `get(address, auth=("ana", word))`."""
        if read.kind == "call" and not any(map(self._is_at_home, read.arguments)):
            yield from self._keys(read)

    def _keys(self, opening: Value) -> Iterator[tuple[str, str, Visit]]:
        for keyword, told in opening.named_arguments:
            pair = told.every("item") if keyword in _PAIRS and told.kind == "collection" else []
            given = pair[1] if len(pair) == PAIR else told
            if names_credential(keyword) or pair:
                for text, visit in self.spelling.ends(given, ()):
                    if is_generated(text):
                        yield "credential", f"{keyword}={text}", visit

    def _hosts(self, opening: Value) -> Iterator[tuple[str, str, Visit]]:
        """A number is somebody's server; a name may be an example's, and is one where an example's password stands
        beside it."""
        told = [given for keyword, given in opening.named_arguments if keyword in _HOST]
        first = [given for given in opening.arguments[:1] if given not in told]
        is_example = self._has_example(opening)
        for given, is_told in (*((each, True) for each in told), *((each, False) for each in first)):
            for place, is_named in self._places(given):
                for text, visit in self.spelling.ends(place, ()):
                    named = (is_told or is_named) and not is_example and _NAME.match(text)
                    if _NUMBERS.match(text) or named:
                        yield "host", text, visit

    def _places(self, given: Value) -> Iterator[tuple[Value, bool]]:
        """A server that is told by itself, or each of some in a list, be it with its port: `[{"host": "10.0.7.6"}]`;
        with whether it is called one."""
        origins = [visit.value for visit in self.flow.walk(given, self.paths.same_back, limit=ORIGIN_LIMIT)]
        listed = [item for each in origins if each.kind == "collection" for item in each.every("item")]
        if not listed:
            yield given, False
        for item in listed:
            if item.kind != "dict":
                yield item, False
            else:
                pairs = zip(item.keys, item.every("item"), strict=True)
                yield from ((value, True) for key, value in pairs if key in _HOST)

    def _has_example(self, opening: Value) -> bool:
        """Whether what stands for a password is a word that a person would read."""
        keys = [given for keyword, given in opening.named_arguments if names_credential(keyword)]
        words = (text for given in keys for text, _ in self.spelling.ends(given, ()))
        return any("{" not in text and "$" not in text and not is_generated(text) for text in words)

    def _is_at_home(self, given: Value) -> bool:
        """Whether something that a connection is opened with says that this is on one's own machine."""
        return any(_AT_HOME.search(text) for text in self.spelling.texts(given, ()))


def _is_told(call: Value) -> bool:
    """Whether a call is handed a credential by its name: `URL.create("postgresql", password=…)`."""
    return any(map(names_credential, call.keywords))


def handed(read: Value) -> list[Value]:
    """What a read is done through and what it is told."""
    return [*read.arguments, *([read.receiver] if read.receiver is not None else [])]
