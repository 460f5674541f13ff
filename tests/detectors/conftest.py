import pytest


@pytest.fixture(autouse=True)
def _small_texts(quick: None) -> None:
    """They scan a few lines each."""
