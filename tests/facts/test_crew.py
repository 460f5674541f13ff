"""Worker processes as such."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
import pytest

from mldebt.facts.crew import Terms, iter_answers
from mldebt.facts.extract import extract_facts
from mldebt.facts.worker import Answer, Outcome, pack, unpack
from mldebt.sources import list_sources, read_source


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("has_much", [False, True])
def test_every_start_method_and_preparation_gives_the_same(tmp_path: Path, method: str, has_much: bool) -> None:
    texts = {f"{number}.py": f"f{number}(x)\n" for number in range(8)} | {"8.py": "a b"}
    for path, text in texts.items():
        (tmp_path / path).write_text(text)
    files = list_sources(tmp_path).files
    terms = Terms(workers=2, budget=20.0, has_much=has_much, method=method)
    answers = dict(iter_answers(files, functools.partial(read_source, tmp_path), terms))
    assert answers == {
        **{
            number: Answer(Outcome.FACTS, msgspec.msgpack.encode(extract_facts(text)))
            for number, text in enumerate(list(texts.values())[:8])
        },
        8: Answer(Outcome.NO_FACTS, reason="syntax error: invalid syntax (line 1)"),
    }


def test_a_crew_may_be_left_early(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.py").write_text(f"f{number}(x)\n" * 500)
    files = list_sources(tmp_path).files
    answers = iter_answers(files, functools.partial(read_source, tmp_path), Terms(workers=2, budget=20.0))
    assert next(answers)[1].outcome is Outcome.FACTS
    answers.close()


@pytest.mark.parametrize("answer", [Answer(Outcome.FACTS, b"\0\1"), Answer(Outcome.LOST, reason="é")])
def test_an_answer_survives_its_message(answer: Answer) -> None:
    assert unpack(pack(answer)) == answer
