from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.services.contracts import Contracts

Link = Callable[..., Flow]

_FASTAPI = """
from typing import Any, List, Optional
from fastapi import Depends, FastAPI, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from shapes import Answer, Asked
import json
app = FastAPI()

class Row(BaseModel):
    age: int

class Chance(BaseModel):
    chance: float

"""


@pytest.mark.parametrize(
    ("signature", "answer", "takes", "answers"),
    [
        ("row: Row) -> Chance", "Chance(chance=1)", "declared", "declared"),
        ("row: Row) -> dict", '{"chance": 1}', "declared", "hollow"),
        ("row: Row)", '{"chance": 1}', "declared", "none"),
        ("row: Row)", "Chance(chance=1)", "declared", "declared"),
        ("row: Row)", "Chance(chance=1).model_dump()", "declared", "declared"),
        # an envelope that carries records, and one that carries anything else
        ("row: Row) -> dict", '{"rows": [Chance(chance=1) for _ in "ab"], "count": len("ab")}', "declared", "declared"),
        ("row: Row)", '{"took": 0.1, "best": Chance(chance=1).model_dump()}', "declared", "declared"),
        ("row: Row) -> dict", '{"rows": [{"chance": 1} for _ in "ab"], "count": len("ab")}', "declared", "hollow"),
        ("row: Row)", '{"best": Chance(chance=1), "rest": {"chance": 1}}', "declared", "none"),
        ("row: Row)", '{"count": len("ab"), "age": row.age}', "declared", "none"),
        ("row: dict)", '{"chance": 1}', "hollow", "none"),
        ("row: dict)", "Chance.model_validate(Row.model_validate(row)).model_dump()", "declared", "declared"),
        ("row: dict)", "Answer.model_validate(Asked.model_validate(row)).model_dump()", "declared", "declared"),
        ("row: dict)", "json.loads(row)", "hollow", "none"),
        ("rows: List[Any]) -> List[Chance]", "[]", "hollow", "declared"),
        ("rows: list[float]) -> Optional[Chance]", "None", "declared", "declared"),
        ("row)", '{"chance": 1}', "none", "none"),
        ("", "1.0", "nothing", "declared"),
        ("request: Request) -> Chance", "Chance(chance=(await request.json())[0])", "none", "declared"),
        ("request: Request) -> Chance", "Chance(**(await request.json()))", "declared", "declared"),
        ("row: Row, store=Depends(open_store))", "StreamingResponse(rows())", "declared", "page"),
    ],
)
def test_what_an_endpoint_declares(signature: str, answer: str, takes: str, answers: str, link: Link) -> None:
    end = signature if ")" in signature else f"{signature})"
    flow = link(f'{_FASTAPI}@app.post("/chance")\nasync def chance({end}:\n    return {answer}\n')
    scopes = flow.program.modules[0].facts.scopes
    number = next(n for n, scope in enumerate(scopes) if scope.name == "chance")
    contract = Contracts(flow).of(0, number)
    assert (contract.takes, contract.answers) == (takes, answers)


@pytest.mark.parametrize(
    ("body", "takes"),
    [
        ("rows = request.get_json()", "none"),
        ("rows = Schema().load(request.get_json())", "declared"),
        ("rows = []", "nothing"),
    ],
)
def test_what_a_flask_endpoint_takes(body: str, takes: str, link: Link) -> None:
    flow = link(
        "from flask import Flask, jsonify, request\nfrom schemas import Schema\napp = Flask('a')\n"
        f'@app.route("/chance")\ndef chance():\n    {body}\n    return jsonify({{"n": len(rows)}})\n'
    )
    contract = Contracts(flow).of(0, 1)
    assert contract.takes == takes
    assert contract.answers == "none"


def test_a_specification_in_the_docstring_declares(link: Link) -> None:
    flow = link(
        '''
        from flask import Flask, jsonify, request
        app = Flask("a")

        @app.route("/chance", methods=["POST"])
        def chance():
            """Chance of churn.
            ---
            responses:
              200:
                description: the chance
            """
            return jsonify(request.get_json())
        '''
    )
    assert Contracts(flow).of(0, 1).worst == "declared"


@pytest.mark.parametrize(
    ("routing", "takes"),
    [
        ('Api(Flask("a")).add_resource(Chance, "/chance/<string:user>")', "nothing"),
        ('Api(Flask("a")).add_resource(Chance, "/chance")', "none"),
        ('path("chance/<int:user>/", Chance.as_view())', "nothing"),
        ('path("chance/", Chance.as_view())', "none"),
        ('path("chance/<int:user>/", Other.as_view())', "none"),
        ('Starlette().add_route("/chance/{user}", Chance)', "nothing"),
        ('Starlette().add_route("/chance", Chance)', "none"),
    ],
)
def test_the_path_of_a_class_declares_what_its_methods_take(routing: str, takes: str, link: Link) -> None:
    flow = link(
        f"""
        from django.urls import path
        from flask import Flask
        from flask_restful import Api, Resource
        from starlette.applications import Starlette

        class Other(Resource):
            pass

        class Chance(Resource):
            def get(self, user):
                return {{"chance": len(user)}}

        {routing}
        """
    )
    scopes = flow.program.modules[0].facts.scopes
    number = next(n for n, scope in enumerate(scopes) if scope.name == "get")
    assert Contracts(flow).of(0, number).takes == takes
