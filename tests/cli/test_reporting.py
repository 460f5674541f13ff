from mldebt.cli.reporting import spent
from mldebt.outcome import Timing


def test_a_stage_of_two_states_is_told_once() -> None:
    timings = [
        Timing(stage="listing", seconds=0.2),
        Timing(stage="facts", seconds=0.01),
        Timing(stage="listing", seconds=0.1),
    ]
    assert spent(timings) == "0.3 s (listing 0.3)."
    assert spent([]) == "0.0 s."
