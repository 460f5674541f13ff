from pathlib import Path

from mldebt.pipeline.skew.worked_out import WorkedOut
from mldebt.scan import read_project
from mldebt.settings import Settings

_OBJECTIVE = """
def objective(trial, row):
    depth = trial.suggest_int("max_depth", 3, 12)
    share = row["a"] * trial.suggest_float("share", 0, 1)
    ratio = row["a"] / row["b"]
    return depth, share, ratio
"""


def test_what_a_search_for_hyper_parameters_tries_next_is_no_feature(tmp_path: Path) -> None:
    (tmp_path / "tune.py").write_text(_OBJECTIVE)
    flow = read_project(tmp_path, Settings(cache=False, history=False, jobs=1)).flow
    (returned,) = flow.body(0, 1).returns.every("value")
    assert [WorkedOut(flow).is_feature(each) for each in returned.every("item")] == [False, False, True]
