import time

import pytest

from mldebt.documents import Block, Command, Heading, Link, PathMention, parse_document
from mldebt.finding import Location
from mldebt.sources import CellLine, Document, DocumentKind

from .conftest import read

README = """
# Ranker

Ranks *films*, see [the docs](docs/how.md#run).
Train with `python train.py --fast`.

## Run

```bash
$ pip install -r requirements.txt
$ python -m ranker.train \\
    --epochs 3
done in 3 s
```

    make data

### Deep

- item one: src/a.py
- <https://example.org/x.py>

Setext
======
See [card][card] and https://github.com/o/r/blob/main/src/b.py.

[card]: MODEL_CARD.md
"""


def test_headings_form_a_tree() -> None:
    facts = read("README.md", README)
    assert facts.headings == (
        Heading(1, "Ranker", 1, -1),
        Heading(2, "Run", 6, 0),
        Heading(3, "Deep", 17, 1),
        Heading(1, "Setext", 22, -1),
    )
    assert facts.title == "Ranker"


def test_blocks_know_their_line_and_heading() -> None:
    facts = read("README.md", README)
    assert facts.blocks == (
        Block(
            "paragraph", "Ranks *films*, see [the docs](docs/how.md#run).\nTrain with `python train.py --fast`.", 3, 0
        ),
        Block(
            "code",
            "$ pip install -r requirements.txt\n$ python -m ranker.train \\\n    --epochs 3\ndone in 3 s\n",
            9,
            1,
            "bash",
        ),
        Block("code", "make data\n", 15, 1),
        Block("paragraph", "item one: src/a.py", 19, 2),
        Block("paragraph", "<https://example.org/x.py>", 20, 2),
        Block("paragraph", "See [card][card] and https://github.com/o/r/blob/main/src/b.py.", 24, 3),
    )
    lines = README.removeprefix("\n").split("\n")
    for block in facts.blocks:
        for offset, text in enumerate(block.text.rstrip("\n").split("\n")):
            assert text in lines[block.line - 1 + offset]


def test_commands_of_a_readme() -> None:
    assert read("README.md", README).commands == (
        Command("", "python train.py --fast", 4),
        Command("", "pip install -r requirements.txt", 9),
        Command("", "python -m ranker.train --epochs 3", 10),
        Command("", "make data", 15),
    )


def test_links_and_paths_of_a_readme() -> None:
    facts = read("README.md", README)
    assert facts.links == (
        Link("the docs", "docs/how.md#run", 3),
        Link("", "https://example.org/x.py", 20),
        Link("", "https://github.com/o/r/blob/main/src/b.py", 24),
        Link("card", "MODEL_CARD.md", 26),
    )
    assert {(path.path, path.line, path.where) for path in facts.paths} == {
        ("docs/how.md", 3, "link"),
        ("docs/how.md", 3, "text"),
        ("train.py", 4, "text"),
        ("requirements.txt", 9, "command"),
        ("src/a.py", 19, "text"),
        ("src/b.py", 24, "url"),
        ("MODEL_CARD.md", 26, "link"),
    }


def test_html_in_markdown() -> None:
    facts = read(
        "README.md",
        '<h1 align="center">\n  <b>Rank</b> it\n</h1>\n<a href="docs/x.md">x</a>\n\n<!-- Provide a summary -->\n',
    )
    assert facts.headings == (Heading(1, "Rank it", 1, -1),)
    assert facts.links == (Link("", "docs/x.md", 4),)
    assert [placeholder.text for placeholder in facts.placeholders] == ["<!-- Provide"]


def test_a_badge_is_two_links() -> None:
    facts = read("README.md", "[![tests](https://ci/badge.svg)](https://ci/runs)\n")
    assert [(link.text, link.target) for link in facts.links] == [
        ("![tests](https://ci/badge.svg)", "https://ci/runs"),
        ("tests", "https://ci/badge.svg"),
    ]


def test_embedded_pictures_are_dropped() -> None:
    facts = read("README.md", f"a\n\n![x](data:image/png;base64,{'A' * 100_000})\n\nb\n")
    assert [block.text for block in facts.blocks] == ["a", "![x](data:)", "b"]
    assert facts.blocks[2].line == 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[More Information Needed]", "[More Information Needed]"),
        ("TODO describe", "TODO"),
        ("Results: TBD.", "TBD"),
        ("Docs coming soon", "coming soon"),
        ("[insert name here]", "[insert name here]"),
        ("by {{ authors }}", "{{ authors }}"),
        ("<your-name>", "<your-name>"),
    ],
)
def test_placeholders(text: str, found: str) -> None:
    facts = read("README.md", f"# T\n\n{text}\n")
    assert [(placeholder.text, placeholder.line) for placeholder in facts.placeholders] == [(found, 3)]


@pytest.mark.parametrize("text", ["todo lo que vale", "a [link](x.md)", "see [1]", "mastodon", "x = {a}"])
def test_no_placeholders(text: str) -> None:
    assert read("README.md", text).placeholders == ()


def test_code_that_is_python_holds_only_marked_commands() -> None:
    facts = read("README.md", "```python\nimport git\ngit = 1\n!pip install x\n```\n```yaml\npython: 3\n```\n")
    assert facts.commands == (Command("", "pip install x", 4),)


def test_a_command_on_a_line_of_its_own_is_one_without_any_mark() -> None:
    facts = read("README.md", "Fetching:\n\n> python -m shop.fetch --pages 3\n\nmake sure of it\npython is needed\n")
    assert facts.commands == (Command("", "python -m shop.fetch --pages 3", 3),)


def test_unmarked_code_holds_what_looks_like_commands() -> None:
    facts = read("README.md", "```\nsrc/\n  train.py\npython train.py\n./run.sh now\nloss 0.1\n```\n")
    assert [command.text for command in facts.commands] == ["python train.py", "./run.sh now"]


@pytest.mark.parametrize(
    "path", ["README.md", "docs/a.rst", "docs/a.txt", "CODEOWNERS", "Makefile", "requirements.txt", "run.sh"]
)
@pytest.mark.parametrize(
    "piece", ["`", "[", "[a](", "![a]( ", "<h1>", "A+/", "a/", "x.py ", "http://a/", "[your ", "{{ a", " ", "a b "]
)
def test_long_lines_cost_little(path: str, piece: str) -> None:
    start = time.process_time()
    read(path, piece * (200_000 // len(piece)))
    assert time.process_time() - start < 5


RST = """
======
Ranker
======

Intro with `a link <guide.rst>`_ and ``make data``.

Run
---

Do this::

    python train.py

    more

.. code-block:: bash
   :linenos:

   $ python eval.py

.. note::

   Take care.

Deeper
~~~~~~

.. _home: https://example.org
"""


def test_restructured_text() -> None:
    facts = read("docs/index.rst", RST)
    assert facts.title == "Ranker"
    assert facts.headings == (Heading(1, "Ranker", 2, -1), Heading(2, "Run", 7, 0), Heading(3, "Deeper", 25, 1))
    assert [(block.kind, block.line, block.heading, block.language) for block in facts.blocks] == [
        ("paragraph", 5, 0, ""),
        ("paragraph", 10, 1, ""),
        ("code", 12, 1, ""),
        ("code", 19, 1, "bash"),
        ("paragraph", 21, 1, ""),
        ("paragraph", 23, 1, ""),
    ]
    assert facts.commands == (
        Command("", "make data", 5),
        Command("", "python train.py", 12),
        Command("", "python eval.py", 19),
    )
    assert facts.links == (Link("a link", "guide.rst", 5), Link("home", "https://example.org", 28))


def test_plain_text() -> None:
    facts = read("docs/notes.txt", "one\ntwo\n\nthree src/x.py\n")
    assert [(block.text.strip(), block.line) for block in facts.blocks] == [("one\ntwo", 1), ("three src/x.py", 4)]
    assert facts.paths == (PathMention("src/x.py", 4, "text"),)


def test_a_notebooks_prose_is_placed_in_its_cell() -> None:
    cells = (CellLine(0, 1, 7), CellLine(0, 2, 8), CellLine(0, 2, 8), CellLine(4, 1, 90))
    document = Document(path="a.ipynb", kind=DocumentKind.NOTEBOOK_PROSE, text="# T\nwords\n\nmore\n", cells=cells)
    facts = parse_document(document)
    assert facts.title == "T"
    last = facts.blocks[-1]
    assert last.text == "more"
    assert facts.place(last.line) == Location(path="a.ipynb", line=90, cell=4, cell_line=1)
    assert read("README.md", "x").place(3) == Location(path="README.md", line=3)
