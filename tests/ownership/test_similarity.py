"""What rules a candidate out, or in, is never at odds with the measure itself."""

import random

import pytest

from mldebt.git import BlobReader, isolated, open_repository
from mldebt.ownership.similarity import ENOUGH, MOST, Shelf, Similarity

WORDS = ["x = 1", "", "return row", "    )", "é" * 40, "=" * 80, "long " * 30, "import pandas as pd\r"]


def text(rng):
    lines = [rng.choice(WORDS) + (f" # {rng.randrange(30)}" if rng.random() < 0.6 else "") for _ in range(60)]
    return "\n".join(lines) + "\n" * rng.randrange(2)


def edited(rng, old):
    lines = old.split("\n")
    for _ in range(rng.choice((1, 5, 20, 40))):
        lines[rng.randrange(len(lines))] = rng.choice((f"new = {rng.random()}", rng.choice(WORDS)))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_short_cuts_agree_with_the_measure(recorder, seed):
    rng = random.Random(seed)  # noqa: S311  # the same texts every time
    old = {f"old/{n}.py": text(rng) for n in range(60)}
    new = {f"new/{n}.py": edited(rng, old[f"old/{n}.py"]) for n in range(60)}
    recorder.commit(old | new)
    with isolated(open_repository(recorder.write())) as isolation, BlobReader(isolation) as reader:
        listed = isolation.run(["ls-tree", "-r", "HEAD"]).splitlines()
        ids = {line.partition(b"\t")[2].decode(): line.split()[2] for line in listed}
        sources = [ids[path] for path in old]
        similarity, shelf = Similarity(reader), Shelf()
        for path in new:
            one = {source: similarity.compare([source], ids[path], Shelf()) for source in sources}
            expected = {source: bounds for found in one.values() for source, bounds in found.items()}
            assert similarity.compare(sources, ids[path], shelf) == expected, "many are looked up, few are compared"
            for source in sources:
                least = expected[source].least if source in expected else 0
                for enough in (ENOUGH, 45_000, MOST):
                    assert similarity.is_at_least(source, ids[path], enough) == (least >= enough)
