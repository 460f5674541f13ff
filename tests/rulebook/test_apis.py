from pathlib import Path

import pytest

from mldebt.errors import ConfigError
from mldebt.rulebook import Catalogue, catalogue_key, load_apis

TEAM = """
library = "acme"

[[type]]
name = "acme.Table"
aliases = ["acme.core.Table"]
kind = "frame"

[[type]]
name = "acme.BigTable"
bases = ["acme.core.Table"]
hooks = { score = "predict" }

[[api]]
role = ["reads", "parses"]
names = ["acme.read_table"]
returns = "acme.core.Table"
medium = "table"
source = "name"
platform = true

[[api]]
role = "joins"
type = "acme.Table"
methods = ["join_with"]
returns = "self"
order = "loses"
"""


def write_team(root: Path, text: str, name: str = "acme.toml") -> Path:
    folder = root / ".mldebt" / "apis"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return load_apis(write_team(tmp_path, TEAM))


def test_a_function_is_found_with_all_it_does(catalogue: Catalogue) -> None:
    api = catalogue.function("acme.read_table")
    assert api is not None
    assert api.roles == {"reads", "parses"}
    assert (api.returns, api.medium, api.source, api.platform, api.library) == (
        "acme.Table",
        "table",
        "name",
        True,
        "acme",
    )


def test_a_method_is_found_on_supertypes_and_through_aliases(catalogue: Catalogue) -> None:
    own = catalogue.method("acme.Table", "join_with")
    assert own is not None
    assert (own.name, own.returns, own.order) == ("acme.Table.join_with", "self", "loses")
    assert catalogue.method("acme.BigTable", "join_with") == own
    assert catalogue.method("acme.core.Table", "join_with") == own
    assert catalogue.function("acme.core.Table.join_with") == own
    assert catalogue.method("acme.Table", "other") is None
    assert catalogue.method("nowhere.Type", "join_with") is None


def test_a_type_that_is_called_constructs_itself(catalogue: Catalogue) -> None:
    made = catalogue.function("acme.BigTable")
    assert made is not None
    assert (made.returns, made.roles) == ("acme.BigTable", frozenset())
    assert catalogue.function("acme.nothing") is None


def test_lineage_and_hooks(catalogue: Catalogue) -> None:
    assert catalogue.lineage("acme.BigTable") == ("acme.BigTable", "acme.Table")
    assert catalogue.hook("acme.BigTable", "score") == "predict"
    assert catalogue.hook("acme.Table", "score") == ""


def test_a_circle_of_bases_ends(tmp_path: Path) -> None:
    circle = 'library="x"\n[[type]]\nname="x.A"\nbases=["x.B"]\n[[type]]\nname="x.B"\nbases=["x.A"]\n'
    assert load_apis(write_team(tmp_path, circle)).lineage("x.A") == ("x.A", "x.B")


def test_a_team_may_replace_what_we_say(tmp_path: Path) -> None:
    name = next(iter(load_apis().functions))
    text = f'library = "ours"\n[[api]]\nrole = "plots"\nnames = ["{name}"]\nplatform = true\n'
    api = load_apis(write_team(tmp_path, text)).function(name)
    assert api is not None
    assert (api.roles, api.platform, api.library) == ({"plots"}, True, "ours")


def test_the_compiled_form_gives_the_same_catalogue(tmp_path: Path) -> None:
    root, cache = write_team(tmp_path / "root", TEAM), tmp_path / "cache"
    cold, warm = load_apis(root, cache), load_apis(root, cache)
    assert list(cache.glob("apis/*"))
    assert cold == warm == load_apis(root)


def test_a_broken_compiled_form_is_a_miss(tmp_path: Path) -> None:
    root, cache = write_team(tmp_path / "root", TEAM), tmp_path / "cache"
    cold = load_apis(root, cache)
    for entry in cache.glob("apis/*"):
        entry.write_bytes(b"\xc1 not msgpack")
    assert load_apis(root, cache) == cold


def test_the_key_follows_the_content(tmp_path: Path) -> None:
    root = write_team(tmp_path, TEAM)
    before = catalogue_key(root)
    assert before == load_apis(root).key != catalogue_key()
    write_team(tmp_path, TEAM.replace('"joins"', '"cleans"'))
    assert catalogue_key(root) != before


FAULTS = {
    "role": ('role = "raeds"\nnames = ["a.b"]', "[[api]] 1 (line 2): role is 'raeds'; allowed: ", "mean 'reads'?"),
    "role in a list": ('role = ["reads", "fts"]\nnames = ["a.b"]', "role is 'fts'", "mean 'fits'?"),
    "key": ('role = "reads"\nnames = ["a.b"]\nplatfrm = true', "unknown key 'platfrm'", "mean 'platform'?"),
    "order": ('role = "sorts"\nnames = ["a.b"]\norder = "keep"', "order is 'keep'", "mean 'keeps'?"),
    "medium": ('role = "reads"\nnames = ["a.b"]\nmedium = "fle"', "medium is 'fle'", "mean 'file'?"),
    "wrong type": ('role = "reads"\nnames = "a.b"', "names must be a list of strings, not 'a.b'", ""),
    "flag": ('role = "reads"\nnames = ["a.b"]\nplatform = "yes"', "platform must be true or false, not 'yes'", ""),
    "no role": ('names = ["a.b"]', "missing key 'role'", ""),
    "no names": ('role = "reads"', "needs either names (functions) or type and methods", ""),
    "both": ('role = "reads"\nnames = ["a.b"]\ntype = "a.T"\nmethods = ["m"]', "needs either names", ""),
    "empty": ('role = "reads"\nnames = []', "names is empty", ""),
    "called": ('role = "reads"\nnames = ["acme.read()"]', "'acme.read()' is no name that code could call", ""),
    "self": (
        'role = "reads"\nnames = ["a.b"]\nreturns = "self"',
        'returns is "self", which only a method can have',
        "",
    ),
    "unknown type": ('role = "reads"\ntype = "a.Tabel"\nmethods = ["m"]', "the type 'a.Tabel', which no [[type]]", ""),
    "unknown result": ('role = "reads"\nnames = ["a.b"]\nreturns = "a.Nope"', "returns names the type 'a.Nope'", ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_with_file_key_and_way_out(tmp_path: Path, name: str) -> None:
    entry, said, hint = FAULTS[name]
    with pytest.raises(ConfigError) as refused:
        load_apis(write_team(tmp_path, f'library = "a"\n[[api]]\n{entry}\n'))
    message = str(refused.value)
    assert message.startswith(".mldebt/apis/acme.toml: [[api]] 1 (line 2): ")
    assert said in message
    assert hint in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("library = ", "acme.toml: not valid TOML: "),
        ("[[api]]\nrole = 'reads'\nnames = ['a.b']", "acme.toml: missing key 'library'"),
        ("library = 'a'\napis = []", "unknown key 'apis'; allowed: api, library, type; did you mean 'api'?"),
        ("library = 'a'\n[api]\nrole = 'reads'", "api must be an array of tables ([[api]])"),
        ("library = 'a'\n[[type]]\nname = 'a.T'\nkind = 'fraem'", "[[type]] 1 (line 2): kind is 'fraem'"),
        ("library = 'a'\n[[type]]\nname = 'a.T'\nhooks = {run = 'trian'}", "mean 'train'?"),
        ("library = 'a'\n[[type]]\nname = 'a.T'\nbases = ['a.S']", "bases names the type 'a.S'"),
        (
            "library = 'a'\n[[type]]\nname = 'a.T'\naliases = ['a.X']\n[[type]]\nname = 'a.S'\naliases = ['a.X']",
            "alias 'a.X' already means 'a.T'",
        ),
        (
            "library = 'a'\n[[api]]\nrole = 'reads'\nnames = ['a.b']\n[[api]]\nrole = 'saves'\nnames = ['a.b']",
            "[[api]] 2 (line 5): 'a.b' is declared differently in .mldebt/apis/acme.toml [[api]] 1; give it one record",
        ),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_apis(write_team(tmp_path, text))
    assert said in str(refused.value)


def test_equal_duplicates_are_one_record(tmp_path: Path) -> None:
    entry = '[[api]]\nrole = "reads"\nnames = ["a.b"]\n'
    write_team(tmp_path, f'library = "a"\n{entry}', "one.toml")
    assert load_apis(write_team(tmp_path, f'library = "b"\n{entry}', "two.toml")).function("a.b") is not None


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    root = write_team(tmp_path, TEAM)
    (root / ".mldebt" / "apis" / "acme.toml").write_bytes(b"library = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load_apis(root)
