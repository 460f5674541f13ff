import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from mldebt.errors import ConfigError
from mldebt.rulebook import choose_rules, load_rules
from mldebt.schema import WORDS, render_schema, setting_keys
from mldebt.settings import load_settings

KEPT = Path(__file__).parent.parent / "docs" / "mldebt.schema.json"
EVERYTHING = """
select = ["contract"]
ignore = ["MLD301"]
fail_on = "high"
pedantic = true
strict = true
baseline = "known.tsv"
require_reason = true
jobs = 2
cache = false
cache_dir = ".cache"
platform = ["acme.data.read_table"]
history = false
window_days = 90
half_life_days = 90
[paths]
exclude = ["/old"]
product = ["tests/service"]
tests = ["checks/"]
vendored = ["forks"]
generated = ["*_gen.py"]
data = ["/corpus/"]
[limits]
file_bytes = 5
notebook_bytes = 5
document_bytes = 5
file_seconds = 5
[people]
bots = ["deploy@acme.example"]
[people.aliases]
"Bob Lee" = ["blee"]
[people.left]
"Cy Ng" = "2024-05-31"
[people.teams]
ranking = ["Bob Lee"]
[budget]
total = 10
info = 4
low = 3
medium = 2
high = 0
new = "high"
ratchet = true
[budget.rules]
MLD301 = 3
[rules.MLD101]
min_steps = 4
"""


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(render_schema(load_rules()))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def test_the_kept_schema_is_the_one_that_the_code_makes() -> None:
    """When this fails: `mldebt config --schema > docs/mldebt.schema.json`, or `MLDEBT_UPDATE_SNAPSHOTS=1 pytest`."""
    made = render_schema(load_rules())
    if os.environ.get("MLDEBT_UPDATE_SNAPSHOTS"):
        KEPT.write_text(made, encoding="utf-8", newline="\n")
    assert KEPT.read_text(encoding="utf-8") == made


def test_every_key_is_explained_and_nothing_else() -> None:
    assert {key.path.removesuffix(".*") for key in setting_keys()} == set(WORDS)


def test_a_file_with_every_key_is_valid_and_can_be_read(validator: Any, tmp_path: Path) -> None:
    value = tomli.loads(EVERYTHING)
    assert [error.message for error in validator.iter_errors(value)] == []
    (tmp_path / "mldebt.toml").write_text(EVERYTHING)
    assert load_settings(tmp_path).budget.rules == {"MLD301": 3}
    named = {".".join(path) for path in walk(value)}
    assert {key.path for key in setting_keys() if key.kind != "table" and "*" not in key.path} <= named


def walk(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return [path]
    return [found for name, below in value.items() for found in walk(below, (*path, name))]


WRONG = [
    "fail_onn = 'high'",
    "fail_on = 'severe'",
    "jobs = -1",
    "jobs = '2'",
    "select = 'contract'",
    "select = ['']",
    "strict = 1",
    "window_days = 0",
    "[paths]\nexlude = []",
    "[limits]\nfile_bytes = 0",
    "[people]\naliases = { Bob = 'blee' }",
    "[budget]\ntotal = -1",
    "[budget]\nnew = 'none'",
    "[budget.rules]\nMLD301 = 'x'",
    "[rules.MLD101]\nmin_steps = 'x'",
    "[rules.MLD999]\nx = 1",
    "[rules.MLD101]\nmin_stepz = 1",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_refused_by_the_one_is_refused_by_the_other(text: str, validator: Any, tmp_path: Path) -> None:
    assert list(validator.iter_errors(tomli.loads(text)))
    (tmp_path / "mldebt.toml").write_text(text)
    with pytest.raises(ConfigError):
        choose_rules(load_rules(), load_settings(tmp_path))
