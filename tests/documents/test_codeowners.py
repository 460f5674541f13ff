import pytest

from mldebt.documents import OwnerRule, choose_codeowners, owners_of

from .conftest import read

GITHUB = """
# everybody
*            @org/all
*.js         @js   # inline
/build/logs/ @doctocat
docs/*       docs@example.com
apps/        @octocat
/apps/github
**/logs      @logs @more
a\\ b.py     @space
x[1].py      @brackets
broken       nobody
"""


def test_rules_have_lines() -> None:
    rules = read("CODEOWNERS", GITHUB).owner_rules
    assert rules[0] == OwnerRule("*", ("@org/all",), "", False, 2)
    assert rules[1] == OwnerRule("*.js", ("@js",), "", False, 3)
    assert rules[5] == OwnerRule("/apps/github", (), "", False, 7)
    assert [rule.pattern for rule in rules][-2:] == ["a\\ b.py", "x[1].py"]


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("train.py", ("@org/all",)),
        ("deep/er/x.js", ("@js",)),
        ("build/logs/a/b.txt", ("@logs", "@more")),
        ("build/log.txt", ("@org/all",)),
        ("docs/a.md", ("docs@example.com",)),
        ("docs/deep/a.md", ("@org/all",)),
        ("src/docs/a.md", ("@org/all",)),
        ("src/apps/x/y.py", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/x.py", ()),
        ("a b.py", ("@space",)),
        ("x[1].py", ("@brackets",)),
        ("x1.py", ("@org/all",)),
        ("broken", ("@org/all",)),
    ],
)
def test_the_last_match_wins(path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(path, read("CODEOWNERS", GITHUB).owner_rules) == owners


GITLAB = """
* @default

[Docs][2] @docs-team
docs/
*.md @writer
!internal.md

^[ML] @@maintainers ml@example.org
models/
/train.py @ada
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("x.py", ("@default",)),
        ("docs/a.txt", ("@default", "@docs-team")),
        ("sub/docs/a.txt", ("@default", "@docs-team")),
        ("docs/a.md", ("@default", "@writer")),
        ("docs/internal.md", ("@default",)),
        ("src/models/a.py", ("@default", "@@maintainers", "ml@example.org")),
        ("train.py", ("@default", "@ada")),
        ("src/train.py", ("@default",)),
    ],
)
def test_gitlab_sections(path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(path, read(".gitlab/CODEOWNERS", GITLAB).owner_rules) == owners


def test_the_file_that_the_hosts_obey() -> None:
    everywhere = [read(path, "* @a\n") for path in ("sub/CODEOWNERS", "docs/CODEOWNERS", "CODEOWNERS", "README.md")]
    chosen = choose_codeowners(everywhere)
    assert chosen is not None
    assert chosen.path == "CODEOWNERS"
    assert choose_codeowners(everywhere[:1]) is None


def test_an_empty_file_owns_nothing() -> None:
    assert owners_of("x.py", read("CODEOWNERS", "# nothing\n").owner_rules) == ()
