import pytest

from mldebt.ownership import Ownership, Person, Suggestion, united, with_teams

ANN = Person(name="Ann Archer", email="ann@corp.org", commits=3, others=("7+annie@users.noreply.github.com",))
BO = Person(name="Bo Baker", email="bo@corp.org", commits=2)
CY = Person(name="Cy Cole", email="cy@corp.org", commits=1)
KNOWN = Ownership(available=True, contributors=(ANN, BO, CY))


@pytest.mark.parametrize("member", ["Ann Archer", "ANN@corp.org", "@annie", "Annabel"])
def test_a_member_is_named_as_people_are(member):
    found = with_teams(KNOWN, {"ranking": (member, "nobody at all")}, {"Ann Archer": ("Annabel",)})
    assert found.teams == {ANN: ("ranking",)}
    assert (found.called(ANN), found.called(BO)) == ("Ann Archer (ranking)", "Bo Baker")


def test_teams_in_teams():
    teams = {"acme/all": ("@acme/ranking", "Cy Cole"), "acme/ranking": ("Bo Baker", "acme/all")}
    found = with_teams(KNOWN, teams, {})
    assert found.teams == {BO: ("acme/all", "acme/ranking"), CY: ("acme/all", "acme/ranking")}


def test_a_team_goes_by_its_name_without_the_organisation_too():
    found = with_teams(KNOWN, {"ranking": ("Bo Baker",), "all": ("@acme/ranking", "Ann Archer")}, {})
    assert found.teams == {ANN: ("all",), BO: ("ranking", "all")}


def test_second_names_bring_their_teams():
    known = with_teams(KNOWN, {"one": ("Ann Archer",), "two": ("Bo Baker",)}, {})
    same = Ownership(
        available=True,
        contributors=known.contributors,
        teams=known.teams,
        suggestions=(Suggestion(one=ANN, other=BO, reason="both go by 'x'"),),
    )
    (teams,) = united(same).teams.values()
    assert set(teams) == {"one", "two"}
