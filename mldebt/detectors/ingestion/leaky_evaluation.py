"""MLD107: what is fitted or chosen has seen the data that it is then judged on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mldebt.detectors.ingestion import (
    _cut_apart,
    _cuts,
    _leaks,
    _picks,
    _seen_rows,
    _sound_evaluations,
    _split_elsewhere,
    _stops,
    _twice,
)
from mldebt.finding import Hit, Step
from mldebt.flow.evaluation.best_among import BestAmong
from mldebt.flow.evaluation.best_of import BestOf, BestOfMany
from mldebt.flow.evaluation.fitting import Fitting, Fittings
from mldebt.flow.evaluation.given_away import Answers, GivenAway
from mldebt.flow.evaluation.in_both_parts import BothParts, InBoth
from mldebt.flow.evaluation.judged_rows import JudgedRows
from mldebt.flow.evaluation.judged_twice import TWICE
from mldebt.flow.evaluation.searches import Searches
from mldebt.flow.evaluation.seen_fits import SeenFits
from mldebt.flow.evaluation.selection import Selected, Selections
from mldebt.flow.evaluation.selfscored import SelfScored, SelfScores
from mldebt.flow.evaluation.target_features import TargetFeature, TargetFeatures
from mldebt.flow.evaluation.tuned_thresholds import Tuned, TunedThresholds
from mldebt.flow.evaluation.tuned_weights import TunedWeights
from mldebt.flow.evaluation.unsplit_fits import UnsplitFits
from mldebt.flow.rows.invented import Invented
from mldebt.flow.rows.splits import Part, Splits
from mldebt.flow.scores.gathered_scores import GatheredScores
from mldebt.flow.scores.overlap_scores import OverlapScores
from mldebt.flow.value import Value
from mldebt.listed import is_or_are
from mldebt.pipeline import Project
from mldebt.pipeline.clones.told_once import told_once_a_unit
from mldebt.pipeline.models.rejudged import Rejudged, Rejudgements
from mldebt.pipeline.programs.living import in_living_code
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]

BAD = (
    *_leaks.BAD,
    *_picks.BAD,
    *_cuts.BAD,
    *_cut_apart.BAD,
    *_seen_rows.BAD,
    *_split_elsewhere.BAD,
    *_stops.BAD,
    *_twice.BAD,
)
GOOD = (
    *_sound_evaluations.GOOD,
    *_picks.GOOD,
    *_cuts.GOOD,
    *_cut_apart.GOOD,
    *_seen_rows.GOOD,
    *_split_elsewhere.GOOD,
    *_stops.GOOD,
    *_twice.GOOD,
)

NAMED = 3


class _Early(NamedTuple):
    """What is fitted before a split, the part that it is seen in, and where that is evaluated."""

    fitting: Fitting
    part: Part
    measure: Value


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    yield from in_living_code(project, list(told_once_a_unit(_found(project, rule))))


def _found(project: Project, rule: Rule) -> Iterator[Hit]:
    splits = Splits(project.flow)
    selections = Selections(project.flow, project.seeds, splits)
    rows = JudgedRows(project.flow, splits, selections)
    fittings = Fittings(project.flow, rule.words("transformers"))
    seen, invented = SeenFits(splits, fittings), project.flow.shared(Invented)
    for body in project.bodies():
        early: dict[Value, list[_Early]] = {}
        for call in body.calls:
            fitting = fittings.of(call) or fittings.by_hand(call)
            if fitting is not None and invented.learns_from(call):
                continue
            found = seen.before_split(fitting) if fitting is not None else None
            if fitting is not None and found is None:
                yield from _fitted(project, seen, fitting)
            elif fitting is not None and found is not None and not project.unmade.runs(found[1:], call):
                early.setdefault(call if fitting.copies else found[0].split, []).append(_Early(fitting, *found))
        for together in early.values():
            yield _fitted_before(project, together)
    yield from _chosen(project, splits, selections, rows)
    yield from _scored(project, splits, rows)
    yield from _known(project, splits)


def _chosen(project: Project, splits: Splits, selections: Selections, rows: JudgedRows) -> Iterator[Hit]:
    """What the test set decided: when a training stops, which model, settings or threshold is the best."""
    bests = BestOfMany(project.flow, splits, selections, rows)
    scores = GatheredScores(project.flow, splits)
    among = BestAmong(project.flow, scores, rows)
    searches = Searches(project.flow, scores, rows, among)
    thresholds = TunedThresholds(project.flow, scores, rows)
    weights = TunedWeights(project.flow, scores, rows)
    for body in project.bodies():
        for call in body.calls:
            if (selected := selections.of(call)) is not None:
                yield _chosen_by_test(project, selected)
            if (searched := searches.of(call)) is not None:
                yield _best_on_test(project, searched)
        for best in (*bests.of(body), *among.of(body)):
            yield _best_on_test(project, best)
        for tuned in thresholds.of(body):
            yield _tuned_on_test(project, tuned, "threshold is", "its")
        for tuned in weights.of(body):
            yield _tuned_on_test(project, tuned, "weights are", "their")


def _scored(project: Project, splits: Splits, rows: JudgedRows) -> Iterator[Hit]:
    """Models that are judged on the rows they were fitted on."""
    scores = SelfScores(project.flow, splits)
    overlaps = OverlapScores(project.flow, splits, rows)
    unsplit = UnsplitFits(project.flow, splits)
    invented = project.flow.shared(Invented)
    for body in project.bodies():
        told = (*scores.of(body), *overlaps.of(body))
        for scored in (*told, *unsplit.of(body, told), *unsplit.elsewhere(body)):
            if not invented.learns_from(scored.fit):
                yield _scored_on_itself(project, scored)
    rejudgements = Rejudgements(project.flow, splits, project.keeping)
    for rejudged in rejudgements.of(project.trained_models):
        yield _judged_on_training_file(project, rejudged)


def _known(project: Project, splits: Splits) -> Iterator[Hit]:
    """Answers that a model gets to see: the held-out rows, the target among its features."""
    answers = Answers(project.flow)
    both = BothParts(splits)
    columns = TargetFeatures(project.flow, splits, project.configured.text, project.configured.named)
    for body in project.bodies():
        for joined in both.of(body):
            yield _put_into_both(project, joined)
        for call in body.calls:
            if (given := answers.of(call)) is not None:
                yield _given_away(project, given)
            if (feature := columns.at(call)) is not None:
                yield _made_from_target(project, feature)


def _fitted(project: Project, seen: SeenFits, fitting: Fitting) -> Iterator[Hit]:
    if (held := seen.on_held_out(fitting)) is not None:
        yield _fitted_on_held_out(project, fitting, *held)
    elif (divided := seen.on_all_rows(fitting)) is not None:
        yield _fitted_on_all(project, fitting, *divided)


def _fitted_on_held_out(project: Project, fitting: Fitting, split: Value, measure: Value) -> Hit:
    names, are = " and ".join(fitting.names), is_or_are(fitting.names)
    return _fit(
        project,
        fitting,
        f"{names} {are} fitted anew on the test rows, which should only be transformed: they tell about themselves.",
        project.step(split, "split here"),
        project.step(fitting.call, f"{names} fitted on the test part here"),
        project.step(measure, "evaluated here"),
    )


def _fitted_on_all(project: Project, fitting: Fitting, split: Value, measure: Value) -> Hit:
    names, are = " and ".join(fitting.names), is_or_are(fitting.names)
    return _fit(
        project,
        fitting,
        f"{names} {are} fitted on all rows although they are split: the evaluation's test rows have been seen.",
        project.step(split, "split here"),
        project.step(fitting.call, f"{names} fitted on the whole table here"),
        project.step(measure, "evaluated here"),
    )


def _fitted_before(project: Project, early: Sequence[_Early]) -> Hit:
    """One finding for all that a function fits before the same split."""
    first, part, measure = early[0]
    every = list(dict.fromkeys(name for each in early for name in each.fitting.names))
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    names = ", ".join(every[:NAMED]) + more if more else " and ".join(every)
    kept = "saves" in project.flow.roles(measure)
    come, are = "comes" if len(every) == 1 else "come", is_or_are(every)
    told = (
        f"{names} {come} before the rows are split: the same rows stand in the training and in the test part."
        if first.copies
        else f"{names} {are} fitted on all rows before they are split: the evaluation's test rows have been seen."
    )
    verb = "here" if first.copies else "fitted here"
    return _fit(
        project,
        first,
        told,
        *(project.step(each.call, f"{' and '.join(each.names)} {verb}") for each, _, _ in early[:NAMED]),
        project.step(part.split, "split here"),
        project.step(measure, "kept to evaluate with here" if kept else "evaluated here"),
    )


def _fit(project: Project, fitting: Fitting, message: str, *trail: Step) -> Hit:
    """The message begins with the name of what is fitted, or with words for it ("a scaling by the mean")."""
    return Hit(
        location=project.location(fitting.call),
        message=f"A{message[1:]}" if message.startswith(("a ", "an ")) else message,
        trail=trail,
        component=project.component_of(fitting.call.body),
    )


def _chosen_by_test(project: Project, selected: Selected) -> Hit:
    trail = [
        project.step(selected.training, f"given to choose by here: {selected.text}"),
        project.step(selected.chooser, "chosen by this"),
    ]
    if selected.judged is not None:
        trail.append(project.step(selected.judged, "judged on the same rows here"))
    return Hit(
        location=project.location(selected.training),
        message=f"Training is stopped, or its best state chosen, by the test set it is judged on ({selected.text}).",
        trail=tuple(trail),
        component=project.component_of(selected.training.body),
    )


def _best_on_test(project: Project, best: BestOf) -> Hit:
    is_named = best.text != TWICE
    told = f"the test set, and judged by it ({best.text})" if is_named else best.text
    return Hit(
        location=project.location(best.choice),
        message=f"The best of several models is chosen by its score on {told}.",
        trail=(
            project.step(best.training, "each trained here"),
            project.step(best.score, "scored on the test set here" if is_named else "scored here"),
            project.step(best.choice, "the best is chosen by that here"),
        ),
        component=project.component_of(best.choice.body),
    )


def _tuned_on_test(project: Project, tuned: Tuned, what: str, whose: str) -> Hit:
    rows = f"the test set ({tuned.text})" if tuned.text else "the same rows"
    return Hit(
        location=project.location(tuned.chosen),
        message=f"The {what} tuned on {rows} by which {whose} result is then judged.",
        trail=(
            project.step(tuned.score, "tuned by this"),
            project.step(tuned.chosen, "the best is chosen here"),
            project.step(tuned.judged, "judged on the same rows here"),
        ),
        component=project.component_of(tuned.chosen.body),
    )


def _scored_on_itself(project: Project, scored: SelfScored) -> Hit:
    if scored.split is not None:
        return _scored_on_part(project, scored, scored.split)
    return Hit(
        location=project.location(scored.score),
        message=f"The model is scored ({scored.metric}) on the rows that it was fitted on, and on no others in sight.",
        trail=(
            project.step(scored.fit, "fitted here"),
            project.step(scored.score, "scored on the same rows here"),
        ),
        component=project.component_of(scored.fit.body),
    )


def _scored_on_part(project: Project, scored: SelfScored, split: Value) -> Hit:
    return Hit(
        location=project.location(scored.fit),
        message=f"The model is fitted on all rows though they are split, and scored ({scored.metric}) on some of them.",
        trail=(
            project.step(split, "split here"),
            project.step(scored.fit, "fitted on all rows here"),
            project.step(scored.score, "scored on some of them here"),
        ),
        component=project.component_of(scored.fit.body),
    )


def _judged_on_training_file(project: Project, rejudged: Rejudged) -> Hit:
    return Hit(
        location=project.location(rejudged.asked),
        message=f"The model is judged on all rows of {rejudged.text}, of which its training rows are some or all.",
        trail=(
            project.step(rejudged.learnt, "read to train with here"),
            project.step(rejudged.fit, "fitted here"),
            project.step(rejudged.read, "the same file read to judge with here"),
            project.step(rejudged.asked, "the stored model asked about it here"),
            project.step(rejudged.metric, "evaluated here"),
        ),
        component=project.component_of(rejudged.asked.body),
    )


def _put_into_both(project: Project, joined: InBoth) -> Hit:
    return Hit(
        location=project.location(joined.to_test),
        message="The same rows are put into the training and into the test part.",
        trail=(
            project.step(joined.split, "split here"),
            project.step(joined.to_train, "put to those that are learned from here"),
            project.step(joined.to_test, "put to those that are judged by here"),
        ),
        component=project.component_of(joined.to_test.body),
    )


def _given_away(project: Project, given: GivenAway) -> Hit:
    return Hit(
        location=project.location(given.asked),
        message="The held-out rows are given to the model as its input, and its answer is ranked by the same rows.",
        trail=(
            project.step(given.rows, "held out here"),
            project.step(given.asked, "given to the model here"),
            project.step(given.metric, "ranked by the same rows here"),
        ),
        component=project.component_of(given.asked.body),
    )


def _made_from_target(project: Project, feature: TargetFeature) -> Hit:
    return Hit(
        location=project.location(feature.store),
        message=f"The feature {feature.column} is computed from the target {feature.target} of its own row.",
        trail=(
            project.step(feature.store, f"{feature.column} computed from {feature.target} here"),
            project.step(feature.split, "split into features and target here"),
        ),
        component=project.component_of(feature.store.body),
    )
