from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

QUICK = Settings(history=False, cache=False, jobs=1, select=("MLD401",))


def lines(root: Path, **texts: str) -> list[tuple[str, int]]:
    for name, text in texts.items():
        (root / f"{name}.py").write_text(dedent(text).lstrip(), encoding="utf-8")
    outcome = scan(root, QUICK)
    assert outcome.failures == ()
    return [(finding.location.path, finding.location.line) for finding in outcome.findings]


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("from fastapi import Depends, FastAPI", "Depends"),
        ("from fastapi import Depends as Needs, FastAPI", "Needs"),
        ("import fastapi\nfrom fastapi import FastAPI", "fastapi.Depends"),
        ("from fastapi import FastAPI\nfrom wiring import Depends", "Depends"),
    ],
)
def test_what_a_framework_fills_in_however_it_is_imported(tmp_path: Path, imports: str, name: str) -> None:
    text = f"""
import random
{imports}

app = FastAPI()


def ranked(user: str):
    return sorted(candidates(user), key=lambda item: item.score, reverse=True)


@app.get("/feed")
def feed(items={name}(ranked)):
    random.shuffle(items)
    return items
"""
    found = lines(tmp_path, feed=text, wiring="from fastapi import Depends\n")
    assert [path for path, _ in found] == ["feed.py"]


def test_a_function_of_the_team_with_that_name_fills_nothing_in(tmp_path: Path) -> None:
    text = """
        import random
        from fastapi import FastAPI

        app = FastAPI()

        def Depends(function):
            return []

        def ranked(user: str):
            return sorted(candidates(user), key=lambda item: item.score, reverse=True)

        @app.get("/feed")
        def feed(items=Depends(ranked)):
            random.shuffle(items)
            return items
        """
    assert lines(tmp_path, feed=text) == []


def test_a_ranking_in_a_pair_in_a_list(tmp_path: Path) -> None:
    text = """
        import random
        from fastapi import FastAPI

        app = FastAPI()

        def sections(user):
            items = sorted(candidates(user), key=lambda item: item.score, reverse=True)
            random.shuffle(items)
            return [("for you", items), ("more", [])]

        @app.get("/page")
        def page(user):
            return sections(user)[0]
        """
    assert lines(tmp_path, page=text) == [("page.py", 8)]


@pytest.mark.parametrize(("first", "count"), [('"B001"', 1), ('"the best of today:"', 0), ('f"{len(best)} found"', 0)])
def test_an_id_is_pinned_and_a_line_of_text_is_not(tmp_path: Path, first: str, count: int) -> None:
    text = f"""
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/best")
        def best(user):
            found = sorted(candidates(user), key=lambda item: item.score, reverse=True)
            best = [item.id for item in found]
            best.insert(0, {first})
            return best
        """
    assert len(lines(tmp_path, best=text)) == count
