from dataclasses import replace

from mldebt.finding import Location, Step
from mldebt.reports.change_picture import render_change_mermaid
from mldebt.verdict import Verdict


def test_places_that_lead_to_what_is_new(verdict: Verdict) -> None:
    first, *_ = verdict.new
    places = [Location(path='a"].py', symbol="load"), Location(path="b.py", symbol="rank"), first.finding.location]
    finding = replace(first.finding, trail=tuple(Step(location=place, message="here") for place in places))
    cause = replace(first.cause, places=(places[1],))
    drawn = render_change_mermaid(replace(verdict, new=(replace(first, finding=finding, cause=cause),)))
    assert drawn.startswith("flowchart LR\n")
    assert 'n0["a#34;#93;.py<br/>load"]\n' in drawn
    assert 'n1["b.py<br/>rank"]:::written\n' in drawn
    assert ":::found" in drawn
    assert "n0 --> n1\n    n1 --> n2\n" in drawn


def test_what_leads_nowhere_needs_no_picture(verdict: Verdict) -> None:
    first, *_ = verdict.new
    alone = replace(first.finding, trail=first.finding.trail[:1])
    assert render_change_mermaid(replace(verdict, new=(replace(first, finding=alone),))) == ""
