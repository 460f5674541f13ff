"""Networks, what they are put together of, and what trains them: the network is the model."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records

_PARTS = """
    from torch import nn

    class Narrow(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 8)

        def forward(self, rows):
            return self.layer(rows)

    class Wide(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 99)

        def forward(self, rows):
            return self.layer(rows)
"""
_WHOLE = """
    from torch import nn

    class Towers(nn.Module):
        def __init__(self, user, item):
            super().__init__()
            self.user, self.item = user, item

        def forward(self, rows):
            return self.user(rows) @ self.item(rows)
"""
_USE = """
    import torch
    from a_whole import Towers
    from b_parts import Narrow, Wide

    def train(kind, batches):
        if kind == "narrow":
            user = Narrow()
        elif kind == "wide":
            user = Wide()
        {built}
        optimizer = torch.optim.Adam(net.parameters())
        for rows, answers in batches:
            nn.functional.mse_loss(net(rows), answers).backward()
            optimizer.step()
        torch.save(net.state_dict(), "net.pt")

    train("wide", load())
"""


@pytest.mark.parametrize(
    ("built", "names"),
    [("net = Towers(user, user)", ["Towers"]), ("net = user", ["Narrow", "Wide"])],
)
def test_a_network_of_exchangeable_parts_has_its_own_name(tmp_path: Path, built: str, names: list[str]) -> None:
    files = {"a_whole.py": _WHOLE, "b_parts.py": _PARTS, "use.py": _USE.format(built=built)}
    assert [record.name for record in model_records(tmp_path, files)] == names


_NET = """
    import torch
    from torch import nn

    class Sequences(nn.Module):
        def __init__(self):
            super().__init__()
            self.items = nn.Embedding(900, 16)
            self.size = 16

        def finetune(self, batch):
            return {passed}
"""
_TRAINERS = """
    import torch

    class Trainer:
        def __init__(self, model, batches):
            self.model, self.batches = model, batches
            self.optimizer = torch.optim.Adam(self.model.parameters())

        def train(self):
            for rows, answers in self.batches:
                torch.nn.functional.mse_loss(self.step(rows), answers).backward()
                self.optimizer.step()
            torch.save(self.model.state_dict(), "net.pt")

        def predict(self, rows):
            return self.step(rows)

    class First(Trainer):
        def step(self, rows):
            return self.model.finetune(rows)

    class Then(Trainer):
        def step(self, rows):
            return self.model.finetune(rows) * 2
"""
_STARTS = """
    from nets import Sequences
    from trainers import {trainer}

    net = Sequences()
    {trainer}(net, load()).train()
"""


def test_what_trains_the_network_that_it_is_given_is_no_model_beside_it(tmp_path: Path) -> None:
    files = {"nets.py": _NET.format(passed="self.items(batch)"), "trainers.py": _TRAINERS}
    files |= {f"{trainer.lower()}.py": _STARTS.format(trainer=trainer) for trainer in ("First", "Then")}
    assert [record.name for record in model_records(tmp_path, files)] == ["Sequences"]


def test_a_module_that_passes_nothing_through_its_layers_is_no_network(tmp_path: Path) -> None:
    files = {"nets.py": _NET.format(passed="batch[: self.size]"), "trainers.py": _TRAINERS}
    files["then.py"] = _STARTS.format(trainer="Then")
    assert "Sequences" not in [record.name for record in model_records(tmp_path, files)]
