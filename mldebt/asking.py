"""Every rule asked of one project, by two processes where there is much to read.

What rules work out on the way, they share; half of it is what nearly all of them need. So there are two parts and no
more: the rules on what happens behind a model, and all others. Each answers as it would alone, and the answers come in
the order of the rules, whoever gave them.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mldebt.finding import Hit
from mldebt.outcome import Failure
from mldebt.rulebook import Rule

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from mldebt.pipeline import Project

Answer = list[Hit] | Failure

_BEHIND_THE_MODEL = "contract"
"""The family whose rules follow rankings and scores, and cost about as much as all others together."""
_MUCH = 3_000
"""Scopes (functions, classes, modules) from which a second process saves more than it costs: about five seconds of
rules."""


def ask_all(
    rules: Sequence[Rule], project: Project, *, workers: int = 1, advance: Callable[[], object] = lambda: None
) -> list[Answer]:
    """What each rule answers, in the order of the rules. `workers` is how many processes may work at once; `advance` is
    called for each rule that has answered. A rule that breaks is told and never costs the others their say."""
    apart = [number for number, rule in enumerate(rules) if rule.family == _BEHIND_THE_MODEL]
    if workers < 2 or not 0 < len(apart) < len(rules) or not _may_fork() or not _is_much(project):
        apart = []
    helper = _Helper([rules[number] for number in apart], project) if apart else None
    answers: dict[int, Answer] = {}
    family = ""
    for number, rule in enumerate(rules):
        if number not in apart:
            if rule.family != family:
                project.flow.move_on()  # the rules of one family go the same ways, and hardly those of another
                family = rule.family
            answers[number] = ask(rule, project)
            advance()
    given = helper.answers() if helper else []
    for place, number in enumerate(apart):
        answers[number] = given[place] if given else ask(rules[number], project)
        advance()
    return [answers[number] for number in range(len(rules))]


def ask(rule: Rule, project: Project) -> Answer:
    """One rule's hits."""
    from mldebt.detectors import load_detector

    try:
        hits = list(load_detector(rule).detect(project, rule))
        if any(not hit.trail for hit in hits):
            raise ValueError("a hit without a trail")  # noqa: TRY301  # no evidence, no finding: the rule is at fault
    except Exception as error:  # noqa: BLE001  # whatever it is, the scan is incomplete and says so
        message = f"rule {rule.id} failed: {type(error).__name__}: {error} ({_our_line(error)})"
        return Failure(rule_id=rule.id, message=message)
    return hits


def _our_line(error: Exception) -> str:
    """The innermost line of ours that an error passed."""
    package = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if package in Path(frame.filename).parents]
    return f"{Path(frames[-1].filename).relative_to(package.parent).as_posix()}:{frames[-1].lineno}"


def _may_fork() -> bool:
    """Whether a copy of this process is safe: only where nothing else runs in it, whose locks would stay locked."""
    return sys.platform == "linux" and threading.active_count() == 1


def _is_much(project: Project) -> bool:
    return sum(len(module.facts.scopes) for module in project.flow.program.modules) >= _MUCH


class _Helper:
    """A copy of this process that asks some rules; what they answer comes through a pipe when all have answered."""

    def __init__(self, rules: Sequence[Rule], project: Project) -> None:
        import multiprocessing

        context = multiprocessing.get_context("fork")
        self._answers, to = context.Pipe(duplex=False)
        self._process = context.Process(target=_answer, args=(to, rules, project), daemon=True)
        self._process.start()
        to.close()

    def answers(self) -> list[Answer]:
        """What the rules answered, in their order; nothing where the copy was ended before."""
        try:
            return cast("list[Answer]", self._answers.recv())
        except (EOFError, OSError):
            return []
        finally:
            self._process.join()


def _answer(to: Connection, rules: Sequence[Rule], project: Project) -> None:
    with suppress(KeyboardInterrupt, BrokenPipeError):  # the one that waits for it tells, or is no more
        to.send([ask(rule, project) for rule in rules])
