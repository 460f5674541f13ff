import pytest

from mldebt.masking import holds_credential, masked, masked_line

OPEN = (
    "postgresql://ana:h8Gq2zzP@db.acme.org/clicks",
    "s3://AKIAQWERTYUIOPASDFGH@bucket/rows.csv",
    "https://acme.org/rows.csv?token=8f3c9e17ab",
    "Server=db;Uid=ana;Pwd=h8Gq2zzP;",
    "ghp_" + "a1B2" * 6,
)
CLOSED = (
    "postgresql://postgres:postgres@localhost/clicks",
    "postgresql://ana:{password}@db.acme.org/clicks",
    "https://acme.org/rows.csv?token=<your token>",
    "https://acme.org/rows.csv?page=2",
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
        ("client = Client(token=token, auth=Auth(secret))", "client = Client(token=token, auth=Auth(secret))"),
        ('password = os.environ["PASSWORD"]', 'password = os.environ["PASSWORD"]'),
        ('password="changeme"', 'password="changeme"'),
    ],
)
def test_lines_of_code_keep_all_but_credentials(line: str, shown: str) -> None:
    assert masked_line(line) == shown
