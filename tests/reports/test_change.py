import json
from collections.abc import Callable

import jsonschema
import pytest
from msgspec.structs import replace

from mldebt.reports import FORMATS, change_renderer, renderer
from mldebt.reports.change_sarif import render_change_sarif
from mldebt.reports.change_text import render_change_text
from mldebt.reports.words import said_of
from mldebt.verdict import Grown, Verdict

from .test_sarif import SCHEMA

Snapshot = Callable[[str, str], None]


@pytest.mark.parametrize(("form", "name"), [("text", "change.txt"), ("json", "change.json"), ("sarif", "change.sarif")])
def test_the_report(verdict: Verdict, snapshot: Snapshot, form: str, name: str) -> None:
    snapshot(name, change_renderer(form)(verdict))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_say_nothing(verdict: Verdict, form: str) -> None:
    clean = replace(verdict.after, findings=(), failures=(), suppressions=(), skipped=())
    still = replace(
        verdict,
        before=clean,
        after=clean,
        new=(),
        drifted=(),
        fixed=(),
        lapsed=(),
        silenced=(),
        unknown=(),
        kept=(),
        notes=(),
    )
    assert "MLD401 downstream-reorder " not in change_renderer(form)(still)
    assert renderer(form)(clean) is not None


def test_sarif_is_valid_and_says_the_state_of_each_result(verdict: Verdict) -> None:
    log = json.loads(render_change_sarif(verdict))
    validator = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(log)] == []
    results = log["runs"][0]["results"]
    assert [result["baselineState"] for result in results] == ["new", "new", "unchanged", "absent", "absent", "absent"]
    assert [result["properties"].get("causeKind") for result in results] == ["lines", "time", None, None, None, None]


def test_a_sentence_for_every_case(verdict: Verdict) -> None:
    assert said_of(verdict) == (
        "1 new finding (1 medium), 1 fixed, 1 ended by changes in other files, 1 silenced by a comment, "
        "2 new ones known to the baseline, 1 unchanged (1 moved)."
    )
    nothing = replace(verdict, after=replace(verdict.after, counts=type(verdict.after.counts)()))
    assert "Nothing to analyse after the change" in render_change_text(nothing)


def test_what_has_grown_is_told_like_what_is_new_but_under_its_own_word(verdict: Verdict) -> None:
    (kept,), (new,) = verdict.kept, verdict.new
    grown = Grown(finding=kept.after, gained=("shop/a.py:load",), cause=new.cause)
    change = replace(verdict, new=(), grown=(grown,))
    assert said_of(change).startswith("No new findings, 1 grown (1 low), ")
    for form in ("text", "markdown", "github", "junit", "gitlab"):
        assert "grew by shop/a.py:load" in " ".join(change_renderer(form)(change).split())
    told = json.loads(change_renderer("json")(change))
    assert (told["new"], told["grown"][0]["gained"]) == ([], ["shop/a.py:load"])
    states = [each["baselineState"] for each in json.loads(change_renderer("sarif")(change))["runs"][0]["results"]]
    assert states.count("updated") == 1
