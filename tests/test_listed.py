import pytest

from mldebt.listed import listed


@pytest.mark.parametrize(
    ("names", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_some_of_many_names(names: list[str], words: str) -> None:
    assert listed(names, 2) == words
