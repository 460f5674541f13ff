import pytest

from mldebt.listed import all_of, is_or_are, listed


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_some_of_many_names(names: list[str], words: str) -> None:
    assert listed(names, 2) == words


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_every_name(names: list[str], words: str) -> None:
    assert all_of(names) == words


@pytest.mark.parametrize(("names", "verb"), [(["a"], "is"), (["a", "b"], "are"), (["a", "b", "c"], "are")])
def test_the_verb_behind_names(names: list[str], verb: str) -> None:
    assert is_or_are(names) == verb
