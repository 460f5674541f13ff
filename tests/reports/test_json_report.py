import json
from collections.abc import Callable

from mldebt.outcome import Outcome
from mldebt.reports.json_report import render_json


def test_the_document(outcome: Outcome, snapshot: Callable[[str, str], None]) -> None:
    snapshot("report.json", render_json(outcome))


def test_it_is_json_with_every_finding(outcome: Outcome) -> None:
    document = json.loads(render_json(outcome))
    assert [item["rule"] for item in document["findings"]] == ["MLD401", "MLD201", "MLD401", "MLD401"]
    assert document["findings"][0]["location"]["cell"] == 7
    assert document["complete"] is False
    assert len(document["skipped"]) == 3


def test_a_lone_surrogate_stays_json(outcome: Outcome) -> None:
    from msgspec.structs import replace

    from mldebt.finding import Skipped

    text = render_json(replace(outcome, skipped=(Skipped(path="caf\udce9.py", reason="odd"),)))
    written = text.encode("utf-8", "backslashreplace")
    assert json.loads(written)["skipped"][0]["path"] == "caf\udce9.py"
