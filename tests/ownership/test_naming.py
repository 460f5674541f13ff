import pytest

from mldebt.errors import UsageError
from mldebt.ownership import Person, find_person

ANA = Person(name="Ana Duarte", email="ana@shop.example", commits=9, others=("aduarte", "ana@home.net"))
ANABEL = Person(name="Anabel Ruiz", email="ruiz@shop.example", commits=3)
JOSE = Person(name="José Miguel Arrieta", email="jmarrieta@shop.example", commits=2)
MIGUEL = Person(name="miguelgf", email="miguelgf@users.noreply.github.com", commits=20)
PEOPLE = (ANA, ANABEL, JOSE, MIGUEL)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Ana Duarte", ANA),
        ("  ana  duarte ", ANA),
        ("ana@shop.example", ANA),
        ("ANA@HOME.NET", ANA),
        ("aduarte", ANA),
        ("ruiz", ANABEL),
        ("duarte", ANA),
        ("anabel", ANABEL),
        ("jose miguel arrieta", JOSE),
        ("arrieta", JOSE),
        ("marri", JOSE),
        ("miguelgf", MIGUEL),
        ("the boss", ANA),
    ],
)
def test_a_name_an_address_an_alias_or_a_part_of_one(wanted, found):
    assert find_person(wanted, PEOPLE, {"Ana Duarte": ("the boss",)}) is found


def test_a_whole_word_wins_over_a_part():
    assert find_person("ana", PEOPLE, {}) is ANA


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("migu", "'migu' may be José Miguel Arrieta <jmarrieta@shop.example>, miguelgf <miguelgf@users.norep"),
        ("shop.example", "'shop.example' may be Ana Duarte <ana@shop.example>, Anabel Ruiz"),
        ("Ana Durate", "nobody of 4 people is called 'Ana Durate'; did you mean 'Ana Duarte'?"),
        ("Aretta", "nobody of 4 people is called 'Aretta'; did you mean 'José Miguel Arrieta'?"),
        ("xq", "nobody of 4 people is called 'xq'; the busiest are miguelgf <"),
        ("", "nobody of 4 people is called ''; the busiest are"),
    ],
)
def test_nobody_or_too_many(wanted, said):
    with pytest.raises(UsageError) as raised:
        find_person(wanted, PEOPLE, {})
    assert said in str(raised.value)


def test_one_person_is_counted_as_one():
    with pytest.raises(UsageError, match="nobody of 1 person is called 'xq'"):
        find_person("xq", [ANA], {})
