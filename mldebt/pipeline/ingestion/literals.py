"""Sources that the code itself writes down: which literals decide what raw reads read, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from mldebt.facts.record import Attribute, Constant
from mldebt.flow.calls.words import last_name
from mldebt.flow.conditions.givens import Givens
from mldebt.flow.files.content import End
from mldebt.flow.files.filenames import holds_no_data
from mldebt.flow.files.pathtexts import HOLES
from mldebt.flow.importing import Importing
from mldebt.flow.steps import Stack, Visit
from mldebt.flow.value import Value
from mldebt.masking import holds_credential
from mldebt.pipeline.ingestion.connections import HOME, Connections, handed
from mldebt.pipeline.ingestion.declared import Declared
from mldebt.pipeline.ingestion.ingestion import Ingestions
from mldebt.pipeline.ingestion.samesource import SameSource
from mldebt.pipeline.spelling import Spelling
from mldebt.regex import regex

HEAD_DEPTH = 8
_CONNECTING = frozenset({"credential", "database"})
_BESIDE = frozenset({"place", "constant"})
_DONE = frozenset({"function", "script"})
ORIGIN_LIMIT = 24
SENT_LIMIT = 120
_SEARCHED = frozenset({"features", "prediction"})
_NAMED = frozenset({"hub", "registry", "stream"})
_REMOTE = regex(r"^(https?|ftps?|sftp|s3a?|s3n|gs|gcs|abfss?|wasbs?|adl|az|hdfs|dbfs|oss|cos|webhdfs)://?", re.I)
_NO_DATABASE = regex(r"^(https?|ftps?|s3a?|gs|file|sqlite|hf|tcp|udp|ws|wss|amqp|redis|grpc|unix|models|runs)\b", re.I)
_LOCAL_HOST = regex(rf"^[a-z+0-9]+://([^/@]*@)?{HOME}", re.IGNORECASE)
_PERSON = regex(
    r"""^(?:file://)?
      (?:/home/ | /Users/ | /root/ | /mnt/[a-z]/Users/ | [A-Za-z]:[\\/]+(?:Users|Documents\ and\ Settings)[\\/]+
      | /content/drive/My\ ?Drive/)(?P<who>[^/\\]*)""",
    re.VERBOSE | re.IGNORECASE,
)
_NOBODY = regex(
    r"""(?ix)^( user(name)?s? | ubuntu | ec2-user | jovyan | runner | vscode | azureuser | sagemaker-user | jupyter
      | work | app | public | shared | data | airflow | spark | hadoop | admin | your[_-]?\w* | me | name | \W*
      | dataproc | cdsw | codespace | gitpod | coder | domino | glue_user | rstudio | deploy(er)? | docker | nonroot
      | (app|mamba|conda|studio-lab-)user )$"""
)
_PLACEHOLDER = regex(r"(?i)^(user(name)?s?|your[_-]?\w*|me|name|public|shared|\W*)$")
"""Nobody where no container runs: on a Mac, or under Windows."""
_ROOTED = regex(r"^(/[\w.-]+/|[A-Za-z]:[\\/]|\\\\\w+\\)")
_TO_FILL_IN = regex(
    r"(?i)^([A-Z]:|~)?([\\/]+\w+)?[\\/]+(path[\\/_-]to|your[\\/_-]?(own[\\/_-]?)?(path|folder|dir|data))([\\/_-]|$)"
)
"""What stands in an example where a reader's own path belongs."""
_CONTRACT = regex(
    r"^/(opt/ml|kaggle|content(?!/drive)|dev(?!/shm/)|proc|sys|etc|usr|bin|lib|var|tmp|run|app|code|code_execution|src|input|output)"
    r"(/|$)"
)
"""Places that a platform or the system itself promises, not somebody's disk."""
_IN_MEMORY = "/dev/shm/"  # noqa: S108  # a folder that is named, not used
_MOVING = regex(
    r"^https?://(raw\.githubusercontent\.com/[^/]+/[^/]+/(?P<raw>[^/]+)|github\.com/[^/]+/[^/]+/(raw|blob)/(?P<blob>[^/]+))/",
    re.IGNORECASE,
)
_COMMIT = regex(r"^([0-9a-f]{7,40}|v?\d+(\.\d+)+\S*)$")
_SERVICE = regex(r"://api[.-]|[./]api/|/(v|ws/)\d+(\.\d+)?/|graphql", re.IGNORECASE)
_OF_MODELS = regex(
    r"^https?://(tfhub\.dev/|storage\.googleapis\.com/tfhub-modules/"
    r"|huggingface\.co/(?!(api/)?(datasets|spaces)/)(?!\S*\.(zip|txt|csv|tsv|parquet)([?#]|$))"
    r"|download\.pytorch\.org/models/|(www\.)?kaggle\.com/models/)",
    re.IGNORECASE,
)
"""Where models are handed out; a table or an archive that lies beside one is data."""
_LOGIN = regex(r"[/.](login|log-in|signin|sign-in|oauth2?|cas|sso)([/?.]|$)", re.IGNORECASE)
"""Where somebody is let in, and no data is."""
_PREDICTING = regex(r"[/:](predict(ions?)?|infer(ence)?|invocations)/?([?#]|$)", re.IGNORECASE)
"""Where a model answers that was deployed."""
_MOVES = "os.chdir"
_SETS_MODE = "os.chmod"
_RUN_BITS = 0o111
_RUN_NAMES = regex(r"^stat\.S_I(RWX|EXEC|X)")
_BROWSER = "selenium."
_TAKES = regex(r"find_element|page_source$|get_attribute$|execute_(async_)?script$|screenshot|text$|get_cookies$")
"""What code asks a page in a browser for."""
LOOKED_LIMIT = 120
_TELLING = ("print", "len", "type", "str", "list", "set", "max", "min", "sorted", "map", "sum", "display", "enumerate")
_LOOKING = ("head", "tail", "describe", "info", "unique", "nunique", "value_counts", "isnull", "isna", "lower", "keys")
_WRITTEN = frozenset({"const", "template", "operation", "call"})
_FILE = regex(
    r"\.(csv|tsv|txt|jsonl?|ndjson|parquet|feather|xlsx?|pkl|pickle|npy|npz|h5|hdf5?|dat|data|db|sqlite3?|zip|gz|tgz|tar|bz2"
    r"|tfrecords?|avro|orc|arff|libsvm|mat|nc|xml|wav|mp3|jpe?g)([?#].*)?$",
    re.IGNORECASE,
)
_SETTINGS = regex(r"\.(ya?ml|toml|ini|cfg|conf|env|json)$", re.IGNORECASE)
"""What settings are kept in: not data, and yet a path to one person's file is no place for them."""
_STATED = regex(r"\s*[^\s:]+\s.*?(?P<address>[a-z][a-z0-9+]*://[^\s'\"]*)", re.IGNORECASE | re.DOTALL)
"""`SELECT … FROM read_parquet('s3://…')`, `wget https://…`."""
_CONSTANT = regex(r"^_?[A-Z][A-Z0-9_]*$")
WORST = ("credential", "personal")
_AT_THE_TOP = ("script", "constant")
_SETTINGS_FILE = regex(r"(^|[/_])(config(uration)?|conf|settings|constants?|consts|paths|defaults)\.py$", re.IGNORECASE)
_SETTINGS_CLASS = regex(r"(Settings|Config\w*|Configuration|Args|Arguments|Options|Params|Parameters)$")


class Literal(msgspec.Struct, frozen=True, kw_only=True):
    """A source written down. `kind`: credential, personal, remote, moving (a branch of somebody's repository), service
    (an endpoint), database, host (a server), rooted, home or relative; `where`: function, cell, script, constant (at
    the top of its loader) or default (of a parameter that a caller may fill)."""

    value: Value
    text: str
    kind: str
    where: str
    read: Value
    ends: tuple[End, ...]


class Literals:
    """Finds them for every read whose content is used, the platform's own included."""

    def __init__(self, ingesting: Ingestions, givens: Givens, declared: Declared) -> None:
        self.ingesting = ingesting
        self.givens = givens
        self.declared = declared
        self.sources = SameSource(ingesting)
        self.flow = ingesting.flow
        self.paths = ingesting.reads.paths
        self.spelling = Spelling(self.paths)
        self.importing = self.flow.shared(Importing)
        self.connections = Connections(self.paths, self.spelling)

    def find(self) -> list[Literal]:
        """Each literal once, by place."""
        found: dict[Value, Literal] = {}
        for read in (*self.ingesting.raw, *self._other_reads(), *self._on_ones_disk(), *self._moves()):
            for literal in self._of(read):
                known = found.get(literal.value)
                if (known is None or (literal.ends and not known.ends)) and self._is_used(literal):
                    found[literal.value] = literal
        return sorted(found.values(), key=lambda each: (each.value.body.module.index, each.value.at))

    def _other_reads(self) -> Iterator[Value]:
        """Reads that a platform does for the code, of something that is no name in a hub or a registry; in a script
        that loads data, questions that are posted to a service; and what a request has looked up in a database whose
        server is written down."""
        declaring = self.declared.calls
        for module in self.flow.program.modules:
            if module.category == "product":
                loads = module.index in self._loaders and self.importing.runs(module)
                bodies = (self.flow.body(module.index, number) for number in range(len(module.facts.scopes)))
                for call in (call for body in bodies for call in body.calls):
                    api = self.flow.api(call)
                    if api is None or "reads" not in api.roles or call in declaring:
                        continue
                    if api.medium == "table" and not api.platform:
                        is_other = call not in self._raw and self._is_opened(call)
                    else:
                        is_other = (api.platform and api.medium not in _NAMED) or (loads and api.medium == "api")
                    if is_other:
                        yield call

    def _is_opened(self, read: Value) -> bool:
        """Whether the code writes down which server a read is done on."""
        return any(True for opening in self.connections.openings(read) for _ in self.connections.written(opening))

    def _on_ones_disk(self) -> Iterator[Value]:
        """Reads of settings, in modules that load data, where a path on one person's disk is written down: whoever
        else runs the code needs the file."""
        for number in sorted(self._loaders):
            module = self.flow.program.modules[number]
            if any(map(_is_ones_own, module.facts.exprs)):
                calls = (call for body in self.flow.bodies(number) for call in body.calls)
                yield from (call for call in calls if call not in self._raw and self._may_read(call))

    def _moves(self) -> Iterator[Value]:
        """Where a module that loads data goes to a folder first, in which the names of its files count."""
        for number in sorted(self._loaders):
            calls = (call for body in self.flow.bodies(number) for call in body.calls)
            yield from (call for call in calls if call.calls_external(_MOVES) and call.arguments)

    def _may_read(self, call: Value) -> bool:
        """Whether a call reads a file, or settings out of one."""
        return self.paths.is_read(call) or "configures" in self.flow.roles(call)

    def _is_used(self, literal: Literal) -> bool:
        """Whether what is read feeds a model; or the literal stands in a module that loads such data, where what it
        names is loaded, too. Endpoints are written down wherever something is asked of them: search indexes them."""
        home, asked = literal.value.body.module, literal.kind == "service"
        kinds = {end.use.kind for end in literal.ends} - (_SEARCHED if asked else set())
        if kinds - {"written"} or (kinds and self.importing.runs(literal.read.body.module)):
            return True
        if literal.kind == "relative":
            return False
        if literal.kind not in WORST and not literal.ends and self._is_only_looked_at(literal.read):
            return False
        return (home.index in self._loaders and (self.importing.runs(home) or not asked)) or self._is_sent(literal)

    def _is_only_looked_at(self, read: Value) -> bool:
        """Whether it is in sight that what is read is counted, measured and shown, and goes nowhere."""
        visits = list(self.flow.walk(read, self.flow.forth, limit=LOOKED_LIMIT))
        if not read.uses or len(visits) >= LOOKED_LIMIT:
            return False
        users = ((label, user) for visit in visits for label, user in visit.value.uses)
        return all(_only_looks(label, user) for label, user in users)

    def _is_sent(self, literal: Literal) -> bool:
        """Whether what is read is sent to a stream: others take it up from there at once, and nothing here has to keep
        it for them."""
        return any(
            (api := self.flow.api(call)) is not None and api.medium == "stream" and "saves" in api.roles
            for visit in self.flow.walk(literal.read, self.flow.forth, limit=SENT_LIMIT)
            for label, call in visit.value.uses
            if label == "arg" and call.kind == "call"
        )

    @cached_property
    def _loaders(self) -> frozenset[int]:
        return frozenset(
            read.body.module.index
            for read, ends in self.ingesting.ends.items()
            if self.importing.runs(read.body.module) or any(end.use.kind != "written" for end in ends)
        )

    def _ends(self, read: Value) -> tuple[End, ...]:
        """What uses the content of a read; a platform's reads are followed when somebody asks."""
        known = self.ingesting.ends.get(read)
        if known is not None or read in self._raw:
            return known or ()
        return self.ingesting.contents.reach(read).ends

    @cached_property
    def _raw(self) -> frozenset[Value]:
        return frozenset(self.ingesting.raw)

    # ------------------------------------------------------------------ one read

    def _of(self, read: Value) -> Iterator[Literal]:
        if self.ingesting.reads.loaded.is_kept_for_model(read) or self._is_program(read):
            return  # the address of weights, or of something to run
        if self._is_only_opened(read):
            return
        path = read.arguments[0] if read.calls_external(_MOVES) else self.paths.path(read)
        found = list(self._ends_of(path)) if path is not None else []
        openings = list(self.connections.openings(read))
        connecting = (*handed(read), *(given for call in openings for given in call.arguments))
        found += [end for given in connecting for end in self._ends_of(given) if end[0] in _CONNECTING]
        found += [each for call in openings for each in self.connections.written(call)]
        found += self.connections.handed_over(read)
        for kind, text, visit in found:
            unsaid = kind != "credential" and not (kind == "personal" and _SETTINGS.search(text))
            if unsaid and (holds_no_data(HOLES.sub("x", text)) or _OF_MODELS.match(text) or _asks_model(read, text)):
                continue
            head, way = self._head(visit)
            if head is None or head.body.module.category != "product":
                continue
            if kind not in WORST and any(user in self.declared.calls for _, user in head.uses):
                continue  # that is where it is declared
            where = self._where(head, read, way, opened=kind == "host")
            if where in _AT_THE_TOP and kind not in WORST and _SETTINGS_FILE.search(head.body.module.path):
                continue
            own = kind == "relative" or text.startswith(_IN_MEMORY)
            if (
                where
                and not (own and self.sources.is_written(text))
                and not (kind == "relative" and where not in _DONE)
            ):
                yield Literal(value=head, text=text, kind=kind, where=where, read=read, ends=self._ends(read))

    def _is_program(self, read: Value) -> bool:
        """Whether what a call fetches into a file is made one that can be run: `os.chmod(path, 0o755)`."""
        setting = (call for call in read.body.calls if call.calls_external(_SETS_MODE) or call.calls_method("chmod"))
        made = [call for call in setting if any(map(_lets_run, call.arguments[-1:]))]
        if not made:
            return False
        kept = {each for given in read.arguments for each in self._named(given)}
        files = (call.arguments[0] if call.calls_external(_SETS_MODE) else call.receiver for call in made)
        return any(not kept.isdisjoint(self._named(file)) for file in files if file is not None)

    def _is_only_opened(self, read: Value) -> bool:
        """Whether a page is opened in a browser for somebody to see: the code takes nothing out of one."""
        api = self.flow.api(read) if read.kind == "call" else None
        if api is None or not api.name.startswith(_BROWSER):
            return False
        return not any(_TAKES.match(each.name) for each in read.body.module.of_kind(Attribute))

    def _named(self, path: Value) -> Iterator[Value]:
        """What a path is put together by, or written down as."""
        visits = self.flow.walk(path, self.paths.same_back, limit=ORIGIN_LIMIT)
        return (visit.value for visit in visits if visit.value.kind in _WRITTEN)

    def _ends_of(self, value: Value) -> Iterator[tuple[str, str, Visit]]:
        """What a value may be, as far as it points to a source: its kind, its text and the way to it."""
        for start, stack in self._starts(value):
            for spelled, visit in self.spelling.ends(start, stack):
                text, stated = _stated(spelled), True
                if text.startswith("{") and self._is_beside_code(text, visit):
                    text, stated = text.partition("}/")[2], False
                kind = kind_of(text)
                if kind == "rooted" and self.declared.is_mounted(text):
                    kind = kind_of(text.lstrip("/"))  # what lies in the repository, as a container sees it
                if kind:
                    yield kind, text, self._written_in(visit, text) if stated and text is not spelled else visit

    def _is_beside_code(self, text: str, visit: Visit) -> bool:
        """Whether a path is told from where the code itself lies: `PROJECT_DIR / "data/clicks.csv"`."""
        if not kind_of(text.partition("}/")[2]):
            return False
        for _ in range(HEAD_DEPTH):
            first = _first(visit.value)
            if first is None:
                return False
            if self._is_place(first):
                return True
            visit = self._origin(first, visit.stack)
        return False

    def _is_place(self, value: Value) -> bool:
        """Whether a value says where the code lies, and nothing else."""
        kinds = self.givens.kinds(value)
        return "place" in kinds and kinds <= _BESIDE

    def _written_in(self, statement: Visit, address: str) -> Visit:
        """The part of a statement that an address is written in."""
        scheme = address.partition("://")[0] + "://"
        for visit in self.flow.walk(statement.value, self.flow.back, stack=statement.stack, limit=ORIGIN_LIMIT):
            node = visit.value
            texts = node.texts if node.kind == "template" else (node.data,) if node.kind == "const" else ()
            if any(isinstance(text, str) and scheme in text for text in texts):
                return visit
        return statement

    def _starts(self, value: Value) -> Iterator[tuple[Value, Stack]]:
        """A value, and, where it is one of several, each of those."""
        yield value, ()
        for visit in self.flow.walk(value, self.paths.same_back, limit=ORIGIN_LIMIT):
            if visit.value.kind == "element":
                yield from (
                    (member.value, member.stack) for member in self.flow.members(visit.value.source, visit.stack)
                )

    def _head(self, visit: Visit) -> tuple[Value | None, list[Visit]]:
        """The literal that a text starts with, and the way to it."""
        way = visit.path()
        for _ in range(HEAD_DEPTH):
            value = visit.value
            if value.kind == "const":
                return (value if isinstance(value.data, str) else None), way
            if value.kind == "template" and value.texts and not (value.texts[0] or "://").endswith("://"):
                return value, way
            first = _first(value)
            if first is not None and self._is_place(first):
                return _second(value), way
            if first is None:
                return None, way
            visit = self._origin(first, visit.stack)
            way += visit.path()
        return None, way

    def _origin(self, value: Value, stack: Stack) -> Visit:
        """Where a value that is handed on comes from."""
        last = Visit(value, stack)
        for visit in self.flow.walk(value, self.paths.same_back, stack=stack, limit=ORIGIN_LIMIT):
            last = visit
            if visit.value.kind in ("const", "template", "operation"):
                break
        return last

    # ------------------------------------------------------------------ places

    def _where(self, value: Value, read: Value, way: list[Visit], *, opened: bool) -> str:
        """In what kind of place a literal stands; "" where it may. What a connection is opened with at once is no
        constant of a loader."""
        body = value.body
        for visit in way:
            if visit.label == "default" and visit.parent is not None:
                return "" if self.givens.is_command(visit.parent.value) else "default"
        if isinstance(value.data, str) and "{" in value.data.partition("://")[2].partition("/")[0]:
            return "default"  # a pattern whose host the parameters fill
        if body.scope.kind == "class":
            return "" if _SETTINGS_CLASS.search(body.scope.name) else self._constant(value, read)
        if body.number:
            return "function"
        if body.module.is_notebook:
            return "cell"
        named = any(_CONSTANT.match(name) for name in body.names_of(value))
        runs = opened or body.module.is_script or read.body is body or any(map(self._is_own, body.calls))
        return "script" if runs and not named else self._constant(value, read)

    def _is_own(self, call: Value) -> bool:
        """Whether a module calls a function of its own: it runs, and is not only imported."""
        return any(
            target.kind == "func" and target.module == call.body.module.index for target in self.flow.targets(call)
        )

    def _constant(self, value: Value, read: Value) -> str:
        """A constant at the top of a module that reads; one that only others read by is a configuration."""
        home = value.body.module
        return "constant" if home is read.body.module or home.index in self._reading else ""

    @cached_property
    def _reading(self) -> frozenset[int]:
        return frozenset(read.body.module.index for read in self.ingesting.raw)


def _only_looks(label: str, user: Value) -> bool:
    """Whether a use of data takes a part of it, or tells something of it, and keeps nothing."""
    if user.kind in ("return", "store", "mutate", "yield"):
        return False
    if user.kind != "call" or label == "call":
        return True
    return user.calls_external(*_TELLING) or (label == "function" and user.calls_method(*_LOOKING))


def _lets_run(mode: Value) -> bool:
    """Whether the mode of a file says that it can be run: `0o755`, `stat.S_IRWXU`, `mode | stat.S_IEXEC`."""
    if mode.kind == "operation":
        return any(map(_lets_run, mode.every("operand")))
    if mode.kind == "const":
        return isinstance(mode.data, int) and bool(mode.data & _RUN_BITS)
    return mode.kind == "external" and bool(_RUN_NAMES.search(str(mode.data)))


def _asks_model(read: Value, address: str) -> bool:
    """Whether data is posted to an address to get predictions for it: that is a model that runs, and no source."""
    return last_name(read) == "post" and bool(_PREDICTING.search(address))


def _is_ones_own(node: object) -> bool:
    """Whether an expression is a path on one person's disk."""
    return isinstance(node, Constant) and isinstance(node.value, str) and kind_of(node.value) == "personal"


def _first(value: Value) -> Value | None:
    """The part that a composed text starts with."""
    if value.kind in ("template", "operation"):
        return value.inputs[0][1] if value.inputs else None
    if value.kind == "call":
        if value.function.kind == "attr":
            return value.function.source
        return next(iter(value.arguments), None)
    return None


def _second(value: Value) -> Value | None:
    """The literal that comes after what a composed path starts with; a template is one."""
    if value.kind == "template":
        return value
    parts = value.every("operand")[1:] if value.kind == "operation" else value.arguments
    return next((each for each in parts if each.kind == "template" or isinstance(each.data, str)), None)


def kind_of(text: str) -> str:
    """What kind of source a text points to; "" for none that a person wrote down as one."""
    if holds_credential(text) and ("://" in text or "=" in text):
        return "credential"
    if (person := _PERSON.match(text)) is not None:
        is_served = text.removeprefix("file://").startswith(("/home/", "/root/", "/content/"))
        anybody = _NOBODY if is_served else _PLACEHOLDER
        return "rooted" if text.startswith("/root/") or anybody.match(person["who"]) else "personal"
    if "://" in text:
        return _address_kind(text)
    if "{" in text or "\n" in text or _TO_FILL_IN.match(text):
        return ""
    if text.startswith("~"):
        return "home"
    if _ROOTED.match(text):
        return "" if _CONTRACT.match(text) else "rooted"
    return "relative" if _FILE.search(text) else ""


def _stated(text: str) -> str:
    """The address that a statement or a command reads from; any other text as it is."""
    address = _STATED.match(text) if "://" in text and not holds_credential(text) else None
    return address["address"] if address is not None else text


def _address_kind(text: str) -> str:
    rest = text.partition("://")[2]
    host, _, path = rest.partition("/")
    if host.startswith("$"):
        return ""  # a variable of the environment says where
    if _LOCAL_HOST.match(text) or _LOGIN.search(text) or "{" in host or "." not in rest:
        return ""
    if host == "None" or (not path and text.startswith("http")):
        return ""  # a setting that is filled when it runs; the front door of a site
    if not any(map(str.isalnum, HOLES.sub("", rest.partition("/")[2]))) and "{" in rest:
        return ""  # all but the host is the caller's
    if (moving := _MOVING.match(text)) is not None:
        return "remote" if _COMMIT.match(moving["raw"] or moving["blob"]) else "moving"
    if _REMOTE.match(text):
        return "service" if _SERVICE.search(text) and not _FILE.search(text) else "remote"
    return "" if _NO_DATABASE.match(text) else "database"


def is_settings_file(path: str) -> bool:
    """Whether a module is called after the settings that it holds."""
    return bool(_SETTINGS_FILE.search(path))
