import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.documents import Setting, parse_document
from mldebt.documents.yaml_tree import YamlError, parse_all_yaml, parse_yaml
from mldebt.sources import Document, DocumentKind

from .conftest import read


def test_yaml_settings() -> None:
    facts = read(
        "conf/a.yaml",
        "model:\n  lr: 0.1\n  layers: [1, 2]\n  note: |\n    first\n    second\n  none: null\n---\nb: yes\n",
    )
    assert facts.settings == (
        Setting("model.lr", "0.1", 2),
        Setting("model.layers.0", "1", 3),
        Setting("model.layers.1", "2", 3),
        Setting("model.note", "first\nsecond\n", 5),
        Setting("model.none", "", 7),
        Setting("b", "yes", 9),
    )


def test_merge_duplicate_and_tag() -> None:
    text = "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n  y: 4\n  z: !env HOME\n"
    assert read("a.yaml", text).settings[2:] == (
        Setting("use.x", "1", 1),
        Setting("use.y", "4", 5),
        Setting("use.z", "HOME", 6),
    )


def test_json_settings() -> None:
    facts = read("config.json", '{\n\t"lr": 0.1,\n\t"path": "data/x.csv",\n\t"more": {}\n}\n')
    assert facts.settings == (Setting("lr", "0.1", 2), Setting("path", "data/x.csv", 3), Setting("more", "", 4))


def test_toml_settings() -> None:
    facts = read(
        "conf/a.toml",
        'seed = 1\n[model]\nlr = 0.1\n"odd key" = true\nnested = { a = 1 }\n[[runs]]\nname = "x"\n[a.b]\nc.d = 2\n',
    )
    assert facts.settings == (
        Setting("seed", "1", 1),
        Setting("model.lr", "0.1", 3),
        Setting("model.odd key", "true", 4),
        Setting("model.nested.a", "1", 5),
        Setting("runs.0.name", "x", 7),
        Setting("a.b.c.d", "2", 9),
    )


def test_ini_and_environment_settings() -> None:
    assert read("a.ini", "; c\n[train]\nlr = 0.1\nseed: 3\n").settings == (
        Setting("train.lr", "0.1", 3),
        Setting("train.seed", "3", 4),
    )
    assert read(".env.example", 'export URL="http://x"\nKEY=\n').settings == (
        Setting("URL", "http://x", 1),
        Setting("KEY", "", 2),
    )


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("a.yaml", "a: [1\n", "not valid YAML: did not find expected ',' or ']' (line 2)"),
        ("a.yaml", "a: {{ b }}\n", None),
        ("a.yaml", "[" * 5000, "not valid YAML: exceeded maximum nesting depth (line 1)"),
        ("a.yaml", "a: \x01", "not valid YAML: "),
        ("conf/a.toml", "a = \n", "Invalid value (at line 1, column 5)"),
    ],
)
def test_what_is_not_valid_has_a_problem(path: str, text: str, problem: str | None) -> None:
    facts = read(path, text)
    assert not any(each.value for each in facts.settings)
    assert facts.problem.startswith(problem or "")


def test_aliases_do_not_explode() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 12)]
    facts = read("a.yaml", "\n".join(lines))
    assert len(facts.settings) <= 5_000
    assert facts.problem == ""


def test_an_alias_of_its_own_parent_is_absent() -> None:
    (root,) = parse_all_yaml("a: &a\n  b: *a\n  c: 1\n")
    assert root.get("a", "c").text == "1"
    assert not root.get("a", "b", "c").present


def test_empty_yaml() -> None:
    assert not parse_yaml("# nothing\n").present
    assert not parse_yaml("- a\n").get("b", "c").present


@given(
    st.sampled_from(list(DocumentKind)),
    st.text(max_size=200),
    st.sampled_from(["", ".md", ".rst", ".yaml", ".json", ".toml"]),
)
def test_no_text_makes_a_document_raise(kind: DocumentKind, text: str, extension: str) -> None:
    facts = parse_document(Document(path=f"x{extension}", kind=kind, text=text))
    assert facts.kind is kind


@given(
    st.dictionaries(
        st.from_regex("[a-z]{1,5}", fullmatch=True), st.integers() | st.from_regex("[a-z]{1,9}", fullmatch=True)
    )
)
def test_every_setting_stands_on_its_line(values: dict[str, object]) -> None:
    text = "".join(f"{key}: '{value}'\n" for key, value in values.items())
    for setting in parse_document(Document(path="a.yaml", kind=DocumentKind.CONFIG, text=text)).settings:
        assert text.split("\n")[setting.line - 1] == f"{setting.key}: '{setting.value}'"


def test_yaml_errors_are_ours() -> None:
    with pytest.raises(YamlError):
        parse_yaml("a: 'b")
