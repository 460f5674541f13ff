"""Rankings that others put in an object, functions in its fields, and queries in other words: examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

_STAGES = """
from dataclasses import dataclass, field

@dataclass
class Shelf:
    user: str
    books: list = field(default_factory=list)

class Ranks:
    def run(self, shelf):
        shelf.books = rank(shelf.user, candidates(shelf.user))

class Sorts:
    def run(self, shelf):
        {change}

@app.get("/feed")
def feed(user):
    shelf = Shelf(user)
    Ranks().run(shelf)
    Sorts().run(shelf)
    return shelf.books
"""
_FIELDS = """
from collections.abc import Callable
from dataclasses import dataclass

@dataclass
class Stage:
    name: str
    change: Callable

def newest(items):
    return sorted(items, key=lambda item: item.published_at){mark}

STAGES = [Stage("new", {stage})]

@app.get("/feed")
def feed(user):
    found = rank(user, candidates(user))
    for stage in STAGES:
        found = stage.change(found)
    return found
"""
_ASKED = """
{imports}

@app.get("/feed")
async def feed(user):
    ids = rank(user, candidates(user))[:20]
    return {query}  # debt
"""
_FIRESTORE = """
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

items = firestore.Client().collection("items")
"""
_PEEWEE = """
from peewee import CharField, Model

class Item(Model):
    name = CharField()
"""
_BEANIE = """
from beanie import Document
from beanie.operators import In

class Item(Document):
    name: str
"""

BAD = (
    _served(_STAGES.format(change="shelf.books.sort(key=lambda book: book.margin)  # debt")),
    _served(_STAGES.format(change="shelf.books = sorted(shelf.books, key=lambda book: book.margin)  # debt")),
    _served(_FIELDS.format(stage="newest", mark="  # debt")),
    _served(_ASKED.format(imports=_FIRESTORE, query='[d.to_dict() for d in items.where("id", "in", ids).stream()]')),
    _served(_ASKED.format(imports=_FIRESTORE, query='list(items.where(filter=FieldFilter("id", "in", ids)).stream())')),
    _served(_ASKED.format(imports=_PEEWEE, query="list(Item.select().where(Item.id << ids).dicts())")),
    _served(_ASKED.format(imports=_BEANIE, query="await Item.find(In(Item.id, ids)).to_list()")),
)
GOOD = (
    _served(_STAGES.format(change="shelf.books = [book for book in shelf.books if book.in_stock]")),
    # another object of the class has what is not ranked
    _served(
        _STAGES.format(change="shelf.size = len(shelf.books)")
        + """
@app.get("/new")
def new():
    found = list(new_books())
    found.sort(key=lambda book: book.margin)
    return found
"""
    ),
    _served(_FIELDS.format(stage="len", mark="")),
)
