"""Names and numbers that several files hold are there once."""

import msgspec

from mldebt.facts.extract import extract_facts
from mldebt.facts.record import Attribute, Call, FileFacts, Name
from mldebt.facts.sharing import Sharing

_TEXT = "import pandas\n\n\ndef load(path):\n    return pandas.read_csv(path, sep='a long separator')\n" + "\n" * 400
_TEXT += "table = load('x')\n"


def _decoded() -> FileFacts:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(extract_facts(_TEXT)), type=FileFacts)


def test_shared_facts_are_the_same() -> None:
    assert Sharing().share(_decoded()) == extract_facts(_TEXT)


def test_what_two_files_hold_is_there_once() -> None:
    sharing = Sharing()
    one, other = sharing.share(_decoded()), sharing.share(_decoded())
    pairs = list(zip(one.exprs, other.exprs, strict=True))
    assert all(mine.at is yours.at for mine, yours in pairs)
    assert all(mine.id is yours.id for mine, yours in pairs if isinstance(mine, Name) and isinstance(yours, Name))
    assert all(
        mine.name is yours.name for mine, yours in pairs if isinstance(mine, Attribute) and isinstance(yours, Attribute)
    )
    assert any(isinstance(mine, Call) and mine.at > 256 for mine, _ in pairs)
    assert all(mine is yours for mine, yours in zip(one.lines, other.lines, strict=True))
