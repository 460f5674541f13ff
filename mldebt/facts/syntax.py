"""Whether a text is Python to libcst, which may know newer syntax than the Python that runs."""

from __future__ import annotations


def parses(text: str) -> bool:
    """For `read_source`, which asks seldom: libcst is imported only then."""
    import libcst

    try:
        libcst.parse_module(text)
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError, UnicodeEncodeError):
        return False
    return True
