from hypothesis import given
from hypothesis import strategies as st

from mldebt.gate.matching import Likeness, pair

EXACT: Likeness[str, str] = Likeness(old=lambda text: text, new=lambda text: text)
SAME_START: Likeness[str, str] = Likeness(old=lambda text: text[:1], new=lambda text: text[:1])


def test_the_surest_likeness_goes_first() -> None:
    assert pair(["ab", "ac"], ["ac", "ab"], [EXACT, SAME_START]) == [(1, 0), (0, 1)]
    assert pair(["ab", "ac"], ["ad", "ac"], [EXACT, SAME_START]) == [(0, 0), (1, 1)]
    assert pair(["ab"], ["ac"], [EXACT]) == []


def test_equal_ones_pair_in_order_and_once() -> None:
    assert pair(["a", "a", "a"], ["a", "a"], [EXACT]) == [(0, 0), (1, 1)]


def test_what_is_not_accepted_stays_for_later() -> None:
    picky: Likeness[str, str] = Likeness(
        old=lambda text: text[:1], new=lambda text: text[:1], accept=lambda old, _new: old.endswith("x")
    )
    assert pair(["ab", "ax"], ["ac", "ad"], [picky, SAME_START]) == [(1, 0), (0, 1)]


def test_no_key_is_like_nothing() -> None:
    nothing: Likeness[str, str] = Likeness(old=lambda _: None, new=lambda _: None)
    assert pair(["a"], ["a"], [nothing]) == []


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_as_many_pairs_as_there_can_be(old: list[str], new: list[str]) -> None:
    pairs = pair(old, new, [EXACT])
    assert all(old[first] == new[second] for first, second in pairs)
    assert len({first for first, _ in pairs}) == len({second for _, second in pairs}) == len(pairs)
    assert len(pairs) == sum(min(old.count(each), new.count(each)) for each in "abc")
