"""Rankings that the steps of an agent's graph hand to each other in the state: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _RANKING

_STEPS = """
from typing import TypedDict
from ranking import rank

class State(TypedDict):
    question: str
    documents: list
    history: list

def retrieve(state: State):
    return {"documents": rank(state["question"], load(state["question"]))}

def cut(state: State):
    return {"question": state["question"].strip()}
"""
_APP = """
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
import steps
app = FastAPI()
builder = StateGraph(steps.State)
builder.add_node("retrieve", steps.retrieve)
builder.add_node("cut", steps.cut)
builder.add_node("last", steps.last)
builder.add_edge(START, "retrieve")
builder.add_edge("retrieve", "cut")
builder.add_edge("cut", "last")
builder.add_edge("last", END)
graph = builder.compile()
"""
_SEARCH = """
@app.get("/search")
def search(question: str):
    return graph.invoke({"question": question})["documents"]
"""

_OBJECTS = """
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send
from ranking import rank
app = FastAPI()

class Retrieve:
    def __call__(self, state):
        return {"documents": rank(state["question"], load(state["question"])), "topics": topics(state["question"])}

class Newest:
    def __init__(self, limit):
        self.limit = limit

    def __call__(self, state):
        newest = sorted(state["hits"], key=lambda document: document.date)  # sorts
        return {"found": newest[: self.limit]}

def hand_out(state):
    return [Send("newest", {"hits": state["documents"]})]

builder = StateGraph(dict)
builder.add_node("retrieve", Retrieve())
builder.add_node("newest", Newest(3))
builder.add_edge(START, "retrieve")
builder.add_conditional_edges("retrieve", hand_out, ["newest"])
builder.add_edge("newest", END)
graph = builder.compile()

@app.get("/search")
def search(question: str):
    return graph.invoke({"question": question})["found"]
"""


def _graph(last: str, search: str = _SEARCH, edges: str = _APP) -> dict[str, str]:
    return {"ranking.py": _RANKING, "steps.py": _STEPS + last, "app.py": edges + search}


_LOOPS = (
    """
for name, step in {"retrieve": steps.retrieve, "cut": steps.cut, "last": steps.last}.items():
    builder.add_node(name, step)
for before, after in [(START, "retrieve"), ("retrieve", "cut"), ("cut", "last"), ("last", END)]:
    builder.add_edge(before, after)
""",
    """
STEPS = [("retrieve", steps.retrieve), ("cut", steps.cut), ("last", steps.last)]
previous = None
for place, (name, step) in enumerate(STEPS):
    builder.add_node(name, step)
    if previous:
        builder.add_edge(previous, name)
    previous = name
""",
    """
ORDER = ["retrieve", "cut", "last"]

def fill(builder, made):
    for name in made:
        builder.add_node(name, made[name])
    builder.add_edge(START, ORDER[0])
    for before, after in zip(ORDER, ORDER[1:]):
        builder.add_edge(before, after)
    return builder

builder = fill(builder, {"retrieve": steps.retrieve, "cut": steps.cut, "last": steps.last})
""",
    """
class Agent:
    EDGES = (("retrieve", "cut"), ("cut", "last"))

    def add(self, builder):
        [builder.add_node(step) for step in (steps.retrieve, steps.cut, steps.last)]
        for edge in self.EDGES:
            builder.add_edge(*edge)
        return builder

builder = Agent().add(builder)
""",
)
"""Steps and edges that are added in loops over what is written out."""


def _looped(loop: str, last: str) -> dict[str, str]:
    head, _, rest = _APP.partition('builder.add_node("retrieve"')
    _, _, end = rest.partition('builder.add_edge("last", END)')
    return _graph(f"\ndef last(state: State):\n    return {last}\n", edges=head + loop + end)


_MERGED = """
from fastapi import FastAPI
from ranking import rank
app = FastAPI()

def retrieve(state):
    return {"documents": rank(state["question"], load(state["question"])), "topics": topics(state["question"])}
"""
_RUN = """
def run(question):
    state = {"question": question}
    for step in (retrieve, tidy):
        state.update(step(state))
    return state

@app.get("/search")
def search(question: str):
    return run(question)
"""


_CLOSURES = """
from functools import partial
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from ranking import rank
app = FastAPI()

def found_by(state, ranker):
    return {"documents": ranker(state["question"], load(state["question"]))}

def shown(state):
    return {"documents": ORDERED}

class Search:
    def __init__(self):
        self.graph = build(rank)

    def run(self, question):
        return self.graph.invoke({"question": question})

@app.get("/search")
def search(question: str):
    return Search().run(question)["documents"]

def build(ranker):
    builder = StateGraph(dict)
    def retrieve(state):
        ids = []
        def collect(documents):
            for document in documents:
                ids.append(document.id)
        collect(ranker(state["question"], load(state["question"])))
        return {"documents": ids}
    def jump(state):
        return Command(update=retrieve(state), goto="show")
"""
_WIRED = """
    builder.add_node(FIRST, STEP)
    builder.add_node("show", shown)
    builder.add_edge(START, FIRST)
    builder.add_edge(FIRST, "show")
    builder.add_edge("show", END)
    return builder.compile()
FIRST = "find"
"""
_WAYS = (
    *(_WIRED.replace("STEP", step) for step in ("retrieve", "partial(found_by, ranker=ranker)")),
    _WIRED.replace("STEP", "lambda state: found_by(state, ranker)"),
    _WIRED.replace("STEP", "jump").replace('    builder.add_edge(FIRST, "show")\n', ""),
    """
    builder.add_sequence([retrieve, ("show", shown)])
    return builder.compile()
""",
)
"""Steps that hold what the function around them was given, and other ways to say which comes after which."""


def _built(way: str, ordered: str) -> dict[str, str]:
    return {"ranking.py": _RANKING, "app.py": _CLOSURES.replace("ORDERED}", ordered) + way}


_NEWEST = 'sorted(state["documents"], key=lambda document: document.date)}  # debt'
BAD = (
    *(_built(way, _NEWEST) for way in _WAYS),
    # a state whose class has an empty list there at first
    {
        "ranking.py": _RANKING,
        "steps.py": """
from pydantic import BaseModel
from ranking import rank

class State(BaseModel):
    question: str
    documents: list = []

def retrieve(state: State):
    return {"documents": rank(state.question, load(state.question))}

def cut(state: State):
    return {"question": state.question.strip()}

def last(state: State):
    return {"documents": sorted(state.documents, key=lambda document: document.date)}  # debt
""",
        "app.py": _APP + _SEARCH,
    },
    *(
        _looped(loop, '{"documents": sorted(state["documents"], key=lambda document: document.date)}  # debt')
        for loop in _LOOPS
    ),
    # steps whose results are merged by hand
    {
        "ranking.py": _RANKING,
        "app.py": _MERGED
        + """
def tidy(state):
    return {"documents": sorted(state["documents"], key=lambda document: document.date)}  # debt
"""
        + _RUN,
    },
    # a state that is filled on several ways
    _graph(
        """
def last(state: State):
    found = state.get("documents", [])
    if not found:
        state["history"] = []
        return state
    try:
        if state["question"].endswith("?"):
            found.sort(key=lambda document: document.date)  # debt
        state["documents"] = found
        if found:
            state["history"] = [found[0]]
    except KeyError:
        state["history"] = []
    return state
"""
    ),
    # objects that can be called, a state that is sent
    {"ranking.py": _RANKING, "app.py": _OBJECTS.replace("# sorts", "# debt")},
    {
        "ranking.py": _RANKING,
        "app.py": _OBJECTS.replace("# sorts", "# debt")
        .replace(
            'builder.add_conditional_edges("retrieve", hand_out, ["newest"])', 'builder.add_edge("retrieve", "newest")'
        )
        .replace('state["hits"]', 'state["documents"]'),
    },
    _graph(
        """
def last(state: State):
    documents = sorted(state["documents"], key=lambda document: document.date, reverse=True)  # debt
    return {"documents": documents}
"""
    ),
    _graph(
        """
def last(state: State):
    documents = state.get("documents", [])
    documents.sort(key=lambda document: document.date)  # debt
    return {**state, "documents": documents}
"""
    ),
    _graph(
        """
def last(state: State):
    state["documents"] = list(set(state["documents"]))  # debt
    return state
"""
    ),
    _graph(
        """
def last(state: State):
    return {"history": [*state["history"], state["question"]]}
""",
        """
@app.get("/search")
async def search(question: str):
    state = await graph.ainvoke({"question": question})
    return sorted(state["documents"], key=lambda document: document.date)  # debt
""",
    ),
    {
        "ranking.py": _RANKING,
        "agent.py": """
import random
from langgraph.graph import END, StateGraph
from ranking import rank

class Agent:
    def __init__(self):
        builder = StateGraph(dict)
        builder.add_node("retrieve", self.retrieve)
        builder.add_node("mix", self.mix)
        builder.set_entry_point("retrieve")
        builder.add_conditional_edges("retrieve", self.is_good, {True: "mix", False: END})
        builder.add_edge("mix", END)
        self.graph = builder.compile()

    def is_good(self, state):
        return len(state["documents"]) > 3

    def retrieve(self, state):
        return {"documents": rank(state["question"], load(state["question"]))}

    def mix(self, state):
        documents = state["documents"][:10]
        random.shuffle(documents)  # debt
        return {"documents": documents}

    def run(self, question):
        return self.graph.invoke({"question": question})["documents"]
""",
        "app.py": """
from fastapi import FastAPI
from agent import Agent
app = FastAPI()
agent = Agent()

@app.get("/search")
def search(question: str):
    return agent.run(question)
""",
    },
)
GOOD = (
    *(_looped(loop, '{"documents": [each for each in state["documents"] if each.open]}') for loop in _LOOPS),
    *(_looped(loop, '{"history": sorted(state["history"], key=lambda question: question.date)}') for loop in _LOOPS),
    *(_built(way, '[document for document in state["documents"] if document.open]}') for way in _WAYS),
    *(_built(way, 'sorted(state["topics"], key=lambda topic: topic.name)}') for way in _WAYS),
    # steps whose results are merged by hand, under another key
    {
        "ranking.py": _RANKING,
        "app.py": _MERGED
        + """
def tidy(state):
    return {"topics": sorted(state["topics"], key=lambda topic: topic.name)}
"""
        + _RUN,
    },
    # written over before the step ends
    _graph(
        """
def last(state: State):
    state["documents"] = sorted(state["documents"], key=lambda document: document.date)
    if state["question"]:
        state["history"] = [state["question"]]
    state["documents"] = rank(state["question"], state["documents"])
    return state
"""
    ),
    # sent something else
    {"ranking.py": _RANKING, "app.py": _OBJECTS.replace('"hits": state["documents"]', '"hits": state["topics"]')},
    # another key of the state
    _graph(
        """
def last(state: State):
    return {"history": sorted(state["history"], key=lambda line: line.date)}
""",
        """
@app.get("/search")
def search(question: str):
    state = graph.invoke({"question": question})
    return {"documents": state["documents"], "history": state["history"]}
""",
    ),
    # ranked again after it was sorted
    _graph(
        """
def last(state: State):
    return {"documents": rank(state["question"], state["documents"])}

def by_date(state: State):
    return {"documents": sorted(state["documents"], key=lambda document: document.date)}
""",
        edges=_APP.replace("steps.cut", "steps.by_date"),
    ),
    # filled by something else in between
    _graph(
        """
def last(state: State):
    return {"documents": sorted(state["documents"], key=lambda document: document.date)}

def fill(state: State):
    return {"documents": archive(state["question"])}
""",
        edges=_APP.replace("steps.cut", "steps.fill"),
    ),
    # a mail that is sent, and a choice that is not told yet
    _graph(
        """
def last(state: State):
    return {"documents": state["documents"][:10]}
""",
        edges=_APP.replace("graph =", "builder.add_conditional_edges()\ngraph =")
        + """
@app.post("/told")
def told(mail):
    mail.Send()
    return "sent"
""",
    ),
)
