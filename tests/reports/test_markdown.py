from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from mldebt.finding import Finding
from mldebt.outcome import Outcome
from mldebt.reports.markdown import render_change_markdown, render_markdown
from mldebt.verdict import Verdict

Snapshot = Callable[[str, str], None]
LINKS = "https://code.example/shop/blob/abc/"


class Seen(HTMLParser):
    """The tags and the text of a rendered page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(MarkdownIt("gfm-like", {"linkify": False}).render(text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_scan(outcome: Outcome, snapshot: Snapshot) -> None:
    snapshot("scan.md", render_markdown(outcome, links=LINKS))


def test_a_change(verdict: Verdict, snapshot: Snapshot) -> None:
    snapshot("change.md", render_change_markdown(verdict))


def test_trails_are_folded_and_linked(outcome: Outcome) -> None:
    seen = Seen(render_markdown(outcome, links=LINKS))
    assert seen.tags.count("details") == len(outcome.findings) + 2
    assert seen.tags.count("h2") == 1
    assert f"{LINKS}shop/serve%20tracks.py#L30" in seen.links
    assert "1. " not in seen.text  # the trail became a list
    assert "ranked by score here" in seen.text


HOSTILE = [
    "<script>alert(1)</script>",
    "</details><h1>x</h1>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "# heading",
    "@everyone #1",
    "```\nfence",
    "a | b",
    "<!-- hidden",
    "https://evil.example",
    "&lt;b&gt;",
    "\\",
    "`",
    "$x$",
    "1. x",
    "2) x",
    "- x",
    "+ x",
    "> x",
    "***",
    "===",
    "a<b@c.example>",
]


@pytest.mark.parametrize("odd", HOSTILE)
def test_nothing_in_the_code_becomes_markup(outcome: Outcome, odd: str) -> None:
    def page(text: str) -> Seen:
        first: Finding = outcome.findings[2]
        there = replace(first.location, snippet=text, path=text.replace("\n", " "))
        changed = replace(first, message=text, component=text, location=there, why=text, remedy=text)
        return Seen(render_markdown(replace(outcome, findings=(changed,), notes=(text,)), links=LINKS))

    plain, hostile = page("plain"), page(odd)
    assert [tag for tag in hostile.tags if tag != "code"] == [tag for tag in plain.tags if tag != "code"]
    assert all(link.startswith(LINKS) for link in hostile.links)
    assert hostile.text.count(odd.replace("\n", " ")) >= 5


def test_an_address_becomes_no_link(outcome: Outcome) -> None:
    first = replace(
        outcome.findings[0], message="read from https://evil.example/a_b, ask x@evil.example or www.evil.example."
    )
    text = render_markdown(replace(outcome, findings=(first,)))
    assert "read from `https://evil.example/a_b`, ask `x@evil.example` or `www.evil.example`." in text


def test_a_page_of_many_findings_keeps_to_what_a_summary_may_hold(outcome: Outcome) -> None:
    text = render_markdown(replace(outcome, findings=outcome.findings * 500))
    assert len(text.encode()) < 1_000_000
    assert "… and 1,900 more findings" in text
