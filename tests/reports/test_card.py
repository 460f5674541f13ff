import pytest

from mldebt.finding import Location, Owner
from mldebt.inventory import Cell, ModelRecord
from mldebt.reports.card import TO_FILL, render_card

RECORD = ModelRecord(
    name="on",
    path="rank/model.py",
    library="torch",
    builder=(Cell(text="on", location=Location(path="rank/model.py", line=4)), Cell(text="BertModel")),
    base_models=(Cell(text="org/base-model", location=Location(path="rank/model.py", line=9)),),
    training=(Cell(text="rank/train.py", location=Location(path="rank/train.py", line=1), note="python train.py"),),
    sources=(
        Cell(text="org/clicks", location=Location(path="rank/train.py", line=3), note="hub"),
        Cell(text="data/a`b.csv", location=Location(path="rank/train.py", line=4)),
    ),
    artifacts=(Cell(text="out/{run}.pt", location=Location(path="rank/train.py", line=9), note="differs by run"),),
    metrics=(Cell(text="accuracy_score", location=Location(path="rank/train.py", line=8)),),
    parameters=(Cell(text="lr", note="0.1", location=Location(path="rank/train.py", line=6)),),
    findings=(Cell(text="MLD503", note="No [seed] <b>", location=Location(path="rank/train.py", line=7)),),
    owners=(Owner(name="Ana", share=0.75, active=True), Owner(name="Bo", share=0.25, active=False)),
    bus_factor=1,
)


def test_a_card_says_what_is_known_with_its_place() -> None:
    card = render_card(RECORD, "1.0")
    assert "- Data: `org/clicks` (`rank/train.py:3`), hub" in card
    assert "- Data: ``data/a`b.csv`` (`rank/train.py:4`)" in card
    assert "| `lr` | `0.1` | `rank/train.py:6` |" in card
    assert "- Retrain with: `python train.py`" in card
    assert "- Wrote most of it and is active: Ana (75%)" in card
    assert "Bo" not in card
    assert "<b>" not in card


def test_what_only_a_person_knows_is_to_be_filled() -> None:
    bare = ModelRecord(name="Net", path="net.py", builder=(Cell(text="Net", location=Location(path="net.py")),))
    card = render_card(bare, "1.0")
    for line in ("- Metric:", "- Data:", "- Artifact:", "- Retrain with:", "- Owner:", "- License:"):
        assert any(text.startswith(f"{line} {TO_FILL}") for text in card.splitlines()), line


def test_the_hubs_own_parser_reads_the_card_and_writes_it_back() -> None:
    hub = pytest.importorskip("huggingface_hub")
    card = render_card(RECORD, "1.0")
    read = hub.ModelCard(card)
    data = read.data.to_dict()
    assert data["model_name"] == "on"
    assert data["library_name"] == "pytorch"
    assert data["base_model"] == ["org/base-model"]
    assert data["datasets"] == ["org/clicks"]
    assert data["metrics"] == ["accuracy"]
    again = hub.ModelCard(str(read))
    assert again.data.to_dict() == data
    assert again.text.strip() == read.text.strip()
    assert read.text.strip() == card.split("---\n", 2)[2].strip()
