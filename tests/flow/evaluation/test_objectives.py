from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

PEAK = """
    from scipy.optimize import minimize_scalar

    def peak(curve):
        return minimize_scalar(lambda x: -curve(x)).fun
    """
BLEND = """
    from scipy.optimize import minimize
    from sklearn.metrics import log_loss

    def blend(scores, labels):
        def loss(weights):
            return judged(scores @ weights)

        def judged(blended):
            return log_loss(labels, blended)

        return minimize(loss, [0.5, 0.5]).x
    """
OWN = """
    from scipy.optimize import minimize

    class Ranker:
        def fit(self, rows, labels):
            self.weights = minimize(self._cost, [0.0], args=(rows, labels)).x

        def _cost(self, weights, rows, labels):
            return ((rows @ weights - labels) ** 2).sum()
    """
UNKNOWN = """
    from scipy.optimize import minimize

    def lowest(objective):
        return minimize(objective, [0.0]).x
    """


@pytest.mark.parametrize(
    ("code", "name", "trains"),
    [
        (PEAK, "minimize_scalar", False),
        (BLEND, "minimize", True),
        (OWN, "minimize", True),
        (UNKNOWN, "minimize", False),
    ],
)
def test_an_optimizer_trains_where_what_it_minimizes_says_how_good_something_is(
    code: str, name: str, trains: bool, link: Link, call_of: CallOf
) -> None:
    flow = link(code)
    assert ("tunes" in flow.roles(call_of(flow, "example.py", name))) is trains
