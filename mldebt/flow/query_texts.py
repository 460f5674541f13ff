"""The literal texts that values are made of: addresses of services, SQL."""

from __future__ import annotations

import re

from mldebt.flow.idioms import root
from mldebt.flow.steps import Stack, Step
from mldebt.flow.value import Value
from mldebt.flow.walk import Flow

TEXT_LIMIT = 150
ADDRESS_LIMIT = 600
SEARCH_TEXT = re.compile(
    r"(^|[/_\-.?&=:])(recommend\w*|rank(ing)?|rerank|similar\w*|nearest|knn|morelike\w*|_search)([/_\-.?&=:]|$)",
    re.IGNORECASE,
)
RANK_SQL = re.compile(
    r"order\s+by[^;]*?(<->|<=>|<#>|score|similarity|distance|relevance|rank|cosine|embedding|ts_rank|bm25)",
    re.IGNORECASE | re.DOTALL,
)
_QUERYING = ("fetchall", "fetchmany", "execute", "fetch", "query", "read_sql", "scalars", "all")


class QueryTexts:
    """What calls ask of services and databases, as far as texts tell."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._searches: dict[tuple[Value, Stack], bool] = {}
        self._ranked: dict[tuple[Value, Stack], bool] = {}

    def texts(self, value: Value, stack: Stack = (), limit: int = TEXT_LIMIT) -> list[str]:
        """The literal texts that a value is made of, and those of the text files that it was read from."""
        found: list[str] = []
        for visit in self._flow.walk(value, self._back, stack=stack, limit=limit):
            node = visit.value
            if node.kind == "const" and isinstance(node.data, str):
                found.append(node.data)
                if node.data.endswith(".sql"):
                    found.extend(self._flow.program.texts.get(node.data.rpartition("/")[2], ()))
            elif node.kind == "template":
                found.append(" ".join(part or "?" for part in node.texts))
        return found

    def query(self, call: Value, stack: Stack = ()) -> list[str]:
        """The SQL that a call runs, or that was run on the cursor it reads from."""
        calls = [call]
        if call.calls_method("fetchall", "fetchmany", "fetchone"):
            cursor = root(call.function.source)
            runs = [each for each in call.body.calls if each.at < call.at and each.calls_method("execute")]
            calls += [each for each in runs if root(each.function.source) is cursor][-1:]
        return [text for each in calls for source in each.arguments[:1] for text in self.texts(source, stack)]

    def asks_a_search(self, call: Value, stack: Stack) -> bool:
        """Whether a call of a service asks one that searches, ranks or recommends, by its address."""
        api = self._flow.api(call)
        if api is None or api.medium not in ("url", "api") or "reads" not in api.roles:
            return False
        key = (call, stack)
        if key not in self._searches:
            self._searches[key] = any(self._is_search(source, stack) for source in call.arguments)
        return self._searches[key]

    def asks_ranked_rows(self, call: Value, stack: Stack) -> bool:
        """Whether a call runs a query that orders by score."""
        if not call.calls_method(*_QUERYING):
            return False
        key = (call, stack)
        if key not in self._ranked:
            self._ranked[key] = any(RANK_SQL.search(text) for text in self.query(call, stack))
        return self._ranked[key]

    def _is_search(self, address: Value, stack: Stack) -> bool:
        for visit in self._flow.walk(address, self._back, stack=stack, limit=ADDRESS_LIMIT):
            node = visit.value
            texts = node.texts if node.kind == "template" else (node.data,) if node.kind == "const" else ()
            if any(isinstance(text, str) and SEARCH_TEXT.search(text) for text in texts):
                return True
        return False

    def _back(self, value: Value, stack: Stack) -> list[Step]:
        """Steps to the texts that a value is made of; what else stands in a settings object is none of them."""
        steps = self._flow.back(value, stack)
        return [step for step in steps if step.label != "object"] if value.kind == "attr" else steps
