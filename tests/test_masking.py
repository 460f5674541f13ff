from pathlib import Path

import pytest

from mldebt.masking import holds_credential, is_generated, masked, masked_line, names_credential
from mldebt.pipeline.models.rows import Rows
from mldebt.scan import judge_project
from mldebt.settings import Settings

OPEN = (
    "postgresql://ana:h8Gq2zzP@db.acme.org/clicks",
    "s3://AKIAQWERTYUIOPASDFGH@bucket/rows.csv",
    "https://acme.org/rows.csv?token=8f3c9e17ab",
    "https://acme.org/search?query={query}&key=openTheDoor8f3c9e17ab&limit=3",
    "Server=db;Uid=ana;Pwd=h8Gq2zzP;",
    "ghp_" + "a1B2" * 6,
)
CLOSED = (
    "postgresql://postgres:postgres@localhost/clicks",
    "postgresql://ana:{password}@db.acme.org/clicks",
    "https://acme.org/rows.csv?token=<your token>",
    "https://acme.org/rows.csv?page=2",
    "https://acme.org/rows.csv?key=published_at&order=desc",
    "data/passwords.csv",
    "password=changeme",
)


@pytest.mark.parametrize("text", OPEN)
def test_credentials_are_known_and_hidden(text: str) -> None:
    assert holds_credential(text)
    assert "h8Gq2zzP" not in masked(text)
    assert "8f3c9e17ab" not in masked(text)
    assert "AKIA" not in masked(text)
    assert "ghp_" not in masked(text)


@pytest.mark.parametrize("text", CLOSED)
def test_what_opens_nothing_is_no_credential(text: str) -> None:
    assert not holds_credential(text)


@pytest.mark.parametrize("name", ["password", "minio_secret_key", "aws_secret_access_key", "api_key", "auth_token"])
def test_parameters_that_take_a_credential_are_known(name: str) -> None:
    assert names_credential(name)


@pytest.mark.parametrize(
    "name", ["key", "passwords_file", "token_count", "aws_access_key_id", "tokenizer", "secretary"]
)
def test_other_parameters_take_none(name: str) -> None:
    assert not names_credential(name)


def test_what_a_person_would_read_is_not_generated() -> None:
    assert is_generated("h8Gq2zzP")
    assert not any(map(is_generated, ("not-needed-here", "your_password_1", "/run/secrets/token1", "{word1234}", "a1")))


def test_the_rest_of_a_text_stays() -> None:
    assert masked("postgresql://ana:h8Gq2zzP@db.acme.org/clicks") == "postgresql://ana:…@db.acme.org/clicks"
    assert masked("https://acme.org/rows.csv?page=2") == "https://acme.org/rows.csv?page=2"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('connect("postgresql://ana:h8Gq2zzP@db.acme.org/c")', 'connect("postgresql://ana:…@db.acme.org/c")'),
        ('login(password="h8Gq2zzP", user="ana")', 'login(password="…", user="ana")'),
        ('get("https://acme.org/rows.csv?sig=8f3c9e17ab&page=1")', 'get("https://acme.org/rows.csv?sig=…&page=1")'),
        ('KEYS = {"api_key": "8f3c9e17ab"}', 'KEYS = {"api_key": "…"}'),
        ('Store(store_secret_key="8f3c9e17ab")', 'Store(store_secret_key="…")'),
        ("client = Client(token=token, auth=Auth(secret))", "client = Client(token=token, auth=Auth(secret))"),
        ('password = os.environ["PASSWORD"]', 'password = os.environ["PASSWORD"]'),
        ('password="changeme"', 'password="changeme"'),
    ],
)
def test_lines_of_code_keep_all_but_credentials(line: str, shown: str) -> None:
    assert masked_line(line) == shown


_READER = """
import joblib
import pandas as pd
from sklearn.linear_model import LinearRegression

def {name}():
    rows = pd.read_csv("https://api.example.org/bars/{{day}}?adjusted=true&apiKey=68V4eXb7pQz")
    rows = rows.dropna()
    rows["close"] = rows["close"].astype(float)
    rows["high"] = rows["high"].str.replace(",", "")
    rows = rows.rename(columns={{"o": "open"}})
    return rows[rows["volume"] > {least}]

def train_{name}():
    rows = {name}()
    model = LinearRegression().fit(rows[["open", "high"]], rows["close"])
    joblib.dump(model, "{name}.joblib")
"""


def test_nothing_that_is_told_of_a_repository_shows_a_credential(tmp_path: Path) -> None:
    for number, name in enumerate(("bars", "days")):
        (tmp_path / f"{name}.py").write_text(_READER.format(name=name, least=number))
    project, outcome = judge_project(tmp_path, Settings(cache=False, history=False, jobs=1, pedantic=True))
    told = [text for each in outcome.findings for text in (each.message, *(step.message for step in each.trail))]
    assert any("api.example.org" in text for text in told)
    cells = [cell.text for record in Rows(project).all() for cell in record.sources]
    assert any("api.example.org" in text for text in cells)
    assert not any("68V4" in text for text in (*told, *cells))
