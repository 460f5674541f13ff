"""Rankings of a ranking, and what is none of its own: more examples of MLD401."""

from __future__ import annotations

from mldebt.detectors.contract._reorders import _served

BAD = (
    _served(
        """
def found(user, query):
    if not query:
        return candidates(user), None
    return rank(user, candidates(user)), query

@app.get("/feed")
def feed(user, query):
    items, asked = found(user, query)
    if asked is not None:
        items = sorted(items, key=lambda item: item.starts_at)  # debt
    return {"items": items}
"""
    ),
    _served(
        """
def value(user, item):
    total = 0.7 * model_score(user, item)
    return total + 0.8 * item.is_new  # debt

def model_score(user, item):
    return model.predict([[user, item]])[0]

import joblib
model = joblib.load("ranker.joblib")

@app.get("/feed")
def feed(user):
    return sorted(candidates(user), key=lambda item: value(user, item), reverse=True)
"""
    ),
)
GOOD = (
    _served(
        """
def varied(ranked, size, weight):
    chosen, left = [ranked[0]], list(ranked[1:])
    while left and len(chosen) < size:
        def worth(item):
            return weight * item.relevance - (1 - weight) * max(likeness(item, other) for other in chosen)
        best = max(left, key=worth)
        chosen.append(best)
        left.remove(best)
    return chosen

@app.get("/feed")
def feed(user):
    return varied(rank(user, candidates(user)), 10, 0.7)
"""
    ),
    _served(
        """
import json
from openai import OpenAI
client = OpenAI()

@app.get("/feed")
def feed(user):
    ranked = rank(user, candidates(user))
    question = [{"role": "user", "content": f"The three best of {ranked}, as a list of ids"}]
    answer = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=question)
    best = json.loads(answer.choices[0].message.content)["ids"]
    return [item for item in ranked if item.id in best] + [item for item in ranked if item.id not in best]
"""
    ),
    _served(
        """
import joblib
model = joblib.load("ranker.joblib")
OVERLAP = 0.2

def blended(user, item):
    likeness = model.predict([[user, item]])[0]
    return 0.7 * likeness + OVERLAP * overlap(user, item) + 0.1 * int(item.shop == user.shop)

def added(user, item):
    total = 0.0
    likeness = model.predict([[user, item]])[0]
    if likeness is not None:
        total += likeness * 0.4
    if item.tags:
        total += 0.6 * overlap(user, item)
    return total

@app.get("/feed")
def feed(user):
    found = [(blended(user, item), item) for item in rank(user, candidates(user))]
    return sorted(found, key=lambda pair: pair[0], reverse=True)

@app.get("/page")
def page(user):
    found = [(added(user, item), item) for item in rank(user, candidates(user))]
    return sorted(found, key=lambda pair: pair[0], reverse=True)
"""
    ),
    _served(
        """
def found(user, query):
    if not query:
        return candidates(user), None
    return rank(user, candidates(user)), query

@app.get("/feed")
def feed(user, query):
    items, asked = found(user, query)
    if asked is None:
        items = sorted(items, key=lambda item: item.starts_at)
    return {"items": items}
"""
    ),
    _served(
        """
import json
from django.db import models

class User(models.Model):
    name = models.TextField()
    skills = models.TextField()

@app.post("/users")
def joined(user):
    found = User(name=user, skills=json.dumps(rank(user, candidates(user))))
    found.save()
    return {"ok": True}

@app.get("/user")
def told(number):
    user = User.objects.get(number)
    skills = json.loads(user.skills or "[]")
    return {"name": user.name, "skills": list(set(skills))}
"""
    ),
    _served(
        """
from shop.models import Item

@app.get("/home")
def home(user):
    ranked = rank(user, candidates(user))
    others = Item.objects.filter(is_new=True).exclude(id__in=[item.id for item in ranked]).order_by("starts_at")
    return {"items": ranked, "others": others}
"""
    ),
    _served(
        """
from shop.models import Impression

PINNED = ["a1", "b2"]

def noted(user, context):
    for name in PINNED + rank(user, candidates(user)):
        if known(name):
            context.features[name] = features(name)

@app.get("/feed")
def feed(user):
    context = Context()
    noted(user, context)
    Impression.objects.create(features=context.features)
    return rank(user, candidates(user))
"""
    ),
    _served(
        """
import joblib
model = joblib.load("ranker.joblib")

def found(user):
    pairs = [(item, score) for item, score in zip(candidates(user), model.predict(candidates(user)))]
    kept = []
    for item, score in sorted(pairs, key=lambda pair: pair[1], reverse=True)[:20]:
        data = item.dump()
        data["relativity"] = score
        kept.append(data)
    return kept

@app.get("/feed")
def feed(user):
    return sorted(found(user), key=lambda data: data["relativity"], reverse=True)
"""
    ),
)
