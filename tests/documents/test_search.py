import pytest

from mldebt.documents import ProseSearch, commands_running, documents_naming, resolve

from .conftest import read

DOCS = (
    read(
        "README.md",
        "# Films\n\n## Film ranker\n\nThe `FilmRanker` ranks.\nRun `python src/train.py`.\n\n```\nFilmRanker()\n```\n",
    ),
    read(
        "docs/how.md",
        "# How\n\nAll film-rankers are alike. A net is a Net. See [it](../src/train.py), `python -m src.train`.\n",
    ),
    read("docs/other.rst", "Nothing here, filmrankers2 aside.\n"),
    read("src/README.md", "Start `python train.py`, or `python prepare.py`.\n"),
    read("Makefile", "train:\n\tpython src/train.py\n"),
)


def found(name: str) -> list[tuple[str, int, bool, str]]:
    return [
        (mention.location.path, mention.location.line, mention.exact, mention.heading)
        for mention in ProseSearch(DOCS).mentions(name)
    ]


def test_mentions_in_words_and_as_written() -> None:
    assert found("FilmRanker") == [
        ("README.md", 3, False, "Film ranker"),
        ("README.md", 5, True, "Film ranker"),
        ("README.md", 9, True, "Film ranker"),
        ("docs/how.md", 3, False, "How"),
    ]
    assert found("film_ranker")[1] == ("README.md", 5, False, "Film ranker")
    assert found("pkg.models.FilmRanker") == found("FilmRanker")


def test_a_name_of_one_word_must_be_written_as_it_is() -> None:
    assert found("Net") == [("docs/how.md", 3, True, "How")]
    assert found("Rank") == []


def test_where_a_mention_stands() -> None:
    heading, prose, code, _ = ProseSearch(DOCS).mentions("FilmRanker")
    assert (heading.in_heading, prose.in_heading, code.in_code, prose.in_code) == (True, False, True, False)
    assert prose.text == "The `FilmRanker` ranks."


@pytest.mark.parametrize("name", ["", "_", "x.", "Unknown"])
def test_names_that_nobody_mentions(name: str) -> None:
    assert found(name) == []


def test_commands_that_run_a_file() -> None:
    assert [(place.location.path, place.location.line) for place in commands_running("src/train.py", DOCS)] == [
        ("README.md", 6),
        ("docs/how.md", 3),
        ("src/README.md", 1),
        ("Makefile", 2),
    ]
    assert list(commands_running("src/main.py", DOCS)) == []
    assert list(commands_running("src/retrain.py", DOCS)) == []


def test_documents_that_name_a_file() -> None:
    named = {document.path for document, _ in documents_naming("src/train.py", DOCS)}
    assert named == {"README.md", "docs/how.md", "src/README.md"}


@pytest.mark.parametrize(
    ("path", "folder", "meant"),
    [
        ("a.py", "", "a.py"),
        ("a.py", "docs", "docs/a.py"),
        ("../a.py", "docs/deep", "docs/a.py"),
        ("../../a.py", "docs", "../a.py"),
        ("./x/./a.py", "", "x/a.py"),
        ("/a.py", "docs", "a.py"),
        ("s3://b/../a", "docs", "s3://b/../a"),
    ],
)
def test_resolve(path: str, folder: str, meant: str) -> None:
    assert resolve(path, folder) == meant
