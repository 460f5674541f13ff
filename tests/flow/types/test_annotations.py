from collections.abc import Callable
from typing import Any

import pytest

Linked = Callable[..., Any]


@pytest.mark.parametrize(
    ("annotation", "types"),
    [
        ("Row", ["Row"]),
        ("'Row'", ["Row"]),
        ("pd.DataFrame", ["pandas.DataFrame"]),
        ("'pd.DataFrame'", ["pandas.DataFrame"]),
        ("Optional[Row]", ["Row"]),
        ("Row | None", ["Row"]),
        ("Row | str", ["Row", "str"]),
        ("Union[Row, str]", ["Row", "str"]),
        ("Annotated[Row, str]", ["Row"]),
        ("Coroutine[str, int, Row]", ["Row"]),
        ("Awaitable[Row]", ["Row"]),
        ("list[Row]", ["list[Row]"]),
        ("List[Row]", ["list[Row]"]),
        ("typing.Iterator[Row]", ["list[Row]"]),
        ("Sequence[Row]", ["list[Row]"]),
        ("set[Row]", ["set[Row]"]),
        ("Tuple[int, Row]", ["tuple[int, Row]"]),
        ("Dict[str, Row]", ["dict[Row]"]),
        ("Mapping[str, list[Row]]", ["dict[list[Row]]"]),
        ("list", ["list"]),
        ("dict", ["dict"]),
        ("Generic[Row]", ["typing.Generic"]),
        ("Any", []),
        ("None", []),
        ("object", []),
        ("unknown.Row", []),
        ("f()", []),
        ("1", []),
    ],
)
def test_annotations(annotation: str, types: list[str], linked: Linked) -> None:
    program = linked(
        f"import typing\nfrom typing import Generic\nimport pandas as pd\nclass Row: pass\ndef f(x: {annotation}): pass"
    )
    names = [found.replace("main.py:", "") for found in program.types(program.body("f").params["x"])]
    assert names == types


def test_an_annotation_is_read_where_it_stands(linked: Linked) -> None:
    program = linked(
        """
        class Outer:
            class Row: pass
            def f(self, x: Row): pass
        def g(x: Row): pass
        """
    )
    assert program.types(program.body("Outer.f").params["x"]) == ["main.py:Outer.Row"]
    assert program.types(program.body("g").params["x"]) == ["Row"]


def test_a_class_of_the_repository_may_be_called_like_a_container(linked: Linked) -> None:
    program = linked("class Collection: pass\ndef f(x: Collection): pass")
    assert program.types(program.body("f").params["x"]) == ["main.py:Collection"]


def test_a_class_of_a_library_may_be_called_like_a_container(linked: Linked) -> None:
    program = linked("from pymilvus import Collection\ndef f(x: Collection): pass")
    assert program.types(program.body("f").params["x"]) == ["pymilvus.Collection"]
    program = linked("from collections.abc import Collection\ndef f(x: Collection): pass")
    assert program.types(program.body("f").params["x"]) == ["list"]


def test_a_method_may_be_called_like_the_module_whose_class_it_gives(linked: Linked) -> None:
    program = linked(
        """
        import redis

        class Database:
            def redis(self, other: redis.Redis): ...
        """
    )
    assert program.types(program.body("Database.redis").params["other"]) == ["redis.Redis"]


def test_a_name_for_a_type_that_names_itself_is_followed_once(linked: Linked) -> None:
    program = linked(
        """
        Json = dict[str, "Json"] | list["Json"]
        Either = Json | int

        def told(first: Json, second: Either): ...
        """
    )
    found = program.body("told").params
    assert program.types(found["first"]) == ["dict", "list"]
    assert program.types(found["second"])[:2] == ["dict", "list"]
