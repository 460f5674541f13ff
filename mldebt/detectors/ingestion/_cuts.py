"""Thresholds that are judged on the rows they were tuned on, and some that are not: more examples of MLD107."""

from __future__ import annotations

from mldebt.detectors.ingestion._picks import _MODELS, _VALID

_CUT = """
def best_cut(truth, chances):
    cuts = np.arange(0.1, 0.9, 0.1)
    found = [f1_score(truth, chances > cut) for cut in cuts]
    return cuts[np.argmax(found)]{mark}

model = LogisticRegression().fit(X_train, y_train)
cut = best_cut({truth}, model.predict_proba({given})[:, 1])
print(f1_score({truth}, model.predict_proba({given})[:, 1] > cut))
"""

BAD = (
    _MODELS + _CUT.format(truth="y_test", given="X_test", mark="  # debt"),
    _MODELS
    + """
model = LogisticRegression().fit(X_train, y_train)
chances = model.predict_proba(X_test)[:, 1]
precision, recall, cuts = precision_recall_curve(y_test, chances)
cut = cuts[np.argmax(2 * precision * recall / (precision + recall + 1e-9))]  # debt
print(accuracy_score(y_test, chances >= cut))
""",
    # the last of several that are looked up
    _MODELS
    + """
model = LogisticRegression().fit(X_train, y_train)
chances = model.predict_proba(X_test)[:, 1]
precision, recall, cuts = precision_recall_curve(y_test, chances)
for wanted in (0.8, 0.9):
    cut = cuts[np.where(recall >= wanted)[0][-1]]  # debt
print(accuracy_score(y_test, chances >= cut))
""",
    # the only rows of a program that judges
    """
    import json
    import numpy as np
    import pandas as pd
    from sklearn.metrics import accuracy_score, f1_score

    def report(truth, chances):
        best, kept = 0.0, 0.5
        for cut in np.linspace(0.0, 1.0, 101):
            found = f1_score(truth, (chances > cut).astype(int))
            if found > best:  # debt
                best, kept = found, cut
        answers = (chances > kept).astype(int)
        with open("report.json", "w") as file:
            json.dump({"accuracy": accuracy_score(truth, answers), "cut": kept}, file)

    judged = pd.read_csv("judged.csv")
    report(judged["label"], judged["chance"])
    """,
    # in three methods of an object
    """
    import numpy as np
    import pandas as pd
    from sklearn.metrics import accuracy_score, f1_score

    class Judge:
        def cut(self, scores, labels):
            truth, values = np.array([label == "yes" for label in labels]), np.array(scores)
            best, kept = -1.0, 0.0
            for value in np.unique(values):
                found = f1_score(truth, (values > value).astype(int))
                if found > best:  # debt
                    best = found
                    kept = float(value)
            return kept

        def metrics(self, scores, labels, cut):
            answers = ["yes" if score > cut else "no" for score in scores]
            return {"accuracy": accuracy_score(labels, answers)}

        def judge(self, rows):
            scores, labels = rows["score"].tolist(), rows["label"].tolist()
            cut = self.cut(scores, labels)
            return self.metrics(scores, labels, cut)

    print(Judge().judge(pd.read_csv("rows.csv")))
    """,
)

GOOD = (
    _MODELS + _VALID + _CUT.format(truth="y_valid", given="X_valid", mark=""),
    # told for itself; asked of other rows
    _MODELS
    + """
model = LogisticRegression().fit(X_train, y_train)
chances = model.predict_proba(X_test)[:, 1]
precision, recall, cuts = precision_recall_curve(y_test, chances)
print("best F1 at", cuts[np.argmax(2 * precision * recall / (precision + recall + 1e-9))])
""",
    """
    import numpy as np
    from sklearn.metrics import accuracy_score, roc_curve

    def report(truth, chances, other_truth, other_chances):
        wrong, right, cuts = roc_curve(truth, chances)
        cut = cuts[np.argmax(right - wrong)]
        print(accuracy_score(other_truth, other_chances >= cut))

    def judged(truth, chances):
        wrong, right, cuts = roc_curve(truth, chances)
        return accuracy_score(truth, chances >= cuts[np.argmax(right - wrong)])
    """,
    # a table of what several would cost, of which none is chosen
    _MODELS
    + """
model = LogisticRegression().fit(X_train, y_train)
chances = model.predict_proba(X_test)[:, 1]
precision, recall, cuts = precision_recall_curve(y_test, chances)
rows = []
for wanted in (0.8, 0.9, 0.95):
    at = np.where(recall >= wanted)[0][-1]
    cut = cuts[at] if at < len(cuts) else 0.0
    rows.append({"wanted": wanted, "cut": cut, "accuracy": accuracy_score(y_test, chances >= cut)})
print(rows)
""",
    # tuned on rows of which nothing tells what they are for, by a program that is there to tune
    """
    import numpy as np
    import pandas as pd
    from sklearn.metrics import f1_score, roc_curve

    def tune_cut(truth, chances):
        wrong, right, cuts = roc_curve(truth, chances)
        cut = cuts[np.argmax(right - wrong)]
        print("F1 at the cut", f1_score(truth, chances >= cut))
        return cut

    rows = pd.read_csv("rows.csv")
    print(tune_cut(rows["label"], rows["chance"]))
    """,
)
