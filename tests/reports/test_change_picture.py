from msgspec.structs import replace

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
    assert 'subgraph f0["a#34;#93;.py"]\n        n0["load"]\n    end\n' in drawn
    assert 'n1["rank"]:::written\n' in drawn
    assert ":::found" in drawn
    assert "n0 --> n1\n    n1 --> n2\n" in drawn


def test_what_leads_nowhere_needs_no_picture(verdict: Verdict) -> None:
    first, *_ = verdict.new
    alone = replace(first.finding, trail=(Step(location=first.finding.location, message="here"),))
    assert render_change_mermaid(replace(verdict, new=(replace(first, finding=alone),))) == ""


def test_the_last_step_leads_to_where_the_finding_stands_and_long_ways_go_down(verdict: Verdict) -> None:
    first, *_ = verdict.new
    places = [Location(path="a.py", symbol=f"step_{number}") for number in range(5)]
    finding = replace(first.finding, trail=tuple(Step(location=place, message="here") for place in places))
    drawn = render_change_mermaid(replace(verdict, new=(replace(first, finding=finding),)))
    assert drawn.startswith("flowchart TD\n")
    assert "n4 --> n5\n" in drawn
    assert drawn.count(":::found") == 1


def test_what_one_finding_holds_is_joined_and_leads_nowhere(verdict: Verdict) -> None:
    first, *_ = verdict.new
    places = [Location(path="a.py", symbol=name) for name in ("load", "read", "fetch")]
    trail = tuple(Step(location=place, message="the same again") for place in places)
    finding = replace(first.finding, location=places[0], trail=trail, members=("a.py:load", "a.py:read", "a.py:fetch"))
    drawn = render_change_mermaid(replace(verdict, new=(replace(first, finding=finding),)))
    assert drawn.startswith("flowchart LR\n")
    assert "    n0 --- n1\n    n0 --- n2\n" in drawn
    assert "-->" not in drawn
