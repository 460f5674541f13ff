"""MLD107: what is fitted or chosen has seen the data that it is then judged on."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.detectors.ingestion._leaks import BAD, GOOD
from mldebt.finding import Hit, Step
from mldebt.flow.best_of import BestOf, BestOfMany
from mldebt.flow.fitting import Fitting, Fittings, tables
from mldebt.flow.given_away import Answers, GivenAway
from mldebt.flow.invented import Invented
from mldebt.flow.selection import Selected, Selections, roots
from mldebt.flow.selfscored import SelfScored, SelfScores
from mldebt.flow.splits import Part, Splits
from mldebt.flow.target_features import TargetFeature, TargetFeatures
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.rulebook import Rule

__all__ = ["BAD", "GOOD", "detect"]


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    fittings = Fittings(project.flow, rule.words("transformers"))
    splits = Splits(project.flow)
    selections = Selections(project.flow, project.seeds, splits)
    scores = SelfScores(project.flow, splits)
    bests = BestOfMany(project.flow, splits, selections)
    answers = Answers(project.flow)
    columns = TargetFeatures(project.flow, splits)
    invented = project.flow.shared(Invented)
    for body in project.bodies():
        for call in body.calls:
            fitting = fittings.of(call) or fittings.by_hand(call)
            if fitting is not None:
                yield from _fitted(project, splits, fitting)
            if (selected := selections.of(call)) is not None:
                yield _chosen_by_test(project, selected)
            if (given := answers.of(call)) is not None:
                yield _given_away(project, given)
            if (feature := columns.at(call)) is not None:
                yield _made_from_target(project, feature)
        for scored in scores.of(body):
            if not invented.learns_from(scored.fit):
                yield _scored_on_itself(project, scored)
        for best in bests.of(body):
            yield _best_on_test(project, best)


def _fitted(project: Project, splits: Splits, fitting: Fitting) -> Iterator[Hit]:
    if (found := _before_split(splits, fitting)) is not None:
        yield _fitted_before(project, fitting, *found)
    elif (held := _on_held_out(splits, fitting)) is not None:
        yield _fitted_on_held_out(project, fitting, *held)
    elif (divided := _on_all_rows(splits, fitting)) is not None:
        yield _fitted_on_all(project, fitting, *divided)


def _before_split(splits: Splits, fitting: Fitting) -> tuple[Part, Value] | None:
    if any(splits.comes_from_split(value) is not None for value in fitting.given):
        return None
    for out in fitting.out:
        for part in splits.reached(out):
            if any(other.body is not part.split.body or other.at < part.split.at for other in fitting.others):
                continue  # the rows are divided already: the others are only transformed
            measure = splits.evaluated(part)
            if measure is not None:
                return part, measure
    return None


def _on_held_out(splits: Splits, fitting: Fitting) -> tuple[Value, Value] | None:
    """The split and the evaluation, where a transformer is fitted anew on the rows that are there to judge by."""
    given = (root for value in fitting.given for root in roots(value))
    split = next((found for root in given if (found := splits.held_out(root)) is not None), None)
    if split is None:
        return None
    measures = (splits.measured(out) for out in fitting.out)
    return next(((split, measure) for measure in measures if measure is not None), None)


def _on_all_rows(splits: Splits, fitting: Fitting) -> tuple[Value, Value] | None:
    """The split and the evaluation, where a transformer is fitted on the table that was split before, and transforms
    the part that is there to judge by."""
    rows = frozenset(table for value in fitting.given for table in tables(value))
    for applied in fitting.applied:
        for root in roots(applied.arguments[0]):
            split = splits.held_out(root)
            if split is None or rows.isdisjoint(table for each in split.arguments for table in tables(each)):
                continue
            measure = splits.measured(applied)
            if measure is not None:
                return split, measure
    return None


def _fitted_on_held_out(project: Project, fitting: Fitting, split: Value, measure: Value) -> Hit:
    names = " and ".join(fitting.names)
    return _fit(
        project,
        fitting,
        f"{names} fitted anew on the test rows, which should only be transformed: they tell about themselves.",
        project.step(split, "split here"),
        project.step(fitting.call, f"{names} fitted on the test part here"),
        project.step(measure, "evaluated here"),
    )


def _fitted_on_all(project: Project, fitting: Fitting, split: Value, measure: Value) -> Hit:
    names = " and ".join(fitting.names)
    return _fit(
        project,
        fitting,
        f"{names} fitted on all rows although they are split: the evaluation's test rows have been seen.",
        project.step(split, "split here"),
        project.step(fitting.call, f"{names} fitted on the whole table here"),
        project.step(measure, "evaluated here"),
    )


def _fitted_before(project: Project, fitting: Fitting, part: Part, measure: Value) -> Hit:
    names = " and ".join(fitting.names)
    kept = "saves" in project.flow.roles(measure)
    return _fit(
        project,
        fitting,
        f"{names} fitted on all rows before they are split: the evaluation's test rows have been seen.",
        project.step(fitting.call, f"{names} fitted here"),
        project.step(part.split, "split here"),
        project.step(measure, "kept to evaluate with here" if kept else "evaluated here"),
    )


def _fit(project: Project, fitting: Fitting, message: str, *trail: Step) -> Hit:
    return Hit(
        location=project.location(fitting.call),
        message=message,
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
    return Hit(
        location=project.location(best.choice),
        message=f"The best of several models is chosen by its score on the test set, and judged by it ({best.text}).",
        trail=(
            project.step(best.training, "each trained here"),
            project.step(best.score, "scored on the test set here"),
            project.step(best.choice, "the best is chosen by that here"),
        ),
        component=project.component_of(best.choice.body),
    )


def _scored_on_itself(project: Project, scored: SelfScored) -> Hit:
    return Hit(
        location=project.location(scored.score),
        message=f"The model is scored ({scored.metric}) on the rows that it was fitted on, and on no others.",
        trail=(
            project.step(scored.fit, "fitted here"),
            project.step(scored.score, "scored on the same rows here"),
        ),
        component=project.component_of(scored.fit.body),
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
