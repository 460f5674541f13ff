"""Where a model's score meets a number that stands in the code and nothing else decides."""

from __future__ import annotations

from mldebt.flow.body import Body
from mldebt.flow.files.paths import arguments
from mldebt.flow.idioms import last_name, number_written
from mldebt.flow.rows.variables import roots
from mldebt.flow.scores.scores import ASKS
from mldebt.flow.value import Value
from mldebt.pipeline.ingestion.literals import is_settings_file
from mldebt.pipeline.project import Project

_EPSILON = 0.01
"""What is smaller is a tolerance; a cut at it, too, lets all pass."""
_FAR = 1000
"""From where on a number that bounds scores on both sides alike says that something is wrong with them."""
_PUBLISHED = {"polarity_scores": 0.05}
"""The limits that a model's authors publish with it, for everybody: VADER's compound score is neutral between -0.05 and
0.05 (Hutto & Gilbert 2014)."""
_BINS = ("numpy.digitize", "numpy.searchsorted", "pandas.cut")
_ORDERING = frozenset({"<", ">", "<=", ">="})
_PROGRESS = frozenset({"step", "global_step", "epoch", "iteration", "n_iter"})


class Thresholds:
    """Asks of comparisons and calls whether they cut scores. `natural` are the numbers that mark a boundary rather than
    a choice, `named` the arguments of a model's own call that cut its scores."""

    def __init__(self, project: Project, natural: frozenset[float], named: frozenset[str]) -> None:
        self.project = project
        self.natural = natural
        self.named = named

    def at(self, value: Value) -> tuple[Value, Value] | None:
        """The model's call and the literal that a comparison or a call brings together."""
        if value.kind == "compare" and _ORDERING.intersection(value.data):  # type: ignore[arg-type]
            return None if _clears(value) else self._compared(value)
        return self._cut(value) or self._binned(value) or self._told(value) if value.kind == "call" else None

    def _compared(self, compare: Value) -> tuple[Value, Value] | None:
        """The model's call and the literal that a comparison brings together."""
        sides = compare.every("operand")
        for side in sides:
            literal = next((each for other in sides if other is not side and (each := self._literal(other))), None)
            if literal is None or _is_spread(side) or _counts_steps(side) or _is_out_of_range(compare, literal):
                continue
            origin = self.project.scores.origin(side)
            if origin is not None and not _is_published(origin.value, literal):
                return origin.value, literal
        return None

    def _told(self, call: Value) -> tuple[Value, Value] | None:
        """A model's call in a function of the repository, and the literal that a call of it hands on to cut scores at,
        where others hand on what is no literal."""
        flow = self.project.flow
        told = [(keyword, source) for keyword, source in call.named_arguments if keyword in self.named]
        literals = {keyword: found for keyword, source in told if (found := self._literal(source)) is not None}
        targets = [each for each in flow.targets(call) if each.kind == "func" and not each.guessed] if literals else []
        for target in targets:
            for inner in flow.body(*target.key).calls:
                for keyword, source in self._cutting(inner):
                    handed = literals.get(source.name) if source.kind == "param" else None
                    is_cut = keyword in self.named and handed is not None and not _cuts_nothing(handed)
                    if is_cut and handed is not None and self._literal(source) is None:
                        return inner, handed
        return None

    def _cutting(self, call: Value) -> list[tuple[str, Value]]:
        """What a model's call, or the search that one is made into, is given by name."""
        asks = self.project.flow.roles(call) & ASKS and not self.project.scores.compares_letters(call)
        return list(arguments(call)) if asks else _search_settings(call)

    def _cut(self, call: Value) -> tuple[Value, Value] | None:
        """A model's call, or the search that one is made into, and the literal that it is told to cut its scores at."""
        for keyword, source in self._cutting(call):
            if keyword not in self.named:
                continue
            literal = self._literal(source)
            if literal is not None and not _cuts_nothing(literal):
                return call, literal
        return None

    def _binned(self, call: Value) -> tuple[Value, Value] | None:
        """A model's call and the first of the literals between which its scores are told apart."""
        if not call.calls_external(*_BINS) or len(call.arguments) < 2:
            return None
        bounds = call.arguments[1]
        edges = bounds.every("item") if bounds.kind == "collection" else []
        literal = next((each for edge in edges if (each := self._literal(edge)) is not None), None)
        origin = self.project.scores.origin(call.arguments[0]) if literal is not None else None
        return (origin.value, literal) if origin is not None and literal is not None else None

    def _literal(self, value: Value) -> Value | None:
        """The number that stands in the code and nothing else decides; a named constant of a class or of a module of
        settings is a setting, and so is a default that those who install the package may fill."""
        givens = self.project.givens.of(value)
        told = ("constant",) if self._is_installed(value.body) else ("constant", "default")
        if not givens or any(given.kind not in told or not given.whole for given in givens):
            return None
        for given in givens:
            constant, body = given.value, given.value.body
            number = constant.data
            if isinstance(number, bool) or not isinstance(number, int | float):
                return None
            if number in self.natural or abs(number) < _EPSILON:
                return None
            if body.scope.kind in ("module", "class") and _is_named(constant) and self._is_setting(body):
                return None
            if any(visit.label == "member" for visit in given.visit.path()):
                return None
        return givens[0].value

    def _is_setting(self, body: Body) -> bool:
        """Whether what a name is given outside of all functions is for others to set."""
        return body.scope.kind == "class" or is_settings_file(body.module.path) or self._is_installed(body)

    def _is_installed(self, body: Body) -> bool:
        """Whether code is part of a package that others install."""
        return any(body.module.path.startswith(f"{folder}/") for folder in self.project.ingesting.packages)


def _clears(compare: Value) -> bool:
    """Whether small scores are only set to nothing where they stand: `scores[scores < 0.1] = 0`."""
    cleared = [user for label, user in compare.uses if label == "key" and user.kind == "store"]
    sides = {root for side in compare.every("operand") for root in roots(side)}
    return any(
        (value := store.one("value")) is not None and value.data == 0 and not sides.isdisjoint(roots(store.source))
        for store in cleared
    )


def _is_out_of_range(compare: Value, literal: Value) -> bool:
    """Whether a score is looked at for being far out, on either side alike: `score > 1e5 or score < -1e5`."""
    if not isinstance(literal.data, int | float) or abs(literal.data) < _FAR:
        return False
    both = (user for label, user in compare.uses if label == "operand" and user.kind == "operation")
    beside = [other for user in both for other in user.every("operand") if other.kind == "compare"]
    numbers = {number_written(side) for other in (compare, *beside) for side in other.every("operand")}
    return {literal.data, -literal.data} <= numbers


def _is_published(call: Value, literal: Value) -> bool:
    """Whether a model's own authors say what is compared with its scores."""
    number = _PUBLISHED.get(last_name(call.function))
    return number is not None and isinstance(literal.data, int | float) and abs(literal.data) == number


def _is_spread(value: Value) -> bool:
    """`max(scores) - min(scores)`, `bounds[1] - bounds[0]`: how far scores lie apart says of none of them whether it is
    enough."""
    if value.calls_external("numpy.ptp") or value.calls_method("ptp"):
        return True
    ends = value.every("operand") if value.kind == "operation" and value.data == "-" else []
    if len(ends) == 2 and all(each.kind == "item" and isinstance(each.key, int) for each in ends):
        return _same_field(ends[0].source, ends[1].source)
    return len(ends) == 2 and _is_end(ends[0], "max") and _is_end(ends[1], "min")


def _same_field(one: Value, other: Value) -> bool:
    """Whether two values are one, or two readings of one attribute."""
    return one is other or (one.kind == other.kind == "attr" and one.name == other.name and one.source is other.source)


def _counts_steps(side: Value) -> bool:
    """Whether a number says by its name how far a training has got."""
    return not _PROGRESS.isdisjoint(side.body.names_of(side))


def _is_end(value: Value, name: str) -> bool:
    return value.calls_external(name, f"numpy.{name}", f"numpy.a{name}", f"torch.{name}") or value.calls_method(name)


def _cuts_nothing(literal: Value) -> bool:
    """Whether a cut is so low that all that is found passes."""
    return isinstance(literal.data, int | float) and literal.data <= _EPSILON


def _search_settings(call: Value) -> list[tuple[str, Value]]:
    """What a retriever is told of its searches: `as_retriever(search_kwargs={"k": 3, "score_threshold": 0.4})`."""
    told = next((source for keyword, source in arguments(call) if keyword == "search_kwargs"), None)
    if told is None or told.kind != "dict":
        return []
    return [(key, source) for key, source in zip(told.keys, told.every("item"), strict=False) if isinstance(key, str)]


def _is_named(constant: Value) -> bool:
    """Whether a variable is given a literal, or what a call makes of it: `threshold: float = Field(0.7, ge=0)`."""
    calls = (user for label, user in constant.uses if label == "arg")
    return any(constant.body.names_of(each) for each in (constant, *calls))
