from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.orders.kept_orders import KeptOrders
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


@pytest.mark.parametrize(
    ("written", "read", "is_joined"),
    [
        ("'out/recs.csv'", "'out/recs.csv'", True),
        ("'./out/recs.csv'", "'../out/recs.csv'", True),
        ("f'{root}/out/recs.csv'", "f'{base}/out/recs.csv'", True),
        ("f'{root}/recs.csv'", "f'{base}/recs.csv'", False),
        ("f'out/{day}/recs.csv'", "f'out/{other}/recs.csv'", False),
        ("'out/recs.csv'", "'in/recs.csv'", False),
        ("'out/recs.csv'", "'/srv/out/recs.csv'", False),
        ("'/srv/out/recs.csv'", "'/srv/out/recs.csv'", True),
        ("'s3://one/out/recs.csv'", "'s3://other/out/recs.csv'", False),
        ("f'out/recs-{day}.csv'", "f'out/recs-{day}.csv'", False),
        ("'out/r.c'", "'out/r.c'", False),
    ],
)
def test_paths_that_are_surely_the_same(
    written: str, read: str, *, is_joined: bool, link: Link, call_of: CallOf
) -> None:
    flow = link(
        {
            "job.py": f"def go(frame, root, day):\n    frame.to_csv({written})\n",
            "app.py": f"import pandas as pd\ndef serve(base, day, other):\n    return pd.read_csv({read})\n",
            "main.py": "import pandas as pd\nfrom job import go\ngo(pd.DataFrame(), 1, 2)\n",
        }
    )
    found = KeptOrders(flow).written(call_of(flow, "app.py", "read_csv"))
    assert [value.name for value in found] == (["frame"] if is_joined else [])


@pytest.mark.parametrize(
    ("more", "is_joined"),
    [
        ("", True),
        ("def again(rows):\n    json.dump(rows, open('recs.json', 'w'))", False),
        ("def more(rows):\n    file = open('recs.json', 'a')", False),
    ],
)
def test_one_write_alone_tells_the_order(more: str, *, is_joined: bool, link: Link, call_of: CallOf) -> None:
    job = (
        f"import json\ndef go(rows):\n    with open('recs.json', 'w') as file:\n        json.dump(rows, file)\n{more}\n"
    )
    flow = link({"job.py": job, "app.py": "import json\ndef serve():\n    return json.load(open('recs.json'))\n"})
    found = KeptOrders(flow).written(call_of(flow, "app.py", "open"))
    assert [value.name for value in found] == (["rows"] if is_joined else [])
