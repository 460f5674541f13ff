import pytest

from mldebt.flow.calls.runners import AT_ONCE, BESIDE, EACH, LATER, RUNNERS, SENDING, SUBMITTING


def names(when: str, *, each: bool = False) -> set[str]:
    return {name for name, runner in RUNNERS.items() if runner.when == when and (runner.tells == EACH) == each}


def test_when_a_function_is_run() -> None:
    assert names(AT_ONCE) == {"apply"}
    assert names(LATER) == {"add_task"}
    assert "run_in_threadpool" in names(BESIDE)
    assert names(BESIDE, each=True) == {"map", "imap", "imap_unordered", "map_async", "starmap", "starmap_async"}


@pytest.mark.parametrize(
    ("method", "takes_arguments", "once"),
    [("delay", True, True), ("apply_async", False, True), ("map", True, False), ("expand", True, False)],
)
def test_the_methods_of_a_task(method: str, *, takes_arguments: bool, once: bool) -> None:
    assert (method in SUBMITTING, method in SENDING) == (takes_arguments, once)
