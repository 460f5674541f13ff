from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD503",))

TRAIN = """
import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler

def train(net, rows, args):
    {seeded}
    sampler = {sampler}
    if args.distributed:
        sampler = DistributedSampler(rows)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for batch in DataLoader(rows, sampler=sampler, shuffle={shuffle}):
        optimizer.zero_grad()
        net(batch).mean().backward()
        optimizer.step()
    torch.save(net.state_dict(), args.output)
"""


@pytest.mark.parametrize(
    ("seeded", "sampler", "shuffle", "is_told"),
    [
        ("np.random.seed(args.seed)", "None", "sampler is None", True),
        ("torch.manual_seed(args.seed)", "None", "sampler is None", False),
        ("np.random.seed(args.seed)", "args.sampler", "sampler is None", False),
        ("np.random.seed(args.seed)", "None", "sampler is not None", False),
        ("np.random.seed(args.seed)", "None", "args.shuffle", False),
    ],
)
def test_what_shuffles_where_no_sampler_is_given(
    tmp_path: Path, seeded: str, sampler: str, shuffle: str, is_told: bool
) -> None:
    text = TRAIN.format(seeded=seeded, sampler=sampler, shuffle=shuffle)
    (tmp_path / "train.py").write_text(dedent(text).lstrip(), encoding="utf-8")
    outcome = scan(tmp_path, QUICK)
    assert outcome.failures == ()
    assert ["DataLoader in random order" in each.message for each in outcome.findings] == ([True] if is_told else [])
