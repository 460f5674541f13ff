from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.conditions.givens import Givens
from mldebt.flow.value import Value

Link = Callable[..., Flow]
CallOf = Callable[[Flow, str, str], Value]

_HEAD = """
import argparse, os, sys, tempfile, time, uuid
from datetime import datetime
from pathlib import Path
import click, yaml
"""


def kinds(flow: Flow, call_of: CallOf, path: str = "example.py") -> set[str]:
    return set(Givens(flow).kinds(call_of(flow, path, "keep").inputs[1][1]))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('keep("a.bin")', {"constant"}),
        ('PATH = "a.bin"\ndef main():\n    keep(PATH)', {"constant"}),
        ('keep(os.path.join("out", "a.bin"))', {"constant"}),
        ('keep(Path("out") / "a.bin")', {"constant"}),
        ('keep(Path("out/a").with_suffix(".bin"))', {"constant"}),
        ('def save(path):\n    keep(path)\n\nsave("a.bin")', {"constant"}),
        ('def save(path="a.bin"):\n    keep(path)\n\nsave()', {"constant"}),
        ('def save(path="a.bin"):\n    keep(path)', {"default"}),
        ("def save(path):\n    keep(path)", {"caller"}),
        ('for epoch in range(3):\n    keep(f"{epoch}.bin")', {"step"}),
        ('keep(f"{datetime.now():%Y}.bin")', {"run"}),
        ('keep(f"{uuid.uuid4()}.bin")', {"run"}),
        ('keep(time.strftime("%Y"))', {"run"}),
        ('def save(run):\n    keep(f"{run.version}.bin")', {"run"}),
        ('keep(tempfile.mkdtemp() + "/a.bin")', {"constant", "temporary"}),
        ('keep(os.environ["OUT"])', {"environment"}),
        ('keep(os.getenv("OUT", "a.bin"))', {"environment"}),
        ("keep(argparse.ArgumentParser().parse_args().out)", {"option"}),
        ("keep(sys.argv[1])", {"option"}),
        ('@click.command()\n@click.option("--out", default="a.bin")\ndef main(out):\n    keep(out)', {"option"}),
        ('import fire\ndef main(out="a.bin"):\n    keep(out)\n\nfire.Fire(main)', {"option"}),
        (
            'import fire\ndef main():\n    save()\ndef save(out="a.bin"):\n    keep(out)\n\nfire.Fire(main)',
            {"constant"},
        ),
        ('keep(yaml.safe_load(open("c.yaml"))["out"])', {"setting"}),
        ('OUT = "out"\nexec(open("overrides.py").read())\nkeep(OUT)', {"option"}),
        ('keep(Path(__file__).parent / "a.bin")', {"constant", "place"}),
        ("keep(made_elsewhere())", {"unknown"}),
        ('keep("a.bin" if sys.argv else None)', {"constant"}),
    ],
)
def test_who_decides_a_value(code: str, expected: set[str], link: Link, call_of: CallOf) -> None:
    assert kinds(link(f"{_HEAD}{code}"), call_of) == expected


def test_an_attribute_holds_what_its_class_was_made_with(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        class Trainer:
            def __init__(self, out):
                self.out = out

            def save(self):
                keep(self.out)

        Trainer("a.bin").save()
        """
    )
    assert kinds(flow, call_of) == {"constant"}


def test_what_a_test_hands_in_decides_nothing(link: Link, call_of: CallOf) -> None:
    flow = link(
        {
            "saving.py": "def save(path):\n    keep(path)\n",
            "tests/test_saving.py": 'from saving import save\nsave("a.bin")\n',
        }
    )
    assert kinds(flow, call_of, "saving.py") == {"caller"}


def test_the_call_that_hands_a_literal_in_is_the_nearest_to_it(link: Link, call_of: CallOf) -> None:
    flow = link(
        """
        def inner(path):
            keep(path)

        def outer(path):
            inner(path)

        outer("a.bin")
        """
    )
    (given,) = Givens(flow).of(call_of(flow, "example.py", "keep").inputs[1][1])
    call = given.handed_in()
    assert call is not None
    assert call.line == 7
    assert given.whole


def test_a_part_of_a_text_is_not_the_whole(link: Link, call_of: CallOf) -> None:
    flow = link('name = "a"\nkeep(f"{name}.bin")')
    (given,) = Givens(flow).of(call_of(flow, "example.py", "keep").inputs[1][1])
    assert not given.whole


def test_a_walk_that_does_not_end_says_unknown(link: Link, call_of: CallOf) -> None:
    steps = "\n".join(f'name = name + "{number}" if flag({number}) else "x{number}" + name' for number in range(300))
    assert "unknown" in kinds(link(f'name = "a"\n{steps}\nkeep(name)'), call_of)
