import pytest

from mldebt.sources.decoding import UndecodableError, decode_python, decode_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = '\xc3\xa9'\n", "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
        (b"\xef\xbb\xbf# coding: utf8\nx = 1", "# coding: utf8\nx = 1"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"x = 1\r\x0cy = 2\n", "x = 1\r\x0cy = 2\n"),
        (b"\n\n# coding: latin-1\n", "\n\n# coding: latin-1\n"),  # the third line declares nothing
        (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),  # nor does one after code
    ],
)
def test_python_text_is_kept(data: bytes, text: str | None) -> None:
    assert decode_python(data) == (data.decode("cp1252") if text is None else text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\ny = '\xe9'\n", "not UTF-8 text, and declares no encoding (byte 0xe9 at line 2)"),
        (b"# coding: ascii\r\n\r\nx = '\xe9'\n", "not ascii text, as it declares (byte 0xe9 at line 3)"),
        (b"# coding: klingon\n", "declares the unknown encoding 'klingon'"),
        (b"# coding: rot13\n", "declares the unknown encoding 'rot13'"),
        (b"# coding: undefined\n", "not undefined text"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "a UTF-8 byte order mark, but declared as latin-1"),
        (b"x = 1\ny = '\0'\n", "NUL byte at line 2"),
        ("x = 1\n".encode("utf-16"), "UTF-16 or UTF-32 text, which Python does not read"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
            "a Git LFS pointer; `git lfs pull` brings the file",
        ),
    ],
)
def test_what_python_does_not_read(data: bytes, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode_python(data)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        ("é\n".encode("utf-16"), "é\n"),
        (b"caf\xe9\n", "café\n"),
    ],
)
def test_prose_is_read_leniently(data: bytes, text: str) -> None:
    assert decode_text(data) == text


def test_prose_is_not_binary() -> None:
    with pytest.raises(UndecodableError, match="binary"):
        decode_text(b"a\0b")
