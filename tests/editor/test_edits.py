from pathlib import Path

import pytest

from mldebt.editor.edits import TextChange, card_path, silencing

CODE = ["def serve(items):\n", "    return sorted(\n", "        items)\n"]


def applied(lines: list[str], change: TextChange) -> str:
    lines = list(lines)
    lines[change.line] = lines[change.line][: change.column] + change.new + lines[change.line][change.column :]
    return "".join(lines)


@pytest.mark.parametrize(
    ("lines", "line", "result"),
    [
        (CODE, 1, "def serve(items):\n    # mldebt: ignore[MLD401] TO FILL\n    return sorted(\n        items)\n"),
        (["x = 1\n"], 0, "# mldebt: ignore[MLD401] TO FILL\nx = 1\n"),
        (["x = 1  # mldebt: ignore[MLD402] so\n"], 0, "x = 1  # mldebt: ignore[MLD402, MLD401] so\n"),
        (["# mldebt: ignore[MLD402] so\n", "x = 1\n"], 1, "# mldebt: ignore[MLD402, MLD401] so\nx = 1\n"),
        (
            ["y = 2  # mldebt: ignore[MLD402] so\n", "x = 1\n"],
            1,
            "y = 2  # mldebt: ignore[MLD402] so\n# mldebt: ignore[MLD401] TO FILL\nx = 1\n",
        ),
    ],
)
def test_a_comment_silences_the_line(lines: list[str], line: int, result: str) -> None:
    change = silencing(lines, line, "MLD401")
    assert change is not None
    assert applied(lines, change) == result


@pytest.mark.parametrize(("lines", "line"), [(["x = 1 + \\\n", "    2\n"], 1), ([], 0)])
def test_where_no_comment_can_stand_none_is_offered(lines: list[str], line: int) -> None:
    assert silencing(lines, line, "MLD401") is None


def test_a_draft_takes_no_file_that_is_there(tmp_path: Path) -> None:
    assert card_path(tmp_path, "shop.Ranker").name == "MODEL_CARD.md"
    (tmp_path / "MODEL_CARD.md").touch()
    assert card_path(tmp_path, "shop.Ranker").name == "MODEL_CARD_shop_Ranker.md"
    (tmp_path / "MODEL_CARD_shop_Ranker.md").touch()
    assert card_path(tmp_path, "shop.Ranker").name == "MODEL_CARD_shop_Ranker_2.md"
