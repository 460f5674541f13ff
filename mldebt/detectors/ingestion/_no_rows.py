"""Draws and first parts of what is no data set: models, answers, what is sent away. More examples of MLD106."""

from __future__ import annotations

_ORDERED = """
import random
import pandas as pd
from sklearn.linear_model import Lasso, Ridge

rows = pd.read_csv("clicks.csv")

def every(left):
    random.shuffle(left){mark}
    train, test = left[: len(left) // 2], left[len(left) // 2 :]
    {then}

every({of})
"""
_BEST = """
import pandas as pd
from sklearn.metrics import precision_score

best = pd.read_csv("kept/forest", nrows=7500, usecols={columns}){mark}
seen = pd.read_csv("seen.csv")
both = best.merge(seen, on="parcel")
print(precision_score(both.seen, both.{judged}))
"""
_TAGS = """
import random
import pandas as pd
import requests

def spread(rows, address):
    for row in random.sample(rows, 900):
        requests.put(address + row, json={{"tags": ["a"]}})

def kept(rows):
    few = random.sample(rows, 900){mark}
    pd.DataFrame(few).to_csv("rows_train.csv")

rows = open("rows.txt").readlines()
spread(rows, "https://shop.acme.org/")
{kept}
"""

BAD = (
    _ORDERED.format(
        of='rows.to_dict("records")',
        then="Ridge().fit([[one['age']] for one in train], [one['label'] for one in train])",
        mark="  # debt",
    ),
    _BEST.format(columns='["parcel", "owner"]', judged="owner", mark="  # debt"),
    _TAGS.format(mark="  # debt", kept="kept(rows)"),
)
GOOD = (
    # in which order models are trained
    _ORDERED.format(
        of="[Ridge(), Lasso()]",
        then="for one in train:\n"
        "        said = one.fit(rows[['age']], rows.label).predict(rows[['age']])\n"
        "        pd.DataFrame(said).to_csv('train_said.csv')",
        mark="",
    ),
    # those that a model ranked first
    _BEST.format(columns='["parcel", "prediction"]', judged="prediction", mark=""),
    # what is sent to a service
    _TAGS.format(kept="", mark=""),
)
