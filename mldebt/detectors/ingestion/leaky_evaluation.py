"""MLD107: what is fitted or chosen has seen the data that it is then judged on."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.finding import Hit
from mldebt.flow.fitting import Fitting, Fittings
from mldebt.flow.given_away import Answers, GivenAway
from mldebt.flow.selection import Selected, Selections
from mldebt.flow.selfscored import SelfScored, SelfScores
from mldebt.flow.splits import Part, Splits
from mldebt.flow.target_features import TargetFeature, TargetFeatures
from mldebt.flow.value import Value
from mldebt.pipeline import Project
from mldebt.rulebook import Rule

_READ = """
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, silhouette_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rows = pd.read_csv("rows.csv")
X, y = rows.drop(columns=["label"]), rows["label"]
"""

BAD = (
    _READ
    + """
scaler = StandardScaler()
X = scaler.fit_transform(X)  # debt
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, model.predict(X_test)))
""",
    {
        "prepare.py": """
            from imblearn.over_sampling import SMOTE

            def balance(X, y):
                return SMOTE(random_state=1).fit_resample(X, y)  # debt
            """,
        "main.py": _READ
        + """
from prepare import balance

X, y = balance(X, y)
print(cross_val_score(LogisticRegression(), X, y))
""",
    },
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from xgboost import XGBClassifier
model = XGBClassifier(random_state=1)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=10)  # debt
print(f1_score(y_test, model.predict(X_test)))
""",
    """
    from datasets import load_dataset
    from transformers import Trainer, TrainingArguments

    rows = load_dataset("imdb")
    args = TrainingArguments("out", load_best_model_at_end=True)
    trainer = Trainer(model, args=args, train_dataset=rows["train"], eval_dataset=rows["test"])  # debt
    trainer.train()
    """,
    _READ
    + """
model = GradientBoostingClassifier(random_state=1)
model.fit(X, y)
print(f1_score(y, model.predict(X)))  # debt
""",
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("rows.csv")
    rows["shop_rate"] = rows.groupby("shop")["sold"].transform("mean")  # debt
    parts = train_test_split(rows[["price", "shop_rate"]], rows["sold"], random_state=1)
    """,
)
GOOD = (
    _READ
    + """
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
scaler = StandardScaler().fit(X_train)
model = LogisticRegression().fit(scaler.transform(X_train), y_train)
print(f1_score(y_train, model.predict(scaler.transform(X_train))))
print(f1_score(y_test, model.predict(scaler.transform(X_test))))
""",
    _READ
    + """
print(cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y))
hashed = HashingVectorizer().fit_transform(rows["text"])
codes = OneHotEncoder().fit_transform(rows[["shop"]])
print(cross_val_score(LogisticRegression(), hashed, y))
print(cross_val_score(LogisticRegression(), codes, y))
""",
    _READ
    + """
from sklearn.cluster import KMeans
scaled = StandardScaler().fit_transform(X)
groups = KMeans(random_state=1).fit_predict(scaled)
print(silhouette_score(scaled, groups))
""",
    _READ
    + """
X_train, X_rest, y_train, y_rest = train_test_split(X, y, random_state=1)
X_valid, X_test, y_valid, y_test = train_test_split(X_rest, y_rest, random_state=1)
from xgboost import XGBClassifier
model = XGBClassifier(random_state=1)
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)], early_stopping_rounds=10)
print(f1_score(y_test, model.predict(X_test)))
""",
    """
    import tensorflow as tf

    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([tf.keras.layers.Dense(10)])
    model.compile("adam", "mse")
    model.fit(x_train, y_train, validation_data=(x_test, y_test))
    print(model.evaluate(x_test, y_test))
    """,
    _READ
    + """
def fit(X, y):
    model = LogisticRegression().fit(X, y)
    print(f1_score(y, model.predict(X)))
    return model

X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
print(f1_score(y_test, fit(X_train, y_train).predict(X_test)))
""",
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    rows = pd.read_csv("rows.csv")
    rows["last_week"] = rows.groupby("shop")["sold"].shift(7)
    rows["per_day"] = rows["visits"] / rows["days"]
    train, test = train_test_split(rows[["last_week", "per_day"]], rows["sold"], shuffle=False)
    """,
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    fittings = Fittings(project.flow, rule.words("transformers"))
    splits = Splits(project.flow)
    selections = Selections(project.flow, project.seeds, splits)
    scores = SelfScores(project.flow, splits)
    answers = Answers(project.flow)
    columns = TargetFeatures(project.flow, splits)
    for body in project.bodies():
        for call in body.calls:
            fitting = fittings.of(call)
            if fitting is not None and (found := _before_split(splits, fitting)) is not None:
                yield _fitted_before(project, fitting, *found)
            if (selected := selections.of(call)) is not None:
                yield _chosen_by_test(project, selected)
            if (given := answers.of(call)) is not None:
                yield _given_away(project, given)
            if (feature := columns.at(call)) is not None:
                yield _made_from_target(project, feature)
        for scored in scores.of(body):
            yield _scored_on_itself(project, scored)


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


def _fitted_before(project: Project, fitting: Fitting, part: Part, measure: Value) -> Hit:
    names = " and ".join(fitting.names)
    return Hit(
        location=project.location(fitting.call),
        message=f"{names} fitted on all rows before they are split: the evaluation's test rows have been seen.",
        trail=(
            project.step(fitting.call, f"{names} fitted here"),
            project.step(part.split, "split here"),
            project.step(
                measure, "kept to evaluate with here" if "saves" in project.flow.roles(measure) else "evaluated here"
            ),
        ),
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
