from pathlib import Path

import pytest

from mldebt.documents import DocumentFacts, KnownDocuments, parse_document
from mldebt.documents import known as module
from mldebt.sources import CellLine, Document, DocumentKind

FILLING = "\n# " + "x" * 1_000 + "\n"
README = "# Ranker\n\n[docs](docs/a.md), TODO\n\n```sh\npython train.py --rate 0.1\n```\n" + FILLING
DOCUMENTS = [
    Document(path="README.md", kind=DocumentKind.README, text=README),
    Document(path="conf/a.yaml", kind=DocumentKind.CONFIG, text="a:\n  b: [1, 2]\n" + FILLING),
    Document(path="dvc.yaml", kind=DocumentKind.DVC, text="stages: {a: {cmd: python a.py, deps: [x.csv]}}" + FILLING),
    Document(path="CODEOWNERS", kind=DocumentKind.CODEOWNERS, text="*.py @ana" + FILLING),
    Document(path="requirements.txt", kind=DocumentKind.REQUIREMENTS, text="a==1\ngit+https://x/y@v1" + FILLING),
    Document(
        path="a.ipynb",
        kind=DocumentKind.NOTEBOOK_PROSE,
        text=README,
        cells=tuple(CellLine(0, number, 7) for number in range(1, 12)),
    ),
    Document(path="conf/bad.yaml", kind=DocumentKind.CONFIG, text="a: [1" + FILLING),
]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the documents that are parsed from here on."""
    seen: list[str] = []

    def watched(document: Document) -> DocumentFacts:
        seen.append(document.path)
        return parse_document(document)

    monkeypatch.setattr(module, "parse_document", watched)
    return seen


def kept(folder: Path, *documents: Document) -> KnownDocuments:
    first = KnownDocuments(folder, "here")
    for document in documents:
        first.read(document)
    assert first.keep() == ""
    return KnownDocuments(folder, "here")


def test_what_is_kept_says_what_the_document_says(tmp_path: Path, parsed: list[str]) -> None:
    known = kept(tmp_path, *DOCUMENTS)
    assert len(parsed) == len(DOCUMENTS)
    assert [known.read(document) for document in DOCUMENTS] == [parse_document(document) for document in DOCUMENTS]
    assert len(parsed) == len(DOCUMENTS)


@pytest.mark.parametrize(
    "change", [{"text": README + "more"}, {"path": "docs/README.rst"}, {"kind": DocumentKind.DOCS}]
)
def test_another_document_is_read(tmp_path: Path, parsed: list[str], change: dict[str, object]) -> None:
    known = kept(tmp_path, DOCUMENTS[0])
    other = Document(**{"path": "README.md", "kind": DocumentKind.README, "text": README} | change)  # type: ignore[arg-type]
    assert known.read(other) == parse_document(other)
    assert len(parsed) == 2


def test_what_nobody_asks_for_any_more_is_let_go_with_the_next_that_is_new(tmp_path: Path, parsed: list[str]) -> None:
    kept(tmp_path, *DOCUMENTS[:2])
    kept(tmp_path, *DOCUMENTS[1:3])
    parsed.clear()
    known = KnownDocuments(tmp_path, "here")
    for document in DOCUMENTS[:3]:
        known.read(document)
    assert parsed == ["README.md"]


def test_a_damaged_entry_is_read_anew(tmp_path: Path, parsed: list[str]) -> None:
    kept(tmp_path, DOCUMENTS[0])
    (entry,) = (tmp_path / "documents").iterdir()
    entry.write_bytes(entry.read_bytes()[:-9] + b"x" * 9)
    assert KnownDocuments(tmp_path, "here").read(DOCUMENTS[0]) == parse_document(DOCUMENTS[0])
    assert len(parsed) == 2


def test_without_a_folder_and_for_short_ones_nothing_is_kept(tmp_path: Path) -> None:
    kept(tmp_path, Document(path="README.md", kind=DocumentKind.README, text="# Short\n"))
    assert list(tmp_path.iterdir()) == []
    without = KnownDocuments(None, "here")
    assert without.read(DOCUMENTS[0]) == parse_document(DOCUMENTS[0])
    assert without.keep() == ""
