from msgspec.structs import replace

from mldebt.finding import Location
from mldebt.identity import fingerprints

PLACE = Location(path="a.py", line=10, column=5, symbol="Shop.list", snippet="random.shuffle( tracks )")


def test_moved_lines_and_spaces_change_nothing() -> None:
    moved = replace(PLACE, line=99, column=1, end_line=100, snippet="random.shuffle(tracks)")
    assert fingerprints([("MLD401", PLACE)]) == fingerprints([("MLD401", moved)])


def test_a_definition_is_known_by_its_name() -> None:
    short = replace(PLACE, snippet="def list(self):")
    long = replace(PLACE, snippet="def list(self, user: int, *, limit: int = 3) -> list[int]:")
    other = replace(PLACE, snippet="def lists(self):")
    assert fingerprints([("MLD301", short)]) == fingerprints([("MLD301", long)])
    assert fingerprints([("MLD301", short)]) != fingerprints([("MLD301", other)])


def test_rule_path_symbol_and_snippet_tell_findings_apart() -> None:
    others = [
        ("MLD402", PLACE),
        ("MLD401", replace(PLACE, path="b.py")),
        ("MLD401", replace(PLACE, symbol="Shop.other")),
        ("MLD401", replace(PLACE, snippet="random.shuffle(albums)")),
    ]
    assert len(set(fingerprints([("MLD401", PLACE), *others]))) == 5


def test_equal_contexts_are_numbered() -> None:
    twice = fingerprints([("MLD401", PLACE), ("MLD401", replace(PLACE, line=12))])
    assert len(set(twice)) == 2
    assert twice[0] == fingerprints([("MLD401", PLACE)])[0]
