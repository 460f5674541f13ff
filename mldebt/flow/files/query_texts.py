"""The texts that values are made of: addresses of services, SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from mldebt.flow.files.compositions import Compositions
from mldebt.flow.idioms import root
from mldebt.flow.scores.scoring import SCORE_NAME
from mldebt.flow.services.routes import Routes
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow
from mldebt.regex import regex
from mldebt.sql import DISTANCE, HOLE, SortTerm, Statement, parse_sql

TEXT_LIMIT = 150
ADDRESS_LIMIT = 600
_NAMED_ITEMS = regex(r"[?&](ids|titles|keys|names|slugs|isbns|asins|skus|guids|uuids)=$", re.IGNORECASE)
"""Where an address goes on with the items that are asked for: `/suggest/sections?titles=…`."""
SEARCH_TEXT = regex(
    r"(^|[/_\-.?&=:])(recommend\w*|rank(ing)?|rerank|similar\w*|nearest|knn|morelike\w*|_search)([/_\-.?&=:]|$)",
    re.IGNORECASE,
)
_WEB_SEARCH = regex(
    r"//(api\.search\.brave\.com/res|(www\.)?googleapis\.com/customsearch|api\.bing\.microsoft\.com/\S*search"
    r"|google\.serper\.dev|serpapi\.com/search|api\.tavily\.com/search|api\.exa\.ai/search|(www\.)?searchapi\.io/api"
    r"|kagi\.com/api/v\d+/search|api\.ydc-index\.io|s\.jina\.ai)"
)
"""Where the engines answer that search the web, the best pages first."""
_TOLD_ORDER = regex(r"[?&]sort=(?!_?score|relevance)", re.IGNORECASE)
"""Where an address says itself by what its hits are sorted."""
_SEARCH_ENGINE = regex(r"/select/?\?([\w.]+=[^&]*&)*q=(?!\*(:\*)?(&|$))")
"""Where Solr answers by score: `/solr/items/select?q=…`, not where it is asked for all."""
_INDEX_TEXT = regex(r"/_?(search|query|find|filter|lookup)/?(\?|$)", re.IGNORECASE)
"""Where a service looks among all that it has: `/items/search`."""
_MODEL_TEXT = regex(
    r"[/:]((get_|batch_?)?(scores?|predict(ions?)?)|scoring|infer(ence)?|invocations)([/?]|$)", re.IGNORECASE
)
"""Where a service answers that runs a model: `/score`, `/v1/models/ranker:predict`."""
_PREDICTING_TEXT = regex(r"[/:]((get_|batch_?)?predict(ions?)?|infer(ence)?|invocations)([/?]|$)", re.IGNORECASE)
_RANKING_FUNCTIONS = regex(
    r"^(<->|.*(distance|similarity|ts_rank|ts_rank_cd|bm25\w*|match_score)|embedding\w*|l2|dot_?product|inner_?product)$"
)
FETCHING = ("fetchall", "fetchmany", "fetchone")
"""What gives rows of the statement that a cursor ran last."""
_QUERYING = ("fetchall", "fetchmany", "execute", "fetch", "query", "read_sql", "scalars", "all")


class Query(msgspec.Struct, frozen=True):
    """A statement that a call runs, and the values that stand in its text, by the names they have there."""

    statement: Statement
    holes: dict[str, Value]


class QueryTexts:
    """What calls ask of services and databases, as far as texts tell."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._compositions = Compositions(flow)
        self._routes = Routes(flow, self._compositions)
        self._queries: dict[tuple[Value, Stack], tuple[Query, ...]] = {}
        self._texts_sent: dict[tuple[Value, Stack], list[tuple[str, dict[str, Value]]]] = {}
        self._asked: dict[tuple[Value, Stack, re.Pattern[str]], bool] = {}

    def texts(self, value: Value, stack: Stack = (), limit: int = TEXT_LIMIT) -> list[str]:
        """The literal texts that a value is made of, and those of the text files that it was read from."""
        found: list[str] = []
        for visit in self._flow.walk(value, self._back, stack=stack, limit=limit):
            node = visit.value
            if node.kind == "const" and isinstance(node.data, str):
                found.append(node.data)
                found.extend(self._of_file(node.data))
            elif node.kind == "template":
                found.append(" ".join(part or "?" for part in node.texts))
        return found

    def _of_file(self, name: str) -> tuple[str, ...]:
        """The texts of the SQL files of a name."""
        return self._flow.program.texts.get(name.rpartition("/")[2], ()) if name.endswith(".sql") else ()

    def _in_files(self, value: Value, stack: Stack) -> list[str]:
        """The texts of the SQL files that a value was read from. What else it derives from is not its text: rows that
        were found by a query derive from that query."""
        visits = self._flow.walk(value, self._back, stack=stack, limit=TEXT_LIMIT)
        names = [visit.value.data for visit in visits if visit.value.kind == "const"]
        return [text for name in names if isinstance(name, str) for text in self._of_file(name)]

    def queries(self, call: Value, stack: Stack = ()) -> tuple[Query, ...]:
        """The SQL statements that a call may run, or that were run on the cursor it reads from; () for other texts."""
        key = (call, stack)
        found = self._queries.get(key)
        if found is None:
            sent = self._sent(call, stack)
            found = self._queries[key] = tuple(
                Query(statement, holes) for text, holes in sent for statement in parse_sql(text) or ()
            )
        return found

    def says(self, call: Value, word: re.Pattern[str]) -> bool:
        """Whether a word stands in what a call may run: far cheaper than to ask for the statements."""
        return any(word.search(text) for text, _ in self._sent(call, ()))

    def _sent(self, call: Value, stack: Stack) -> list[tuple[str, dict[str, Value]]]:
        """The texts that a call may run, with the values in their holes."""
        key = (call, stack)
        found = self._texts_sent.get(key)
        if found is None:
            texts = (source for each in self.runs(call) for source in each.arguments[:1])
            found = self._texts_sent[key] = [composed for text in texts for composed in self._composed(text, stack)]
        return found

    def runs(self, call: Value) -> list[Value]:
        """The calls that send the statement: the call itself, or the last one before on the same cursor."""
        if not call.calls_method(*FETCHING):
            return [call]
        cursor = root(call.function.source)
        runs = [each for each in call.body.calls if each.at < call.at and each.calls_method("execute")]
        return [each for each in runs if root(each.function.source) is cursor][-1:]

    def _composed(self, text: Value, stack: Stack) -> Iterator[tuple[str, dict[str, Value]]]:
        for parts in self._compositions.of(text, stack):
            holes = {f"{HOLE}{at}": part for at, part in enumerate(parts) if isinstance(part, Value)}
            whole = "".join(part if isinstance(part, str) else f"{HOLE}{at}" for at, part in enumerate(parts))
            is_read = len(parts) == len(holes) == 1 and bool(self._flow.program.texts)
            for each in self._in_files(text, stack) if is_read else [whole]:
                yield each, holes

    def answers(self, call: Value, stack: Stack) -> tuple[Value, ...]:
        """What the repository's own endpoints answer to a call of a service."""
        return self._routes.answers(call, stack)

    def asks_a_search(self, call: Value, stack: Stack) -> bool:
        """Whether a call of a service asks one that searches, ranks or recommends, by its address."""
        return any(self._asks(call, stack, address) for address in (SEARCH_TEXT, _SEARCH_ENGINE, _WEB_SEARCH))

    def asks_an_index(self, call: Value, stack: Stack) -> bool:
        """Whether a call of a service asks one that looks among all that it has, by its address."""
        return self._asks(call, stack, _INDEX_TEXT)

    def asks_a_model(self, call: Value, stack: Stack) -> bool:
        """Whether a call of a service asks one that predicts or scores, by its address."""
        return self._asks(call, stack, _MODEL_TEXT)

    def asks_for_predictions(self, call: Value, stack: Stack) -> bool:
        """The same, where the address says that it predicts: what is called a score may be that of a match."""
        return self._asks(call, stack, _PREDICTING_TEXT)

    def _asks(self, call: Value, stack: Stack, address: re.Pattern[str]) -> bool:
        api = self._flow.api(call)
        if api is None or api.medium not in ("url", "api") or "reads" not in api.roles:
            return False
        key = (call, stack, address)
        if key not in self._asked:
            self._asked[key] = any(self._says(source, stack, address) for source in call.arguments)
        return self._asked[key]

    def asks_ranked_rows(self, call: Value, stack: Stack) -> bool:
        """Whether a call runs a query that orders by score."""
        if not call.calls_method(*_QUERYING):
            return False
        return any(orders_by_score(query.statement.order) for query in self.queries(call, stack))

    def _says(self, text: Value, stack: Stack, address: re.Pattern[str]) -> bool:
        for visit in self._flow.walk(text, self._back, stack=stack, limit=ADDRESS_LIMIT):
            node = visit.value
            texts = node.texts if node.kind == "template" else (node.data,) if node.kind == "const" else ()
            said = [text for text in texts if isinstance(text, str)]
            if any(_NAMED_ITEMS.search(text) or _TOLD_ORDER.search(text) for text in said):
                return False  # asked about items that it is told, it gives these; or sorted as it is told
            if any(map(address.search, said)):
                return True
        return False

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to the texts that a value is made of; what else stands in a settings object is none of them."""
        steps = self._flow.back(value, stack)
        return [step for step in steps if step.label != "object"] if value.kind == "attr" else steps


def orders_by_score(order: tuple[SortTerm, ...]) -> bool:
    """Whether a score, a distance or a rank decides about the order of rows before anything else."""
    return bool(order) and any(
        name == DISTANCE or _RANKING_FUNCTIONS.match(name) or SCORE_NAME.search(name) for name in order[0].names
    )
