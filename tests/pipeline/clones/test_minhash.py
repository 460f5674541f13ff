import random
from itertools import combinations

import pytest

from mldebt.pipeline.clones.minhash import BINS, Hashes, candidates, sign


def sets(shared: int, own: int, seed: int) -> tuple[set[int], set[int]]:
    """Two random sets whose Jaccard similarity is shared / (shared + 2 * own)."""
    draw = random.Random(seed)  # noqa: S311 — no secret
    both = {draw.getrandbits(64) for _ in range(shared)}
    return both | {draw.getrandbits(64) for _ in range(own)}, both | {draw.getrandbits(64) for _ in range(own)}


def test_a_text_has_one_hash_on_every_machine() -> None:
    assert Hashes().of("call(.dropna(·))") == 0xB0E4BBF7DE4E8BDD


@pytest.mark.parametrize(("shared", "own"), [(200, 0), (200, 50), (100, 100), (20, 5)])
def test_signatures_agree_as_often_as_sets_do(shared: int, own: int) -> None:
    agreed = []
    for seed in range(30):
        one, other = (sign(each) for each in sets(shared, own, seed))
        agreed.append(sum(a == b for a, b in zip(one, other, strict=True)) / BINS)
    assert abs(sum(agreed) / len(agreed) - shared / (shared + 2 * own)) < 0.06


def test_nothing_has_no_signature_and_is_like_nothing() -> None:
    assert sign([]) == ()
    assert list(candidates([(), ()])) == []


def test_order_does_not_matter() -> None:
    one, _ = sets(40, 10, 1)
    assert sign(sorted(one)) == sign(sorted(one, reverse=True))


def test_what_is_alike_is_compared_and_little_else() -> None:
    alike = [sets(60, 10, seed) for seed in range(40)]
    signatures = [sign(each) for pair in alike for each in pair]
    found = set(candidates(signatures))
    assert sum((2 * n, 2 * n + 1) in found for n in range(40)) >= 39
    assert len(found) < 50 < len(list(combinations(signatures, 2)))


def test_many_equal_sets_are_not_compared_pairwise() -> None:
    one, _ = sets(30, 0, 3)
    found = list(candidates([sign(one)] * 500))
    assert len(found) < 500 * 10
    assert {other for _, other in found} == set(range(1, 500))
