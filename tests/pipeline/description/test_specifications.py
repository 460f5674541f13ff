import pytest

from mldebt.pipeline.description.specifications import Specifications
from mldebt.sources import Document, DocumentKind

_OPENAPI = """
openapi: 3.0.0
paths:
  /v1/items/{item}:
    get: {}
  "/rank":
    post: {}
"""


@pytest.mark.parametrize(
    ("route", "covered"),
    [
        ("/v1/items/{id}", True),
        ("/v1/items/<int:item>", True),
        ("/items/<item>", True),
        ("/api/rank", True),
        ("/rank/", True),
        ("/other", False),
        ("", False),
    ],
)
def test_a_route_is_covered_by_the_path_that_is_specified(route: str, covered: bool) -> None:
    document = Document(path="openapi.yaml", kind=DocumentKind.CONFIG, text=_OPENAPI)
    assert Specifications([document]).cover(route) is covered


def test_a_list_of_paths_in_another_file_specifies_nothing() -> None:
    document = Document(path="routes.yaml", kind=DocumentKind.CONFIG, text="paths:\n  /rank:\n    post: {}\n")
    assert not Specifications([document]).cover("/rank")
