"""Mass reformatting is nobody's knowledge; real change of many files is."""

import pytest

from mldebt.git import open_repository
from mldebt.ownership import read_ownership

ANN, BO = "Ann Archer <ann@corp.org>", "Bo Baker <bo@corp.org>"
FILES = 25


def text(number):
    return "".join(f"value_{number}_{line} = call( 'a', b={line} )\n" for line in range(10))


def black(content):
    return content.replace("( 'a'", '("a"').replace(" )", ")")


def carriage(content):
    return content.replace("\n", "\r\n")


def renamed(content):
    return content.replace("call(", "ask(")


def tree(change=lambda content: content, count=FILES):
    return {f"m{number}.py": change(text(number)) for number in range(count)}


def shares(root, path="m3.py"):
    found = read_ownership(open_repository(root), [f"m{number}.py" for number in range(FILES)])
    factor = found.bus_factor([(path, 1, 0)])
    return {each.person.name: round(each.share, 2) for each in factor.knowing}, factor.reformatted


@pytest.mark.parametrize(
    ("change", "known"),
    [(black, ({}, 1.0)), (carriage, ({"Ann Archer": 1.0}, 0.0))],  # other line ends are known for the same block
)
def test_who_ran_the_formatter_knows_nothing(recorder, change, known):
    recorder.commit(tree(), author=ANN)
    recorder.commit(tree(change), author=BO)
    assert shares(recorder.write()) == known


def test_lines_that_the_formatter_left_alone_still_tell(recorder):
    recorder.commit(tree(), author=ANN)
    half = {
        path: "".join([*old.splitlines(True)[:6], *black(old).splitlines(True)[6:]]) for path, old in tree().items()
    }
    recorder.commit(half, author=BO)
    assert shares(recorder.write()) == ({"Ann Archer": 1.0}, 0.4)


def test_a_change_of_words_in_many_files_counts(recorder):
    recorder.commit(tree(), author=ANN)
    recorder.commit(tree(renamed), author=BO)
    assert shares(recorder.write()) == ({"Bo Baker": 1.0}, 0.0)


def test_a_few_reformatted_files_count(recorder):
    recorder.commit(tree(), author=ANN)
    recorder.commit(tree(black, count=20), author=BO)
    assert shares(recorder.write()) == ({"Bo Baker": 1.0}, 0.0)


def test_reformatting_along_with_much_real_change_counts(recorder):
    recorder.commit(tree(), author=ANN)
    recorder.commit({**tree(renamed), **tree(black, count=19)}, author=BO)
    assert shares(recorder.write()) == ({"Bo Baker": 1.0}, 0.0)


def test_the_answer_is_kept_and_the_same(recorder, tmp_path):
    recorder.commit(tree(), author=ANN)
    recorder.commit(tree(black), author=BO)
    root = recorder.write()
    paths = [f"m{number}.py" for number in range(FILES)]
    first = read_ownership(open_repository(root), paths, cache_dir=tmp_path / "cache")
    again = read_ownership(open_repository(root), paths, cache_dir=tmp_path / "cache")
    assert first == again
    assert any(credit.reformats for credit in again.credits.values())
