"""What no team would call debt, clause by clause, each beside what it is mistaken for: more examples of MLD401."""

from __future__ import annotations

_SEARCH = """
import faiss
import numpy as np
from sentence_transformers import SentenceTransformer

encoder = SentenceTransformer("all-MiniLM-L6-v2")
index = faiss.read_index("notes.faiss")
ids = np.load("note_ids.npy")

def nearest(question, k=50):
    _, found = index.search(encoder.encode([question]), k)
    return [ids[place] for place in found[0]]
"""
_APP = """
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
import numpy as np
from fastapi import FastAPI
from openai import OpenAI
from search import encoder, nearest
app = FastAPI()
llm = OpenAI()
"""


def _asked(body: str) -> dict[str, str]:
    return {"search.py": _SEARCH, "app.py": _APP + body}


BAD = (
    # the ids come back by themselves, and not beside their places
    _asked(
        """
@app.get("/rows")
def rows(question):
    query = "SELECT d.id, d.title FROM docs d JOIN unnest(%s) AS t(id) USING (id) ORDER BY d.title"
    with connect() as cursor:
        cursor.execute(query, (nearest(question),))
        found = cursor.fetchall()
    return sorted(found, key=lambda row: row.title)

@app.get("/notes")
def notes(question):
    found = []
    with ThreadPoolExecutor() as pool:
        futures = {pool.submit(load, note): place for place, note in enumerate(nearest(question))}
        for future in as_completed(futures):  # debt
            found.append(future.result())
    return found
"""
    ),
    # what goes into the prompt is answered, too
    _asked(
        """
@app.get("/ask")
def ask(question):
    notes = [load(note) for note in nearest(question, 6)]
    notes.sort(key=lambda note: note.date)  # debt
    messages = [{"role": "user", "content": "\\n".join(note.text for note in notes) + question}]
    answer = llm.chat.completions.create(model="gpt-4o-2024-08-06", messages=messages)
    return {"answer": answer.choices[0].message.content, "notes": [note.title for note in notes]}
"""
    ),
)
GOOD = (
    # restored by the places that the database is given
    _asked(
        """
@app.get("/rows")
def rows(question):
    query = "SELECT d.title FROM docs d JOIN unnest(%s) WITH ORDINALITY AS t(id, place) USING (id) ORDER BY t.place"
    with connect() as cursor:
        cursor.execute(query, (nearest(question),))
        return cursor.fetchall()
"""
    ),
    # each put where it belongs, in whatever order it arrives
    _asked(
        """
@app.get("/notes")
def notes(question):
    asked = nearest(question)
    found = [None] * len(asked)
    with ThreadPoolExecutor() as pool:
        futures = {pool.submit(load, note): place for place, note in enumerate(asked)}
        for future in as_completed(futures):
            found[futures[future]] = future.result()
    return [note for note in found if note is not None]
"""
    ),
    # ranked again: by relevance less redundancy, and by the places in two rankings
    _asked(
        """
def varied(query, vectors, notes, weight=0.7, k=10):
    near = vectors @ query
    chosen, rest = [], list(range(len(notes)))
    while rest and len(chosen) < k:
        best, most = None, -np.inf
        for each in rest:
            like = max((vectors[each] @ vectors[other] for other in chosen), default=0.0)
            gain = weight * near[each] - (1 - weight) * like
            if gain > most:
                best, most = each, gain
        chosen.append(best)
        rest.remove(best)
    return [notes[each] for each in chosen]

@app.get("/varied")
def varied_notes(question):
    notes = nearest(question)
    return varied(encoder.encode(question), vectors_of(notes), notes)

@app.get("/fused")
def fused(question, words):
    gained = defaultdict(float)
    for ranking in (nearest(question), nearest(words)):
        for place, note in enumerate(ranking, start=1):
            gained[note] += 1 / (60 + place)
    return [note for note, _ in sorted(gained.items(), key=lambda pair: pair[1], reverse=True)]
"""
    ),
    # the passages of a prompt, the best at both ends or in the order of their pages
    _asked(
        """
def prompt(notes, question):
    notes = sorted(notes, key=lambda note: (note.book, note.page))
    return "\\n".join(note.text for note in notes) + question

def answered(text):
    messages = [{"role": "user", "content": text}]
    answer = llm.chat.completions.create(model="gpt-4o-2024-08-06", messages=messages)
    return answer.choices[0].message.content

@app.get("/ask")
def ask(question):
    return {"answer": answered(prompt([load(note) for note in nearest(question, 6)], question))}

@app.get("/ends")
def ends(question):
    texts = [load(note).text for note in nearest(question, 6)]
    return {"answer": answered("\\n".join(texts[::2] + texts[1::2][::-1]) + question)}
"""
    ),
    # chance says which are dropped, and not where the others stand
    _asked(
        """
@app.get("/fewer")
def fewer(question):
    notes = nearest(question)
    drawn = list(notes)
    random.shuffle(drawn)
    dropped = set(drawn[: len(drawn) // 10])
    return [note for note in notes if note not in dropped]
"""
    ),
    # too few, none, or no answer at all: others stand behind or instead
    _asked(
        """
@app.get("/filled")
def filled(question):
    notes = nearest(question)[:20]
    if len(notes) < 20:
        notes += [note for note in popular() if note not in notes][: 20 - len(notes)]
    return notes

@app.get("/newest")
def newest(question):
    try:
        notes = nearest(question)
    except RuntimeError:
        notes = sorted(popular(), key=lambda note: note.date, reverse=True)
    return notes or sorted(popular(), key=lambda note: note.date)
"""
    ),
    # a page on which the user says so
    {
        "search.py": _SEARCH,
        "page.py": """
import streamlit as st
from search import nearest

notes = [load(note) for note in nearest(st.text_input("Question"))]
if st.selectbox("Order by", ["relevance", "date"]) == "date":
    notes = sorted(notes, key=lambda note: note.date)
for note in notes:
    st.write(note.title)
""",
    },
)
