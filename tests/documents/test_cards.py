import pytest

from mldebt.documents import Setting

from .conftest import read

CARD = """
---
license: mit
tags: [ranking, films]
model-index:
- name: ranker
  results:
  - metrics:
    - type: ndcg
      value: 0.41
---
# Ranker

Words.
"""


def test_metadata_and_lines() -> None:
    facts = read("README.md", CARD)
    assert facts.is_model_card
    assert facts.metadata == (
        Setting("license", "mit", 2),
        Setting("tags.0", "ranking", 3),
        Setting("tags.1", "films", 3),
        Setting("model-index.0.name", "ranker", 5),
        Setting("model-index.0.results.0.metrics.0.type", "ndcg", 8),
        Setting("model-index.0.results.0.metrics.0.value", "0.41", 9),
    )
    assert [(heading.title, heading.line) for heading in facts.headings] == [("Ranker", 11)]
    assert [(block.text, block.line) for block in facts.blocks] == [("Words.", 13)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("MODEL_CARD.md", "anything\n"),
        ("models/model-card-v2.md", "anything\n"),
        ("README.md", "---\nlibrary_name: sklearn\n---\nx\n"),
        ("README.md", "---\ntags:\n- x\n---\n"),
        ("docs/ranker.md", "---\npipeline_tag: text-ranking\n---\n"),
        ("README.md", "# Model Card for Ranker\n"),
        ("README.md", "# Ranker\n\n## Model card\n"),
        ("docs/ranker.rst", "Model card: Ranker\n==================\n"),
    ],
)
def test_model_cards(path: str, text: str) -> None:
    assert read(path, text).is_model_card


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "# Ranker\n\nSee the model card.\n"),
        ("README.md", "---\ntitle: Demo\nsdk: gradio\nlicense: mit\n---\n"),
        ("README.md", "---\nlicense: mit\ntask_categories: [ranking]\n---\n"),
        ("docs/page.md", "---\ntags: [guide]\n---\n# How\n"),
        ("docs/page.md", "# Making model cards\n"),
        ("docs/page.md", "---\n\nA rule\n\n---\n"),
        ("docs/page.md", "# A\n\n### Model card\n"),
    ],
)
def test_no_model_cards(path: str, text: str) -> None:
    assert not read(path, text).is_model_card


def test_broken_front_matter_costs_itself() -> None:
    facts = read("README.md", "---\nlicense: [mit\n---\n# Ranker\n")
    assert facts.problem == "front matter: not valid YAML: did not find expected ',' or ']' (line 3)"
    assert facts.title == "Ranker"
    assert facts.metadata == ()


def test_a_rule_is_no_front_matter() -> None:
    facts = read("README.md", "---\n\nWords and words\n\n---\n\n# Title\n")
    assert facts.metadata == ()
    assert [block.text for block in facts.blocks] == ["Words and words"]
