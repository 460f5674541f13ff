"""MLD305: what is told of a name that only some of the same places are given."""

import pytest

from mldebt.scan import scan
from mldebt.settings import Settings

ASKED = """
import openai
client = openai.OpenAI()

def spelled(text):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])

def told(text, model="gpt-4o"):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])

print(spelled("a"), told("b"), told("c", "gpt-4-turbo"))
"""
LOADED = """
from transformers import AutoModel

def spelled():
    return AutoModel.from_pretrained("acme/tiny-reader")

def told(name="acme/tiny-reader"):
    return AutoModel.from_pretrained(name)

print(spelled(), told(), told("acme/small-reader"))
"""


@pytest.mark.parametrize(
    ("text", "name", "more"),
    [
        (ASKED, "gpt-4o is asked", "gpt-4-turbo is asked there, too"),
        (LOADED, "acme/tiny-reader is loaded", "acme/small-reader is loaded there, too"),
    ],
)
def test_what_some_of_the_places_are_given_as_well_is_told_as_it_is_used(tmp_path, text, name, more):
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    (found,) = scan(tmp_path, Settings(select=("MLD305",), cache=False, history=False, jobs=1)).findings
    assert found.message.startswith(f"{name} without a pinned version")
    assert [step.message for step in found.trail if step.message.endswith(", too")] == [more]
