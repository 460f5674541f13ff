from collections.abc import Callable

import pytest

from mldebt.facts.extract import extract_facts
from mldebt.flow import Flow, ModuleInput, link_project
from mldebt.flow.files.files import Files
from mldebt.flow.files.stages import Stage
from mldebt.flow.value import Value
from mldebt.rulebook import load_apis
from mldebt.sources import Category

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


def readers(flow: Flow, call: Value) -> list[tuple[str, int, str]]:
    found = Files(flow).readers(call)
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


@pytest.mark.parametrize(("named", "line"), [('"a", "words.txt"', [12]), ('"a", "rows.csv"', [])])
def test_files_of_one_folder_are_told_apart_by_what_is_handed_on(
    link: Link, call_of: CallOf, named: str, line: list[int]
) -> None:
    flow = link(
        f"""
        import os
        import numpy as np
        import pandas as pd

        def below(*parts):
            return os.path.join(os.getcwd(), *parts)

        def data(*parts):
            return below("data", *parts)

        np.save(data("a", "words.txt"), [1])
        pd.read_csv(data({named}))
        """
    )
    assert readers(flow, call_of(flow, "example.py", "save")) == [("example.py", each, "") for each in line]


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


SHORT = "import pandas as pd\npd.DataFrame([1]).to_csv('{}')\n", "import pandas as pd\npd.read_csv('{}')\n"


@pytest.mark.parametrize(
    ("written", "read", "joined"),
    [
        (("jobs/prepare.py", "b.csv"), ("jobs/fit.py", "b.csv"), True),
        (("jobs/prepare.py", "./b.csv"), ("jobs/fit.py", "b.csv"), True),
        (("src/jobs/prepare.py", "data/b.csv"), ("src/models/fit.py", "data/b.csv"), True),
        (("src/jobs/prepare.py", "b.csv"), ("src/models/fit.py", "b.csv"), False),
        (("jobs/prepare.py", "data/b.csv"), ("models/fit.py", "data/b.csv"), False),
        (("jobs/prepare.py", "data/b.csv"), ("jobs/fit.py", "b.csv"), False),
        (("jobs/prepare.py", "one/b.csv"), ("jobs/fit.py", "two/b.csv"), False),
        (("a/jobs/day/prepare.py", "data/b.csv"), ("z/models/week/fit.py", "data/b.csv"), False),
    ],
)
def test_a_short_name_ties_only_one_and_the_same_path(
    link: Link, call_of: CallOf, written: tuple[str, str], read: tuple[str, str], joined: bool
) -> None:
    flow = link({written[0]: SHORT[0].format(written[1]), read[0]: SHORT[1].format(read[1])})
    assert readers(flow, call_of(flow, written[0], "to_csv")) == ([(read[0], 2, "")] if joined else [])


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


def test_a_table_that_a_frame_or_a_statement_writes(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "jobs/score.py": """
                def save(frame, engine):
                    frame.to_sql("scores", engine)
            """,
            "jobs/insert.py": """
                def save(connection, rows):
                    connection.cursor().executemany("INSERT INTO ratings VALUES (%s, %s)", rows)
            """,
            "jobs/use.py": """
                import pandas as pd

                def scores(engine):
                    return pd.read_sql("SELECT item, score FROM scores ORDER BY score DESC", engine)

                def ratings(connection):
                    cursor = connection.cursor()
                    cursor.execute("SELECT * FROM ratings r JOIN items i ON i.id = r.item")
                    return cursor.fetchall()
            """,
        }
    )
    assert readers(flow, call_of(flow, "jobs/score.py", "to_sql")) == [("jobs/use.py", 4, "")]
    assert readers(flow, call_of(flow, "jobs/insert.py", "executemany")) == [("jobs/use.py", 9, "")]


def test_a_file_that_a_workflow_hands_from_script_to_script(call_of: CallOf) -> None:
    texts = {
        "prepare.py": "import sys\nimport pandas as pd\npd.DataFrame().to_csv(sys.argv[2])\n",
        "train.py": "import sys\nimport pandas as pd\nrows = pd.read_csv(sys.argv[1])\n",
        "other.py": "import sys\nimport pandas as pd\nrows = pd.read_csv(sys.argv[1])\n",
    }
    modules = [
        ModuleInput(path=path, category=Category.PRODUCT, is_notebook=False, facts=extract_facts(text))
        for path, text in texts.items()
    ]
    stages = [
        Stage(("prepare.py",), ("raw.csv",), ("data/clean",)),
        Stage(("train.py",), ("data/clean/rows.csv",), ("model.pkl",)),
        Stage(("other.py",), ("data/else.csv",), ()),
    ]
    flow = link_project(modules, load_apis(), stages=stages)
    assert readers(flow, call_of(flow, "prepare.py", "to_csv")) == [("train.py", 3, "")]
    assert readers(link_project(modules, load_apis()), call_of(flow, "prepare.py", "to_csv")) == []


@pytest.mark.parametrize(
    ("read", "lines"),
    [("clicks_240309.csv", [8]), ("clicks_2024-03-09.csv", [8]), ("clicks_249909.csv", []), ("views_240309.csv", [])],
)
def test_a_name_with_a_day_in_it_is_one_that_is_made_with_a_day(
    link: Link, call_of: CallOf, read: str, lines: list[int]
) -> None:
    flow = link(
        f"""
        from datetime import datetime
        import pandas as pd

        def clean(frame):
            frame.to_csv(f"clicks_{{datetime.now():%y%m%d}}.csv")

        clean(pd.DataFrame())
        pd.read_csv("{read}")
        """
    )
    assert [line for _, line, _ in readers(flow, call_of(flow, "example.py", "to_csv"))] == lines
