"""Where data enters by low-level means: reads that are neither the platform's nor of something else than data."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.record import Constant
from mldebt.flow.body import Body
from mldebt.flow.calls.words import last_name
from mldebt.flow.files.filenames import holds_no_data
from mldebt.flow.files.paths import Paths, gives_text
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.files.statements import only_writes
from mldebt.flow.idioms import bare
from mldebt.flow.linking import Target
from mldebt.flow.rows.handwork import TABLES
from mldebt.flow.services.for_requests import ForRequests
from mldebt.flow.services.serving import Boundaries
from mldebt.flow.tasks.handovers import is_task
from mldebt.flow.types.loaded import Loaded
from mldebt.flow.types.models import NETWORK_KINDS, Models
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.pipeline.ingestion.shared_ways import Platform
from mldebt.regex import regex
from mldebt.rulebook import Api

ORIGIN_LIMIT = 60
REQUEST_LIMIT = 20
ANSWER_LIMIT = 60
_NOT_HERE = frozenset({"hub", "registry", "stream"})
NAME_LENGTH = 80
_SECRET = regex(r"(?<=://)[^/@\s]*@|(?<=\?)\S+=\S*")
_BUFFERS = frozenset({"io.StringIO", "io.BytesIO", "StringIO.StringIO"})
_NEAREST = regex(r"<=>|<->|<#>")
"""A query for the vectors nearest to one: a search, not a source."""
_LOADS = regex(r"(load|restore|from_(file|disk|path|json|pickle|artifacts?|dir\w*))\Z")
_SAVES = regex(r"(save|dump|write|persist|checkpoint|to_(file|disk|path|json|pickle|artifacts?|dir\w*))\Z")
_OF_SCHEMA = regex(
    r"\b(information_schema|pg_catalog|sqlite_(master|schema)|system\.(columns|tables))\b|^\s*(pragma|show|describe)\s",
    re.IGNORECASE,
)
"""A query for what tables and columns there are."""
_ONE_ROW = frozenset({"fetchone", "fetchval", "fetchrow", "first", "one", "one_or_none", "scalar", "scalar_one"})
_FINDS_ONE = ("find_one", "find_one_and_update", "find_one_and_replace")
_ROWS = frozenset({"fetchall", "fetchmany", "all", "scalars", "mappings"})
_OF_ID = regex(r"(id|pk|uuid|hash|slug)(__in|__exact)?")
"""Keywords that name rows by what each alone has."""
_VIEWS = frozenset({"mappings", "scalars"})
_LIMIT_ONE = regex(r"\blimit\s+1\s*;?\s*\Z", re.IGNORECASE)
_SUMMED = regex(r"\s*select\s+(max|min|count|sum|avg)\s*\(", re.IGNORECASE)
_BY_ROW = regex(r"\bgroup\s+by\b|\bover\s*\(", re.IGNORECASE)
_AS_STATEMENT = frozenset({"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"})
_FETCHES = regex(r"(a?download(_\w+)?|fetch(_(file|object|blob|bytes))|get_(object|blob|file)|readall|read_blob)\Z")
"""Methods by which clients of any store bring an object."""
ELSEWHERE = frozenset({"api", "url"})
"""Media of what is asked of somebody else's service or page."""
_SCORES = frozenset({"_score", "max_score", "@search.score"})
_REQUESTS = ("flask.request.", "flask.wrappers.", "quart.request.", "bottle.request.")
"""What a framework holds of the request that is served."""


class Reads:
    """The reads of raw data in the team's own code. `platform` holds the names of the shared ways to read data."""

    def __init__(self, paths: Paths, models: Models, boundaries: Boundaries, platform: Iterable[str]) -> None:
        self.flow: Flow = paths.flow
        self.paths = paths
        self.models = models
        self.boundaries = boundaries
        self.loaded = Loaded(paths)
        self.for_requests = paths.flow.shared(ForRequests)
        self._written: dict[int, str] = {}
        self.platform = Platform(paths.flow, platform)

    def __iter__(self) -> Iterator[Value]:
        for module in self.flow.program.modules:
            if module.category == "product":
                for body in self.flow.bodies(module.index):
                    yield from filter(self.brings_data, body.calls)

    def of_platform(self) -> Iterator[tuple[str, Value]]:
        """The reads in the repository's own code of the platform, each with the function that it stands in."""
        for module in self.flow.program.modules:
            if module.category == "product":
                for body in self.flow.bodies(module.index):
                    reads = (call for call in body.calls if self.platform.holds(call) and self.paths.is_read(call))
                    yield from ((f"{module.path}:{body.scope.qualname}".rstrip(":"), call) for call in reads)

    def brings_data(self, call: Value) -> bool:
        """Whether a call reads data by low-level means."""
        api = self.flow.api(call)
        if api is None or not self.paths.is_read(call) or not self._is_low_level(api) or self.platform.holds(call):
            return False
        if self._in_network(call) or self.loaded.is_model(call) or self._restores(call) or self._posts(call):
            return False
        if "ranks" in api.roles and self._takes_scores(call):
            return False
        if (api.medium == "table" and self._takes_one_row(call)) or self._is_put_by(call, api):
            return False
        path = self.paths.path(call)
        if path is None:
            return True
        if path.kind == "call" and gives_text(path):
            return False  # a table that was told as text
        texts = (*self._spelled(path), *self._told_to_hub(path))
        told = [text for text in texts if not HOLES.fullmatch(text)]  # a default tells what is meant
        if (
            self._from_handle(call, path)
            or all(holds_no_data(text) for text in told or texts)
            or any(_NEAREST.search(text) or _OF_SCHEMA.search(text) for text in texts)
            or (api.medium == "table" and bool(told) and all(map(only_writes, told)))
        ):
            return False
        return not self._serves(call, path) and not self._from_memory(path) and not self._is_kept(path)

    def _takes_scores(self, call: Value) -> bool:
        """Whether code takes out of a search's answer how well each hit suits the question: these are results."""
        met = self.flow.walk(call, self.flow.forth, limit=ANSWER_LIMIT)
        return any(visit.value.kind == "item" and visit.value.key in _SCORES for visit in met)

    def _told_to_hub(self, path: Value) -> tuple[str, ...]:
        """The name of the file that a hub was asked for, where a path is what it put the file at."""
        path = bare(path)
        api = self.flow.api(path) if path.kind == "call" else None
        if api is None or api.medium != "hub":
            return ()
        plain = [source for keyword, source in path.named_arguments if not keyword]
        named = dict(path.named_arguments).get("filename", plain[1] if len(plain) > 1 else None)
        return self.paths.texts(named) if named is not None else ()

    def _is_kept(self, path: Value) -> bool:
        """Whether a path was handed out by a model registry: what was kept with a model is no data."""
        origins = (visit.value for visit in self.flow.walk(path, self.flow.back, limit=ORIGIN_LIMIT))
        apis = (self.flow.api(value) for value in origins if value.kind == "call")
        return any(api is not None and api.medium == "registry" and "loads" in api.roles for api in apis)

    def _takes_one_row(self, call: Value) -> bool:
        """Whether one record is looked up: of what a statement found, no more is taken; or those that somebody has the
        ids of."""
        if call.calls_method(*_FINDS_ONE):
            return True
        receiver = call.receiver
        if receiver is not None and receiver.data == "objects" and self._asks_for_ids(call):
            return True
        done = _methods(call) or (_methods(receiver, call.at) if receiver is not None else set())
        return (bool(done & _ONE_ROW) and not done & _ROWS) or self._asks_for_one(call)

    def _asks_for_one(self, call: Value) -> bool:
        """Whether a statement says that it wants one row: `… LIMIT 1`, `SELECT MAX(day) FROM …`."""
        path = self.paths.path(call)
        texts = self._spelled(path) if path is not None else ()
        return bool(texts) and all(_LIMIT_ONE.search(text) or _is_summed_up(text) for text in texts)

    def _spelled(self, path: Value) -> tuple[str, ...]:
        """The texts of a path, or of a statement that is written as one: `text("SELECT …")`."""
        written = bare(path)
        if (
            written.kind == "call"
            and written.arguments
            and any(t.name in _AS_STATEMENT for t in self.flow.targets(written))
        ):
            return self.paths.texts(written.arguments[0])
        return self.paths.texts(path)

    def _asks_for_ids(self, call: Value) -> bool:
        """Whether a table's manager is asked for the one row, or for the rows whose ids it is given."""
        given = [source for keyword, source in call.named_arguments if _OF_ID.fullmatch(keyword)]
        return call.calls_method("get", "aget") or any(source.kind != "const" for source in given)

    def _from_memory(self, path: Value) -> bool:
        """Whether what is read was handed in as text or bytes: a request, as a framework gives it to a function, or
        what a worker of the program's own hands back."""
        if not self._is_buffer(path):
            return False
        origins = [visit.value for visit in self.flow.walk(path, self.flow.back, limit=ORIGIN_LIMIT)]
        calls = [value for value in origins if value.kind == "call" and value is not path]
        if any(self.paths.is_read(value) and not self._is_buffer(self.paths.path(value)) for value in calls):
            return False
        if any(_FETCHES.match(last_name(value)) for value in calls):
            return False  # somebody's client brought it
        handed_back = any(value.calls_method("result") and not value.arguments for value in calls)
        return handed_back or any(value.kind == "param" and not self.flow.arguments(value) for value in origins)

    def _is_buffer(self, path: Value | None) -> bool:
        buffer = self.flow.api(path) if path is not None and path.kind == "call" else None
        return buffer is not None and buffer.name in _BUFFERS

    def name(self, call: Value) -> str:
        """What a call reads, as the code names it, without what may be secret in a URL; "" when it does not."""
        path = self.path(call)
        texts = self.paths.texts(path) if path is not None else ()
        plain = [HOLES.sub("…", text) for text in texts if "None" not in text.split("/")]
        told = self._own([text for text in plain if any(c.isalnum() for c in text)], call)
        told = " ".join(_SECRET.sub("…", told).split())
        if len(told) <= NAME_LENGTH:
            return told
        end = told[1 - NAME_LENGTH :]  # the end tells more
        return f"…{end[max(end.find('/'), 0) :]}"

    def _own(self, texts: Sequence[str], call: Value) -> str:
        """The first of several texts that stands beside a read; of those that only callers elsewhere give, none can be
        told from the others."""
        if len({posixpath.basename(text) for text in texts}) < 2:
            return next(iter(texts), "")
        home = call.body.module.index
        if home not in self._written:
            nodes = self.flow.program.modules[home].facts.exprs
            literals = [node.value for node in nodes if isinstance(node, Constant) and isinstance(node.value, str)]
            self._written[home] = "\n".join(literals)
        return next((text for text in texts if _last_word(text) in self._written[home]), "")

    def path(self, call: Value) -> Value | None:
        """The path that a read names."""
        return self.paths.path(call) if call.kind == "call" else None

    def is_fetched(self, call: Value) -> bool:
        """Whether what a call reads comes from somewhere else, by an address: no file and no table of the team's."""
        api = self.flow.api(call) if call.kind == "call" else None
        return api is not None and api.medium == "url"

    def is_of_table(self, call: Value) -> bool:
        """Whether a call reads or fills a table or a collection of a database, by its own client."""
        api = self.flow.api(call) if call.kind == "call" else None
        return api is not None and api.medium == "table" and api.library not in TABLES  # these are written as a whole

    def asks_for_each(self, call: Value, reads: Sequence[Value]) -> bool:
        """Whether a table is asked for each record that another read has brought: a join by hand."""
        api = self.flow.api(call) if call.kind == "call" and call.loops else None
        if api is None or api.medium != "table":
            return False
        others = {read for read in reads if read is not call}
        given = [part for each in call.arguments for part in (each.every("item") if each.kind == "dict" else [each])]
        ways = (self.flow.walk(part, self.flow.back, limit=ORIGIN_LIMIT) for part in given if part.kind != "const")
        return any(visit.value in others for way in ways for visit in way)

    def is_generic(self, call: Value) -> bool:
        """Whether a reader reads whatever path its caller gives, and has none of its own."""
        path = self.paths.path(call)
        while path is not None and path.kind in ("phi", "same", "passed"):
            path = path.inputs[0][1]
        return path is not None and path.kind == "param" and not self.flow.back_default(path, ())

    def is_its_users(self, call: Value) -> bool:
        """Whether a path comes in through a public function that nobody here calls: the data is its users'."""
        path = self.path(call)
        if path is None or not all(text.startswith("{") for text in self.paths.texts(path)):
            return False
        origins = [visit.value for visit in self.flow.walk(path, self.flow.back, limit=ORIGIN_LIMIT)]
        params = [value for value in origins if value.kind == "param" and value.data not in ("self", "cls")]
        if any(is_task(value.body.module, value.body.number) for value in params):
            return False  # an orchestrator fills it
        if any(not self.flow.arguments(value) and not self.flow.back_default(value, ()) for value in params):
            return True
        configured = (value for value in origins if value.kind == "call" and "configures" in self.flow.roles(value))
        return bool(params) and not any(map(_names_something, origins)) and not any(configured)

    def _is_low_level(self, api: Api) -> bool:
        if self.platform.is_named(api) or api.medium in _NOT_HERE or "serves" in api.roles:
            return False
        return not (api.medium in ELSEWHERE and "saves" in api.roles)  # a question to a service is no read

    def _posts(self, call: Value) -> bool:
        """Whether a URL is opened to send something there: `urlopen(Request(url, data=question))` asks a service."""
        if last_name(call) != "urlopen" or not call.arguments:
            return False
        asked = [each.value for each in self.flow.walk(call.arguments[0], self.paths.same_back, limit=REQUEST_LIMIT)]
        sending = [call, *(each for each in asked if each.kind == "call" and last_name(each) == "Request")]
        return any(
            source.kind != "const"
            for each in sending
            for place, (keyword, source) in enumerate(each.named_arguments)
            if keyword == "data" or (keyword == "" and place == 1)
        )

    def _from_handle(self, call: Value, path: Value) -> bool:
        """Whether a call reads from a handle, so that the handle's `open` is the read."""
        given = next((source for _, source in call.inputs[1:2]), None)
        return given is not None and given is not path and self.paths.opened(given) is path

    def _in_network(self, call: Value) -> bool:
        """Whether a read stands in a network's own code: what it is asked about, or its weights."""
        cls = self.flow.program.enclosing_class(call.body.key)
        return cls is not None and self.models.derives(cls, NETWORK_KINDS)

    def _is_put_by(self, call: Value, api: Api) -> bool:
        """Whether code asks a service for what it puts there itself, under the ids that it gave: a store of its own."""
        if api.medium != "api" or "queries" not in api.roles:
            return False
        module = call.body.module
        outer = module.outermost(call.body.number)
        own = (body for body in self.flow.bodies(module.index) if outer and module.outermost(body.number) == outer)
        apis = (self.flow.api(each) for body in own for each in body.calls)
        return any(each is not None and each.library == api.library and "saves" in each.roles for each in apis)

    def _restores(self, call: Value) -> bool:
        """Whether a class takes up again what its own objects write: `Index.load(path)` beside `index.save(path)`."""
        body = call.body
        cls = body.scope.parent
        if not body.module.takes_self(body.number) or not self._is_loading(body):
            return False
        members = body.module.members.get(cls, {}).items()
        writers = [self.flow.body(body.module.index, number) for name, number in members if _SAVES.match(name)]
        helpers = [self.flow.body(*target.key) for each in writers for target in self._own_methods(each, cls)]
        return any(self.paths.is_write(each) for writer in (*writers, *helpers) for each in writer.calls)

    def _is_loading(self, body: Body) -> bool:
        """Whether a method loads, or is a helper of one that does and of no other."""
        if _LOADS.match(body.scope.name) or not body.scope.name.startswith("_"):
            return bool(_LOADS.match(body.scope.name))
        callers = self.flow.callers(body.module.index, body.number)
        return bool(callers) and all(_LOADS.match(each.body.scope.name) for each in callers)

    def _own_methods(self, body: Body, cls: int) -> Iterator[Target]:
        """The methods of its class that a method calls."""
        home = body.module
        targets = (target for call in body.calls for target in self.flow.targets(call))
        own = (each for each in targets if each.kind == "func" and each.module == home.index)
        yield from (each for each in own if home.facts.scopes[each.scope].parent == cls)

    def _serves(self, call: Value, path: Value) -> bool:
        """Whether a read decodes what one request brought, or looks up what it asks for."""
        body = call.body
        if self.for_requests.is_asked_by(call):
            return True
        if self.boundaries.endpoint(body.module.index, body.number):
            return True
        origins = [visit.value for visit in self.flow.walk(path, self.flow.back, limit=ORIGIN_LIMIT)]
        if any(target.name.startswith(_REQUESTS) for each in origins for target in self._called(each)):
            return True
        return any(
            value.kind == "param" and self.boundaries.endpoint(value.body.module.index, value.body.number) != ""
            for value in origins
        )

    def _called(self, value: Value) -> Sequence[Target]:
        return self.flow.targets(value) if value.kind == "call" else ()


def _methods(value: Value, after: int = -1) -> set[str]:
    """What is called on a value, from a place on; on its rows as mappings, what is called on these."""
    calls = [call for label, used in value.uses if label == "object" for role, call in used.uses if role == "function"]
    found: set[str] = set()
    for call in calls:
        further = _methods(call) if call.function.name in _VIEWS else set()
        found |= (further or {call.function.name}) if call.at > after else set()
    return found


def _is_summed_up(statement: str) -> bool:
    """Whether a statement asks for numbers that sum up a whole table: the newest day, how many rows there are."""
    return bool(_SUMMED.match(statement)) and not _BY_ROW.search(statement)


def _last_word(text: str) -> str:
    """The longest literal stretch of a file's name."""
    return max(posixpath.basename(text.rstrip("/")).split("…"), key=len)


def _names_something(value: Value) -> bool:
    return value.kind == "const" and isinstance(value.data, str) and sum(map(str.isalnum, value.data)) > 2
