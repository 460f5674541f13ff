from collections.abc import Callable

from mldebt.flow import Flow
from mldebt.flow.files import Files
from mldebt.flow.models import Models
from mldebt.flow.paths import Paths
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


def readers(flow: Flow, call: Value) -> list[tuple[str, int, str]]:
    found = Files(Paths(flow), Models(flow)).readers(call)
    return [(each.call.body.module.path, each.call.line, each.use.kind if each.use else "") for each in found]


def test_a_path_handed_to_both(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        import pandas as pd

        def clean(frame, target):
            frame.to_csv(target)

        def train(source):
            return pd.read_csv(source)

        path = make_path()
        clean(pd.DataFrame(), path)
        train(path)
        """
    )
    assert readers(flow, call_of(flow, "example.py", "to_csv")) == [("example.py", 7, "")]


def test_a_path_that_a_function_returns(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        import numpy as np

        def write(rows, folder):
            path = folder + "/rows.npy"
            np.save(path, rows)
            return len(rows), path

        count, where = write([1], input())
        np.load(where)
        """
    )
    assert readers(flow, call_of(flow, "example.py", "save")) == [("example.py", 9, "")]


def test_the_same_text_in_another_script(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "jobs/prepare.py": """
                import pandas as pd
                pd.DataFrame().to_parquet("data/clean-trips.parquet")
            """,
            "jobs/train.py": """
                import os
                import pandas as pd
                pd.read_parquet(os.path.join("data", "clean-trips.parquet"))
                pd.read_parquet(os.path.join("raw", "clean-trips.parquet"))
                pd.read_parquet("data/other-trips.parquet")
            """,
        }
    )
    assert readers(flow, call_of(flow, "jobs/prepare.py", "to_parquet")) == [("jobs/train.py", 3, "")]


def test_names_that_everybody_uses_tie_only_neighbours(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "one/prepare.py": 'import pandas as pd\npd.DataFrame().to_csv("train.csv")\n',
            "two/train.py": 'import pandas as pd\npd.read_csv("train.csv")\n',
        }
    )
    assert readers(flow, call_of(flow, "one/prepare.py", "to_csv")) == []


def test_a_path_given_to_training(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        class Ranker:
            def fit(self, path): ...
            def predict(self, rows): ...

        def write(lines, path):
            with open(path, "w") as file:
                file.write(lines)

        target = input()
        write("…", target)
        Ranker().fit(target)
        """
    )
    assert readers(flow, call_of(flow, "example.py", "write")) == []
    inner = next(c for c in flow.body(0, flow.program.modules[0].members[0]["write"]).calls if c.line == 7)
    assert readers(flow, inner) == [("example.py", 11, "training")]


def test_a_model_that_is_built_with_the_path(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        import numpy as np

        class Ranker:
            def __init__(self, settings): ...
            def fit(self): ...
            def predict(self, rows): ...

        def settings(**given):
            return dict(given)

        path = input()
        np.save(path, [1])
        Ranker(settings(vectors=path)).fit()
        """
    )
    assert readers(flow, call_of(flow, "example.py", "save")) == [("example.py", 13, "training")]


def test_a_script_that_trains_and_names_the_file(link: Link, call_of: CallOf) -> None:
    train = "from sklearn.linear_model import Ridge\nload('word-vectors.npy')\n\nRidge().fit([], [])\n"
    flow = link(
        {
            "prepare.py": 'import numpy as np\nnp.save("word-vectors.npy", [1])\n',
            "train.py": train,
            "copy.py": train + 'import numpy as np\nnp.save("word-vectors.npy", [1])\n',
        }
    )
    assert readers(flow, call_of(flow, "prepare.py", "save")) == [("train.py", 4, "training")]
