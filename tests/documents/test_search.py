import pytest

from mldebt.documents import DocumentKind, DocumentSet, resolve
from mldebt.sources import Document
from mldebt.sources.kinds import document_kind


def document(path: str, text: str) -> Document:
    kind = document_kind(path)
    assert kind is not None
    return Document(path=path, kind=kind, text=text)


DOCS = DocumentSet(
    (
        document(
            "README.md",
            "# Films\n\n## Film ranker\n\nThe `FilmRanker` ranks.\n"
            "Run `python src/train.py`.\n\n```\nFilmRanker()\n```\n",
        ),
        document(
            "docs/how.md",
            "# How\n\nAll film-rankers are alike. A net is a Net. See [it](../src/train.py), `python -m src.train`.\n",
        ),
        document("docs/other.rst", "Nothing here, filmrankers2 aside.\n"),
        document("src/README.md", "Start `python train.py`, or `python prepare.py`.\n"),
        document("Makefile", "train:\n\tpython src/train.py\n"),
        document("CODEOWNERS", "* @ada\n"),
    )
)


def test_documents_that_hold_a_text() -> None:
    assert [each.path for each in DOCS.holding("SRC/train", DocumentKind.README, DocumentKind.MAKEFILE)] == [
        "README.md",
        "Makefile",
    ]
    assert list(DOCS.holding("src/train", DocumentKind.CONFIG)) == []


def found(name: str) -> list[tuple[str, int, bool, str]]:
    return [
        (mention.location.path, mention.location.line, mention.exact, mention.heading)
        for mention in DOCS.mentions(name)
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
    heading, prose, code, _ = DOCS.mentions("FilmRanker")
    assert (heading.in_heading, prose.in_heading, code.in_code, prose.in_code) == (True, False, True, False)
    assert prose.text == "The `FilmRanker` ranks."


@pytest.mark.parametrize("name", ["", "_", "x.", "Unknown"])
def test_names_that_nobody_mentions(name: str) -> None:
    assert found(name) == []


def test_commands_that_run_a_file() -> None:
    assert [(place.location.path, place.location.line) for place in DOCS.commands_running("src/train.py")] == [
        ("README.md", 6),
        ("docs/how.md", 3),
        ("src/README.md", 1),
        ("Makefile", 2),
    ]
    assert list(DOCS.commands_running("src/main.py")) == []
    assert list(DOCS.commands_running("src/retrain.py")) == []


@pytest.mark.parametrize(
    ("path", "text", "run"),
    [
        ("scripts/go.sh", "python train.py\n", ["train.py"]),
        ("other/scripts/go.sh", "python train.py\n", ["train.py"]),
        ("src/go.sh", "HERE=$(cd $(dirname $0); pwd)\npython $HERE/fit.py\n", ["src/fit.py"]),
        ("src/go.sh", 'python "$(dirname "$0")/fit.py"\n', ["src/fit.py"]),
        (
            "src/sub/go.sh",
            "MODELS=(\n  $TOP/src/train.py\n)\nfor M in ${MODELS[@]}; do python $M; done\n",
            ["src/train.py"],
        ),
        ("src/sub/go.sh", "MODEL=$TOP/src/train.py\npython $MODEL fit\n", ["src/train.py"]),
        ("src/sub/go.sh", "python $TOP/src/retrain.py\n", []),
        ("docs/how.md", "```sh\npython train.py\n```\n", ["train.py"]),
        # what leads up is meant from the document's folder, unless its commands go elsewhere first
        ("src/makefile", "run:\n\tmkdir -p $(OUT) && pushd $(OUT) && python ../../fit.py\n", ["src/fit.py"]),
        ("src/sub/go.sh", "cd $OUT\npython ../../src/train.py\n", ["src/train.py"]),
        ("src/sub/go.sh", "python ../train.py\n", ["src/train.py"]),
        ("src/go.sh", "python ../train.py\n", ["train.py"]),
        ("other/makefile", "run:\n\tcd $(OUT) && python ../../fit.py\n", []),
        ("src/sub/go.sh", "python ../retrain.py\n", []),
    ],
)
def test_scripts_that_shell_scripts_start(path: str, text: str, run: list[str]) -> None:
    known = ["train.py", "src/train.py", "src/fit.py"]
    documents = DocumentSet([document(path, text)])
    assert [each for each in known if any(documents.commands_running(each, known))] == run


def test_documents_that_name_a_file() -> None:
    named = {facts.path for facts, _ in DOCS.naming("src/train.py")}
    assert named == {"README.md", "docs/how.md", "src/README.md"}


def test_a_packages_main_module() -> None:
    documents = DocumentSet(
        [document("README.md", "Run `python -m ranker`.\n"), document("a.md", "`python -m ranker.x`\n")]
    )
    assert [place.location.path for place in documents.commands_running("src/ranker/__main__.py")] == ["README.md"]


def test_documents_by_kind() -> None:
    assert [facts.path for facts in DOCS.of_kind(DocumentKind.MAKEFILE, DocumentKind.README)] == [
        "README.md",
        "src/README.md",
        "Makefile",
    ]
    assert {facts.path for facts in DOCS.obeyed()}.isdisjoint({"README.md", "src/README.md"})
    assert "Makefile" in {facts.path for facts in DOCS.obeyed()}
    owners = DOCS.codeowners()
    assert owners is not None
    assert owners.owner_rules[0].owners == ("@ada",)


def test_model_cards() -> None:
    documents = DocumentSet(
        [
            document("README.md", "# The ranker's model card\n"),
            document("MODEL_CARD.md", "x\n"),
            document("docs/a.md", "\n---\npipeline_tag: x\n---\n"),
            document("docs/b.md", "# Ranker: Model Card\n"),
            document("docs/c.md", "# Ranker\n"),
            document("config.yaml", "note: model card\n"),
        ]
    )
    assert [facts.path for facts in documents.model_cards()] == ["README.md", "MODEL_CARD.md", "docs/a.md", "docs/b.md"]


def test_a_kind_without_a_reader_has_no_facts() -> None:
    (facts,) = DocumentSet([document("a.sql", "SELECT 1")]).obeyed()
    assert (facts.kind, facts.problem, facts.settings) == (DocumentKind.SQL, "", ())


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


def test_a_document_is_parsed_once() -> None:
    assert DOCS.facts("README.md") is DOCS.facts("README.md")
    assert DOCS.facts("README.md") is next(DOCS.of_kind(DocumentKind.README))
