"""Algorithms that a library is asked for by a short name: `create_model("et")` makes extra trees."""

from __future__ import annotations

from mldebt.flow.value import Value

_OF_ALL = {
    "ada": "AdaBoost",
    "catboost": "CatBoost",
    "dt": "DecisionTree",
    "et": "ExtraTrees",
    "gbc": "GradientBoosting",
    "gbr": "GradientBoosting",
    "knn": "KNeighbors",
    "lightgbm": "LGBM",
    "mlp": "MLP",
    "nb": "GaussianNB",
    "qda": "QuadraticDiscriminantAnalysis",
    "rbfsvm": "SVC",
    "rf": "RandomForest",
    "ridge": "Ridge",
    "svm": "LinearSVM",
    "xgboost": "XGB",
    "en": "ElasticNet",
    "lasso": "Lasso",
    "kmeans": "KMeans",
    "iforest": "IsolationForest",
    "arima": "ARIMA",
    "prophet": "Prophet",
}
_OF_KIND = {
    "classification": {"lr": "LogisticRegression", "lda": "LinearDiscriminantAnalysis"},
    "regression": {"lr": "LinearRegression"},
}
_MAKERS = frozenset({"create_model"})


def asked_algorithm(call: Value, name: str) -> str:
    """The class of models that a call of `name` asks for by a short name that is written out; "" for any other call."""
    library, kind, maker = (*name.split("."), "", "", "")[:3]
    if library != "pycaret" or maker not in _MAKERS:
        return ""
    asked = dict(call.named_arguments).get("estimator") or next(iter(call.arguments), None)
    if asked is None or asked.kind != "const" or not isinstance(asked.data, str):
        return ""
    return _OF_KIND.get(kind, {}).get(asked.data) or _OF_ALL.get(asked.data, "")
