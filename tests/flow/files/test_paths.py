from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.files.paths import Paths
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('pd.read_csv("a/b.csv")', {"a/b.csv"}),
        ('pd.read_csv(os.path.join("a", "b.csv"))', {"a/b.csv"}),
        ('pd.read_csv("a" + "/b.csv")', {"a/b.csv"}),
        ('pd.read_csv(Path("a") / "b.csv")', {"a/b.csv"}),
        ('pd.read_csv(Path("a").joinpath("b.csv").resolve())', {"a/b.csv"}),
        ('pd.read_csv("{}/b.csv".format("a"))', {"a/b.csv"}),
        ('folder = "a"\npd.read_csv(f"{folder}/b.csv")', {"a/b.csv"}),
        ('pd.read_csv("{²}/b.csv".format("a"))', {"{²}/b.csv"}),
        ('pd.read_csv(sys.argv[1] + "/b.csv")', {"{}/b.csv"}),
        ('pd.read_csv("a.csv" if sys.argv else "b.csv")', {"a.csv", "b.csv"}),
        ('pd.read_csv("a_{}_{}.csv".format(False, None))', {"a_{}_{}.csv"}),
        ('def read(path):\n    pd.read_csv(path)\n\nread("a.csv")\nread("b.csv")', {"a.csv", "b.csv"}),
        ('def at(name):\n    return "in/" + name\n\npd.read_csv(at("a.csv"))\nopen(at("b.txt"))', {"in/a.csv"}),
        (
            'def at(name):\n    return "in/" + name\n\ndef read(name):\n    pd.read_csv(at(name))\n\nread("a.csv")',
            {"in/a.csv"},
        ),
        (
            'def at(*parts):\n    return os.path.join("in", *parts)\n\n'
            'pd.read_csv(at("a", "b.csv"))\nopen(at("c.txt"))',
            {"in/a/b.csv"},
        ),
        (
            'def under(*parts):\n    return os.path.join("r", *parts)\n\n'
            'def at(kind, *parts):\n    return under(kind, *parts)\n\npd.read_csv(at("in", "a", "b.csv"))',
            {"r/in/a/b.csv"},
        ),
        ("def read(path):\n    pd.read_csv(path)", {"{path}"}),
        ('def read(day):\n    pd.read_csv("a-{}-{}.csv".format(day + 1, day - 1))', {"a-{day}-{day}.csv"}),
        ('def read(day):\n    pd.read_csv("a-" + day + "1.csv")', {"a-{day}1.csv"}),
        ('pd.read_csv(os.path.join("a/", "b.csv"))', {"a/b.csv"}),
        ('pd.read_csv(Path(os.path.abspath("")) / "a" / "b.csv")', {"a/b.csv"}),
        ('pd.read_csv("" + "/b.csv")', {"/b.csv"}),
        ('def read(**given):\n    pd.read_csv(given.get("path"))\n\nread(path="a.csv")', {"a.csv"}),
        (
            'for place in {"all": ["a", "b"]}["all"]:\n    pd.read_csv(os.path.join(place, "c.csv"))',
            {"a/c.csv", "b/c.csv"},
        ),
        ('for place in ["a", "b", "c"]:\n    pd.read_csv(os.path.join(place, "d.csv"))', {"{}/d.csv"}),
        ('for place in [*sys.argv, "b"]:\n    pd.read_csv(os.path.join(place, "d.csv"))', {"{}/d.csv"}),
        ('def read(first, second):\n    pd.read_csv(second)\n\nread(*["a.csv", "b.csv"])', {"b.csv"}),
    ],
)
def test_a_path_is_known_as_text_as_far_as_it_is_written_down(
    code: str, texts: set[str], link: Link, call_of: CallOf
) -> None:
    flow = link(f"import os, sys\nfrom pathlib import Path\nimport pandas as pd\n{code}")
    paths = Paths(flow)
    path = paths.path(call_of(flow, "example.py", "read_csv"))
    assert path is not None
    assert set(paths.texts(path)) == texts


def test_a_loop_that_builds_a_path_ends(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        path = "a"
        while more():
            path = path + "/b"
        open(path)
        """
    )
    paths = Paths(flow)
    path = paths.path(call_of(flow, "example.py", "open"))
    assert path is not None
    assert "a" in paths.texts(path)


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("open(path)", True),
        ('open(path, "rb")', True),
        ('open(path, mode="r+")', True),
        ('open(path, "w")', False),
        ('open(path, mode="ab")', False),
        ('Path(path).open("w")', False),
        ("Path(path).open()", True),
        ("json.load(handle)", False),
        ('mode = "w"\nopen(path, mode)', False),
    ],
)
def test_open_reads_or_writes_by_its_mode(code: str, reads: bool, link: Link, call_of: CallOf) -> None:
    flow = link(f"import json\nfrom pathlib import Path\n{code}")
    name = "load" if "json" in code else "open"
    assert Paths(flow).is_read(call_of(flow, "example.py", name)) is reads


@pytest.mark.parametrize(
    "code",
    [
        'with open("a.pkl", "rb") as file:\n    pickle.load(file)',
        'file = open("a.pkl", "rb")\npickle.load(file)',
        'pickle.load(open("a.pkl", "rb"))',
        'def handle():\n    return open("a.pkl", "rb")\n\npickle.load(handle())',
    ],
)
def test_a_handle_leads_back_to_its_path(code: str, link: Link, call_of: CallOf) -> None:
    flow = link(f"import pickle\n{code}")
    paths = Paths(flow)
    path = paths.path(call_of(flow, "example.py", "load"))
    assert path is not None
    assert paths.texts(path) == ("a.pkl",)
