from pathlib import Path

import pytest

from mldebt.errors import ConfigError
from mldebt.finding import Audience, Severity
from mldebt.rulebook import choose_rules, load_rules, shows_all
from mldebt.settings import Settings, load_settings
from mldebt.tables import parse_table


def amend(root: Path, text: str) -> Path:
    folder = root / ".mldebt" / "rules"
    folder.mkdir(parents=True)
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    return root


def test_the_rules_of_the_package_load_sorted_by_id() -> None:
    ids = [rule.id for rule in load_rules()]
    assert ids == sorted(ids)
    assert {"MLD101", "MLD201", "MLD202", "MLD301", "MLD401"} <= set(ids)


def test_prose_is_one_line_that_a_report_can_wrap() -> None:
    for rule in load_rules():
        assert rule.references, rule.id
        for prose in (rule.why, rule.remedy):
            assert "\n" not in prose
            assert prose.endswith("."), rule.id


def test_a_team_may_reword_regrade_and_retune_a_rule(tmp_path: Path) -> None:
    text = 'id = "MLD101"\nseverity = "high"\nremedy = "Ask #data."\n[parameters]\nmin_steps = 5\n'
    before = {rule.id: rule for rule in load_rules()}
    after = {rule.id: rule for rule in load_rules(amend(tmp_path, text))}
    assert (after["MLD101"].severity, after["MLD101"].remedy) == (Severity.HIGH, "Ask #data.")
    assert after["MLD101"].integer("min_steps") == 5
    assert after["MLD101"].integer("min_sources") == before["MLD101"].integer("min_sources")
    assert after["MLD101"].why == before["MLD101"].why
    assert after["MLD401"] == before["MLD401"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('id = "MLD999"', "id is 'MLD999'; allowed: MLD101"),
        ('severity = "high"', "missing key 'id'"),
        ('id = "MLD101"\nsevrity = "high"', "unknown key 'sevrity'; allowed: "),
        ('id = "MLD101"\nseverity = "hihg"', "did you mean 'high'?"),
        ('id = "MLD101"\nname = "other"', "name is 'other'; MLD101 is 'bespoke-ingestion'"),
        ('id = "MLD101"\n[parameters]\nmin_stepz = 1', "[parameters]: unknown key 'min_stepz'"),
        ('id = "MLD401"\n[parameters]\nmin_steps = 1', "[parameters]: unknown key 'min_steps'; none may stand here"),
        ('id = "MLD101"\n[parameters]\nmin_steps = "3"', "min_steps must be a whole number, not '3'"),
        ('id = "MLD201"\n[parameters]\nknown_share = "much"', "known_share must be a number of at least 0"),
        ('id = "MLD101"\nwhy = " "', "why is empty"),
    ],
)
def test_a_faulty_amendment_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_rules(amend(tmp_path, text))
    assert str(refused.value).startswith(".mldebt/rules/ours.toml: ")
    assert said in str(refused.value)


def chosen(**given: object) -> set[str]:
    return {rule.id for rule in choose_rules(load_rules(), Settings(**given))}  # type: ignore[arg-type]


def test_rules_are_chosen_by_id_prefix_name_and_family() -> None:
    everything = {rule.id for rule in load_rules()}
    assert chosen() == chosen(select=("all",)) == everything
    assert chosen(select=("mld101",)) == {"MLD101"}
    assert chosen(select=("bus-factor-one",)) == {"MLD201"}
    assert chosen(select=("MLD2",)) == chosen(select=("ownership",)) == {i for i in everything if i[3] == "2"}
    assert chosen(ignore=("contract",)) == {i for i in everything if i[3] != "4"}
    assert chosen(select=("ownership",), ignore=("MLD201",)) == chosen(select=("ownership",)) - {"MLD201"}


@pytest.mark.parametrize("key", ["select", "ignore"])
def test_a_word_that_names_no_rule_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match=rf"{key} names no rule: 'ownershp'.*did you mean 'ownership'"):
        chosen(**{key: ("ownershp",)})
    with pytest.raises(ConfigError, match="names no rule"):
        chosen(**{key: ("MLD9",)})


def test_settings_retune_a_rule(tmp_path: Path) -> None:
    (tmp_path / "mldebt.toml").write_text("[rules.MLD101]\nmin_steps = 7\n")
    rules = {rule.id: rule for rule in choose_rules(load_rules(), load_settings(tmp_path))}
    assert rules["MLD101"].integer("min_steps") == 7


def test_settings_for_an_unknown_rule_are_refused() -> None:
    settings = Settings(rules={"MLD1O1": parse_table("min_steps = 7", "mldebt.toml")})
    with pytest.raises(ConfigError, match=r"mldebt.toml: unknown rule 'MLD1O1'; allowed: .*did you mean 'MLD101'"):
        choose_rules(load_rules(), settings)


def test_naming_a_rule_shows_all_that_it_finds(tmp_path: Path) -> None:
    rule = load_rules(amend(tmp_path, 'id = "MLD101"\naudience = "pedantic"'))[0]
    assert rule.audience is Audience.PEDANTIC
    assert not shows_all(rule, Settings())
    assert not shows_all(rule, Settings(select=("ingestion", "MLD102")))
    assert shows_all(rule, Settings(select=("MLD101",)))
    assert shows_all(rule, Settings(select=("bespoke-ingestion",)))
    assert shows_all(rule, Settings(pedantic=True))


def test_a_parameter_of_another_kind_is_a_fault_of_ours() -> None:
    rule = next(rule for rule in load_rules() if rule.id == "MLD201")
    assert rule.number("known_share") == pytest.approx(0.1)
    with pytest.raises(TypeError, match="MLD201: parameter known_share is not a whole number"):
        rule.integer("known_share")
    with pytest.raises(TypeError, match="is not a list"):
        rule.words("min_lines")
