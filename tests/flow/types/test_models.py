from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.linking import Target
from mldebt.flow.types.models import Models
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


def the_class(flow: Flow, name: str) -> tuple[int, int]:
    return next(key for key in flow.program.classes if flow.scope(*key).name == name)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from torch import nn\nclass A(nn.Module): pass", True),
        ("import torch.nn as nn\nclass B(nn.Module): pass\nclass A(B): pass", True),
        ("class A:\n    def fit(self, x): pass\n    def predict(self, x): pass", True),
        ("class A:\n    def fit(self, box): pass", False),
        ("from sklearn.linear_model import Ridge\nclass A:\n    def go(self, x, y):\n        Ridge().fit(x, y)", True),
        ("class A:\n    def go(self): pass", False),
    ],
)
def test_what_is_a_model(code: str, expected: bool, link: Link) -> None:
    flow = link(code)
    assert Models(flow).is_model(the_class(flow, "A")) is expected


def test_a_method_of_a_model_says_what_it_does_with_data(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        class Ranker:
            def fit(self, rows): ...
            def predict(self, rows): ...
            def fitting(self, rows): ...

        ranker = Ranker()
        ranker.fit(rows)
        ranker.predict(rows)
        ranker.fitting(rows)
        """
    )
    models = Models(flow)
    uses = {
        name: [models.uses(target) for target in flow.targets(call_of(flow, "example.py", name))]
        for name in ("fit", "predict", "fitting")
    }
    assert [use and use.kind for use in uses["fit"]] == ["training"]
    assert [use and use.text for use in uses["predict"]] == ["used for predictions in Ranker.predict"]
    assert uses["fitting"] == [None]


def test_a_dataset_hands_out_its_items_only_through_its_framework(link: Link) -> None:
    flow = link(
        """
        from torch.utils.data import Dataset

        class Clicks(Dataset):
            def __getitem__(self, index): ...
            def describe(self): ...
        """
    )
    models = Models(flow)
    found = {scope.name: models.hands_out(0, n) for n, scope in enumerate(flow.program.modules[0].facts.scopes) if n}
    assert found["__getitem__"] is not None
    assert found["describe"] is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sklearn.metrics.roc_auc_score", "evaluation"),
        ("torch.utils.data.DataLoader", "dataset"),
        ("tiktoken.Encoding.encode", ""),
        ("pandas.read_csv", ""),
        ("numpy.polyfit", ""),
        ("scipy.stats.linregress", ""),
    ],
)
def test_what_a_library_does_with_data(name: str, kind: str, link: Link) -> None:
    flow = link("")
    api = flow.catalogue.function(name)
    assert api is not None
    use = Models(flow).used_by(Target("external", name=api.name, api=api))
    assert (use.kind if use else "") == kind


@pytest.mark.parametrize(
    ("within", "kind"),
    [
        ("", "features"),
        ("KNNImputer().fit(rows)", "features"),
        ("Ridge().fit(rows, rows)", "training"),
    ],
)
def test_what_can_only_be_fitted_to_transform_is_no_model(within: str, kind: str, link: Link) -> None:
    flow = link(
        f"""
        from sklearn.impute import KNNImputer
        from sklearn.linear_model import Ridge

        class Cleaner:
            def fit(self, rows):
                {within or "..."}
            def transform(self, rows): ...

        cleaner = Cleaner()
        cleaner.fit(given)
        """
    )
    models = Models(flow)
    call = next(each for each in flow.body(0, 0).calls if each.calls_method("fit"))
    assert [use and use.kind for use in map(models.uses, flow.targets(call))] == [kind]
    assert models.trains(call) is (kind == "training")
