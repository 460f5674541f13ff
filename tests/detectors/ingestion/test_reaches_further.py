"""Ingestion that was out of sight: data in stores and tables, browsers, classes that read and train, programs that do
not ask whether they are started, and names that a day is put into."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mldebt.finding import Audience, Finding
from mldebt.scan import scan
from mldebt.settings import Settings

TRAINS = {
    "train.py": """
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("prices.csv")
Ridge().fit(rows[["size"]], rows["price"])
"""
}


def found(root: Path, texts: Mapping[str, str], *rules: str) -> list[Finding]:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    settings = Settings(cache=False, history=False, jobs=1, select=rules or ("MLD101",), pedantic=True)
    return list(scan(root, settings).findings)


def owners(findings: list[Finding]) -> list[str | None]:
    return [finding.component for finding in findings]


QUERY = """
import json
import boto3
from google.cloud import bigquery

s3 = boto3.resource("s3")

def collect(client, day):
    rows = client.query("SELECT * FROM shop.sales.clicks").to_dataframe()
    rows = rows.dropna()
    rows["user"] = rows["user"].str.strip().str.lower()
    return rows[rows["age"] > 0]

def put(rows, key):
    s3.Object("clicks", key).put(Body=json.dumps(rows.to_dict("records")))

if __name__ == "__main__":
    put(collect(bigquery.Client(), "today"), "{key}")
"""


def test_what_is_put_into_a_store_as_records_is_written(tmp_path: Path) -> None:
    [finding] = found(tmp_path, {**TRAINS, "data/collect.py": QUERY.replace("{key}", "clicks/today.json")})
    assert finding.component == "data/collect.py:collect"
    assert finding.message.endswith("the result is written as a data set here.")


def test_what_is_put_into_a_store_as_settings_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, {**TRAINS, "data/collect.py": QUERY.replace("{key}", "config.json")}) == []


STORED = """
import boto3
import pandas as pd
from sklearn.linear_model import Ridge

s3 = boto3.resource("s3")

def train():
    rows = pd.read_json(s3.Object("clicks", "{key}").get()["Body"])
    return Ridge().fit(rows[["age"]], rows["clicked"])

if __name__ == "__main__":
    train()
"""


@pytest.mark.parametrize(("key", "told"), [("clicks/today.json", "training"), ("views/other.json", "written")])
def test_what_is_put_into_a_store_goes_on_where_its_key_is_asked_for(tmp_path: Path, key: str, told: str) -> None:
    texts = {"collect.py": QUERY.replace("{key}", "clicks/today.json"), "train.py": STORED.replace("{key}", key)}
    [finding] = [each for each in found(tmp_path, texts) if each.component == "collect.py:collect"]
    assert told in finding.message


BROWSE = """
import pandas as pd
from bs4 import BeautifulSoup
from selenium import webdriver

def page(driver, user):
    driver.get(f"https://example.org/reviews/{user}")
    for button in range(3):
        driver.execute_script("more()")
    return {given}

def main():
    driver = webdriver.Chrome()
    rows = []
    for user in range(10):
        soup = BeautifulSoup(page(driver, user), "html.parser")
        for review in soup.find_all("div", "review"):
            stars = float(review.find("b").text.strip())
            rows.append({"user": user, "stars": stars, "text": review.find("p").text.lower()})
    pd.DataFrame(rows).to_csv("reviews.csv")

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(("given", "owned"), [("driver.page_source", ["reviews.py:main"]), ('"<p></p>"', [])])
def test_a_page_that_a_browser_was_led_to_is_read(tmp_path: Path, given: str, owned: list[str]) -> None:
    assert owners(found(tmp_path, {**TRAINS, "reviews.py": BROWSE.replace("{given}", given)})) == owned


SUPABASE = """
import os
import pandas as pd
from supabase import create_client

client = create_client(os.environ["URL"], os.environ["KEY"])

def main():
    rows = pd.DataFrame(client.table("{table}").select("*").execute().data)
    rows = rows.dropna()
    rows["user"] = rows["user"].str.strip().str.lower()
    rows = rows[rows["age"] > 0]
    rows.to_parquet("features.parquet")

if __name__ == "__main__":
    main()
"""


def test_a_table_behind_an_api_is_a_source(tmp_path: Path) -> None:
    [finding] = found(tmp_path, {**TRAINS, "features.py": SUPABASE.replace("{table}", "clicks")})
    assert finding.component == "features.py:main"
    assert finding.trail[0].message == "read here: clicks"


CLASS = """
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.preprocessing import LabelEncoder

class Clicks:
    def load(self):
        rows = pd.read_csv("clicks.csv")
        users = pd.read_csv("users.csv")
        rows["item"] = LabelEncoder().fit_transform(rows["item"])
        return rows.merge(users, on="user")

    def train(self):
        rows = self.load()
        return Ridge().fit(rows[["age", "item"]], rows["clicked"])
{more}
Clicks().train()
"""


def test_a_class_that_reads_and_trains_does_the_work_of_a_pipeline(tmp_path: Path) -> None:
    assert owners(found(tmp_path, {"clicks.py": CLASS.replace("{more}", "")})) == ["clicks.py:Clicks"]


ALONE = """
import json
import requests
import pandas as pd

def collect(users):
    rows = []
    for user in users:
        page = requests.get(f"https://example.org/{user}").json()
        for play in page["plays"]:
            song = play["song"].strip().lower()
            artist = play["by"].strip().title()
            rows.append({"user": user, "song": song, "artist": artist})
    table = pd.DataFrame(rows).drop_duplicates()
    table.to_csv("plays.csv")

{start}
"""


@pytest.mark.parametrize(
    ("start", "others", "owned"),
    [
        ("collect([1, 2, 3])", {}, ["plays.py:collect"]),
        ("", {}, []),
        (
            "",
            {"main.py": 'from plays import collect\nif __name__ == "__main__":\n    collect([1])\n'},
            ["plays.py:collect"],
        ),
    ],
)
def test_a_program_need_not_ask_whether_it_is_started(
    tmp_path: Path, start: str, others: dict[str, str], owned: list[str]
) -> None:
    assert owners(found(tmp_path, {**TRAINS, **others, "plays.py": ALONE.replace("{start}", start)})) == owned


LEFT = """
import pandas as pd

class Clicks:
    def __init__(self, path):
        self.rows = pd.read_csv(path)

    def clean(self):
        rows = self.rows.dropna().drop_duplicates()
        rows["user"] = rows["user"].str.strip().str.lower()
        rows = rows[rows["age"] > 0]
        rows.to_csv("clean.csv")

    def users(self):
        return list(self.rows["user"])

if __name__ == "__main__":
    clicks = Clicks("clicks.csv")
    print(clicks.{asked}())
"""


@pytest.mark.parametrize(("asked", "count"), [("clean", 1), ("users", 0)])
def test_what_only_a_method_does_that_nobody_calls_is_not_done(tmp_path: Path, asked: str, count: int) -> None:
    assert len(found(tmp_path, {**TRAINS, "clicks.py": LEFT.replace("{asked}", asked)})) == count


DATED = """
import datetime
import pandas as pd

def main():
    rows = pd.read_csv("raw.csv").dropna()
    rows["user"] = rows["user"].str.strip().str.lower()
    rows = rows[rows["age"] > 0]
    today = datetime.date.today().strftime("%y%m%d")
    rows.to_csv(f"merged-clicks-{today}.csv")

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("merged-clicks-240313.csv", "training"),
        ("merged-clicks-sample.csv", "written"),
        ("merged-240313.csv", "written"),
    ],
)
def test_a_day_in_a_name_may_be_any_day(tmp_path: Path, name: str, told: str) -> None:
    train = TRAINS["train.py"].replace("prices.csv", name)
    [finding] = found(tmp_path, {"prepare.py": DATED, "train.py": train})
    assert told in finding.message


HELPERS = """
import pandas as pd

def tidy(rows):
    rows = rows.dropna()
    rows["user"] = rows["user"].str.strip().str.lower()
    return rows[rows["age"] > 0]
"""


def test_the_steps_of_a_helper_that_a_program_calls_are_its_own(tmp_path: Path) -> None:
    train = """
import pandas as pd
from sklearn.linear_model import Ridge
from shop.helpers.tidying import tidy

def main():
    rows = tidy(pd.read_csv("clicks.csv"))
    Ridge().fit(rows[["age"]], rows["clicked"])

if __name__ == "__main__":
    main()
"""
    texts = {"shop/helpers/tidying.py": HELPERS, "shop/train.py": train}
    assert owners(found(tmp_path / "alone", texts)) == ["shop/train.py:main"]
    assert (
        owners(found(tmp_path / "shared", {**texts, "shop/judge.py": train.replace("clicks.csv", "judged.csv")})) == []
    )


MONGO = """
import pandas as pd
from pymongo import MongoClient

def histories():
    db = MongoClient("localhost").shop
    found = []
    for user in db["users"].find({}):
        bought = []
        for item in user["history"]:
            for known in db["items"].find({"_id": {asked}}):
                bought.append(known["number"])
        found.append({"user": str(user["_id"]), "bought": bought})
    pd.DataFrame(found).to_csv("histories.csv")

if __name__ == "__main__":
    histories()
"""


@pytest.mark.parametrize(("asked", "joined"), [("item", True), ('"shoes"', False)])
def test_a_table_that_is_asked_for_each_record_is_joined(tmp_path: Path, asked: str, joined: bool) -> None:
    findings = found(tmp_path, {**TRAINS, "histories.py": MONGO.replace("{asked}", asked)})
    assert any(step.message == "joined by hand here" for each in findings for step in each.trail) is joined


MERGED = """
import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("clicks.csv").dropna()
rows["user"] = rows["user"].str.strip()
other = {other}
both = {joined}
Ridge().fit(both[["age"]], both["clicked"])
"""
USERS = 'pd.read_csv("users.csv").drop_duplicates()'


@pytest.mark.parametrize(
    ("other", "joined", "audience"),
    [
        (USERS, 'rows.merge(other, on="user")', Audience.DEFAULT),
        (USERS, 'pd.merge(rows, other, how="inner")', Audience.DEFAULT),
        (USERS, 'rows.merge(other, on="user", how="left")', Audience.PEDANTIC),
        ('rows.groupby("user").mean()', 'rows.merge(other, on="user")', Audience.PEDANTIC),
    ],
)
def test_who_merges_two_sources_loses_what_has_no_partner(
    tmp_path: Path, other: str, joined: str, audience: Audience
) -> None:
    text = MERGED.format(other=other, joined=joined)
    findings = found(tmp_path, {"train.py": text}, "MLD104")
    assert [each.audience for each in findings] == [audience]


FILLS = """
import pandas as pd
{head}


def add_day(path, name):
    rows = pd.read_csv(path, encoding="gbk")
    rows = rows.drop_duplicates().dropna()
    rows["price"] = rows["price"].str.strip().astype(float)
    rows = rows[rows.price > 0].rename(columns=str.lower)
    {write}


if __name__ == "__main__":
    add_day("ticks_of_the_day.csv", "ticks")
"""


@pytest.mark.parametrize(
    ("head", "write", "audience"),
    [
        ("from arctic import Arctic", 'Arctic("localhost")["ticks"].write(name, rows)', Audience.DEFAULT),
        (
            "from pymongo import MongoClient",
            'MongoClient()["shop"]["ticks"].insert_many(rows.to_dict("records"))',
            Audience.PEDANTIC,
        ),
    ],
)
def test_who_fills_an_applications_database_is_for_few(
    head: str, write: str, audience: Audience, tmp_path: Path
) -> None:
    findings = found(tmp_path, {**TRAINS, "create_dataset.py": FILLS.format(head=head, write=write)})
    assert [each.audience for each in findings if each.location.path == "create_dataset.py"] == [audience]
