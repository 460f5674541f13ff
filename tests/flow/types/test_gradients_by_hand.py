from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.types.models import Models

Link = Callable[..., Flow]
LOOP = """
import torch

weights = torch.randn(3, requires_grad=True)
for rows, truth in batches:
    error = torch.nn.functional.mse_loss(rows @ weights, truth)
    error.backward()
    {}
"""


@pytest.mark.parametrize(
    ("step", "is_training"),
    [
        ("weights.data += 0.1 * -weights.grad", True),
        ("weights.data = weights.data - 0.1 * weights.grad", True),
        ("weights -= 0.1 * weights.grad", True),
        ("torch.optim.SGD([weights]).step()", True),
        ("print(weights.grad.abs())", False),
        ("shown = weights * weights.grad", False),
    ],
)
def test_weights_that_are_changed_by_their_gradients_are_trained(step: str, is_training: bool, link: Link) -> None:
    flow = link(LOOP.format(step))
    assert Models(flow).optimizes_in(flow.body(0, 0)) is is_training
