import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import cast

import pytest

from mldebt.detectors.ingestion.undeclared_source import _is_used_in_sight
from mldebt.finding import Audience, Finding, Severity
from mldebt.pipeline.ingestion.literals import Literal, kind_of
from mldebt.reports import renderer
from mldebt.scan import scan
from mldebt.settings import Settings

FIT = """
from sklearn.linear_model import Ridge
Ridge().fit(rows[["age"]], rows["clicked"])
"""


def outcome(root: Path, texts: Mapping[str, str]):  # type: ignore[no-untyped-def]
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return scan(root, Settings(select=("MLD103",), cache=False, history=False, jobs=1, pedantic=True))


def findings(root: Path, texts: Mapping[str, str]) -> list[Finding]:
    found = outcome(root, texts)
    assert not found.failures
    return list(found.findings)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/home/alice/rows.csv", "personal"),
        ("C:\\Users\\alice\\rows.csv", "personal"),
        ("/home/ubuntu/rows.csv", "rooted"),
        ("file:///home/ubuntu/rows.csv", "rooted"),
        ("/home/admin/rows.csv", "rooted"),
        ("C:\\Users\\ADMIN\\rows.csv", "personal"),
        ("/mnt/c/Users/ADMIN/rows.csv", "personal"),
        ("C:/Users/your_name/rows.csv", "rooted"),
        ("/home/dataproc/rows.csv", "rooted"),
        ("/root/shop/rows.csv", "rooted"),
        ("/mnt/disk/rows.csv", "rooted"),
        ("/opt/ml/input/rows.csv", ""),
        ("/code_execution/data/rows.csv", ""),
        ("/dev/shm/shop/rows.csv", "rooted"),  # noqa: S108  # a text, not a file
        ("/dev/stdin", ""),
        ("~/.cache/rows.pkl", "home"),
        ("~/.cache/{name}.pkl", ""),
        ("s3://acme/rows.csv", "remote"),
        ("https://{host}/rows.csv", ""),
        ("http://localhost:8000/rows.csv", ""),
        ("https://raw.githubusercontent.com/ana/rows/main/rows.csv", "moving"),
        ("https://raw.githubusercontent.com/ana/rows/0a1b2c3d4e/rows.csv", "remote"),
        ("https://api.acme.org/v1/rows", "service"),
        ("postgresql://db.acme.org/shop", "database"),
        ("postgresql://ana:h8Gq2zzP@db.acme.org/shop", "credential"),
        ("data/rows.csv", "relative"),
        ("acme/reviews", ""),
        ("redis://", ""),
        ("hdfs:///raw/rows.csv", "remote"),
    ],
)
def test_what_a_text_points_to(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_a_constant_at_the_top_of_its_loader_is_a_note(tmp_path: Path) -> None:
    text = """
        import pandas as pd

        CLICKS = "s3://acme/clicks.csv"

        def load():
            return pd.read_csv(CLICKS)
    """
    train = "from loading import load\nrows = load()\n" + FIT
    [finding] = findings(tmp_path, {"loading.py": text, "train.py": train})
    assert (finding.location.path, finding.location.line) == ("loading.py", 3)
    assert finding.audience is Audience.PEDANTIC
    assert finding.severity is Severity.LOW


@pytest.mark.parametrize(
    ("name", "settings", "audience"),
    [
        ("clicks.csv", "", Audience.PEDANTIC),
        ("clicks_240309.csv", "", Audience.DEFAULT),
        ("clicks-2024.03.09.csv", "", Audience.DEFAULT),
        ("clicks_240399.csv", "", Audience.PEDANTIC),
        ("clicks_2403.csv", "", Audience.PEDANTIC),
        ("clicks_12403091.csv", "", Audience.PEDANTIC),
        ("clicks.csv", "clicks: data/clicks.csv\n", Audience.DEFAULT),
        ("clicks.csv", "clicks: data/views.csv\n", Audience.PEDANTIC),
    ],
)
def test_a_path_in_the_repository_is_told_if_it_is_of_one_day_or_a_setting_holds_it(
    name: str, settings: str, audience: Audience, tmp_path: Path
) -> None:
    text = f"""
        import pandas as pd
        from sklearn.linear_model import Ridge

        def train():
            rows = pd.read_csv("data/{name}")
            Ridge().fit(rows[["age"]], rows["clicked"])

        train()
    """
    [finding] = findings(tmp_path, {"train.py": text, "config.yaml": settings})
    assert (finding.audience, finding.severity) == (audience, Severity.LOW)


@pytest.mark.parametrize(
    ("read", "ends", "is_used"),
    [("look", [], True), ("shop", ["train", "look"], True), ("shop", ["train"], False), ("shop", [], False)],
)
def test_what_a_shared_loader_reads_for_others_is_not_what_this_program_reads(
    read: str, ends: list[str], *, is_used: bool
) -> None:
    modules = {name: object() for name in ("look", "shop", "train")}

    def value(module: str) -> SimpleNamespace:
        return SimpleNamespace(body=SimpleNamespace(module=modules[module]))

    named = SimpleNamespace(
        value=value("look"), read=value(read), ends=[SimpleNamespace(value=value(end)) for end in ends]
    )
    assert _is_used_in_sight(cast("Literal", named)) is is_used


def test_a_path_on_one_disk_weighs_most_wherever_it_stands(tmp_path: Path) -> None:
    text = "import pandas as pd\n\nCLICKS = '/Users/ana/clicks.csv'\nrows = pd.read_csv(CLICKS)\n" + FIT
    [finding] = findings(tmp_path, {"train.py": text})
    assert finding.severity is Severity.HIGH
    assert finding.audience is Audience.DEFAULT


def test_a_credential_is_never_shown(tmp_path: Path) -> None:
    text = """
        import pandas as pd

        rows = pd.read_sql("select age, clicked from clicks", "postgresql://ana:h8Gq2zzP@db.acme.org/shop")
    """
    found = outcome(tmp_path, {"train.py": dedent(text) + FIT})
    [finding] = found.findings
    assert finding.severity is Severity.HIGH
    assert "postgresql://ana:…@db.acme.org/shop" in finding.message
    for form in ("text", "json", "sarif", "markdown"):
        assert "h8Gq2zzP" not in renderer(form)(found), form


def test_the_entry_that_offers_the_source_and_the_setting_that_nobody_reads(tmp_path: Path) -> None:
    text = "import pandas as pd\n\nrows = pd.read_csv('s3://acme/raw/clicks.csv')\n" + FIT
    catalogue = "clicks:\n  type: pandas.CSVDataset\n  filepath: data/01_raw/clicks.csv\n"
    [finding] = findings(tmp_path / "a", {"train.py": text, "conf/base/catalog.yml": catalogue})
    assert finding.message == (
        "An address stands in a script, past the Kedro entry `clicks`, which offers it: s3://acme/raw/clicks.csv."
    )
    [finding] = findings(tmp_path / "b", {"train.py": text, "config.yaml": "data:\n  raw: s3://acme/raw/clicks.csv\n"})
    assert "while the setting `data.raw` holds it, unread" in finding.message


def test_relative_paths_in_notebooks_and_literals_in_tests(tmp_path: Path) -> None:
    code = "import pandas as pd\nrows = pd.read_csv('data/clicks.csv')\n" + FIT
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    far = code.replace("data/clicks.csv", "https://data.acme.org/clicks.csv")
    assert findings(tmp_path, {"how.ipynb": json.dumps(notebook), "tests/test_train.py": far}) == []


def test_what_many_modules_read_below_one_folder_of_a_machine_is_told_once(tmp_path: Path) -> None:
    def script(folder: str, name: str) -> str:
        return f"import pandas as pd\nrows = pd.read_csv('{folder}/{name}.csv')\n{FIT}"

    texts = {f"train_{name}.py": script("/home/alice/data", name) for name in "abcdef"}
    texts["train_g.py"] = script("/home/bob/data", "g")
    many, alone = findings(tmp_path, texts)
    assert many.message == (
        "Paths on one person's disk stand in 6 files and are declared nowhere: /home/alice/data/a.csv (and 5 more)."
    )
    assert [step.location.path for step in many.trail[:6]] == [f"train_{name}.py" for name in "abcdef"]
    assert len(many.members) == 6
    assert alone.location.path == "train_g.py"


def test_what_few_modules_read_on_a_machine_is_told_for_each(tmp_path: Path) -> None:
    text = f"import pandas as pd\nrows = pd.read_csv('/home/alice/data/rows.csv')\n{FIT}"
    found = findings(tmp_path, {f"train_{name}.py": text for name in "abcde"})
    assert len(found) == 5


def test_a_notebook_tells_all_its_sources_once(tmp_path: Path) -> None:
    code = (
        "import pandas as pd\n"
        "rows = pd.read_csv('https://data.acme.org/clicks.csv').merge(pd.read_csv('https://data.acme.org/views.csv'))\n"
    )
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": code + FIT}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    [finding] = findings(tmp_path, {"how.ipynb": json.dumps(notebook)})
    assert finding.message.endswith("https://data.acme.org/clicks.csv (and 1 more).")


def test_what_an_example_reads_is_a_note_and_a_path_on_one_disk_is_not(tmp_path: Path) -> None:
    text = "import pandas as pd\n\nrows = pd.read_csv('https://data.acme.org/clicks.csv')\n" + FIT
    [finding] = findings(tmp_path / "a", {"examples/train.py": text})
    assert finding.audience is Audience.PEDANTIC
    disk = text.replace("https://data.acme.org", "/home/alice")
    [finding] = findings(tmp_path / "b", {"examples/train.py": disk})
    assert finding.audience is Audience.DEFAULT


def test_where_somebody_logs_in_or_a_machine_asks_of_itself_is_no_source(tmp_path: Path) -> None:
    text = "import requests\n\nrows = requests.get('{}').json()\n" + FIT
    assert findings(tmp_path / "a", {"train.py": text.format("https://data.acme.org/clicks")}) != []
    assert findings(tmp_path / "b", {"train.py": text.format("https://data.acme.org/cas/login?next=clicks")}) == []
    assert findings(tmp_path / "c", {"train.py": text.format("http://169.254.169.254/latest/meta-data/type")}) == []


def test_constants_of_a_settings_module_are_declared_there(tmp_path: Path) -> None:
    train = "import pandas as pd\nfrom {0} import CLICKS\n\nrows = pd.read_csv(CLICKS)\n" + FIT
    told = "import pandas as pd\n\nCLICKS = 's3://acme/raw/clicks.csv'\nAGES = pd.read_csv('ages.csv')\nprint(CLICKS)\n"
    [finding] = findings(tmp_path / "a", {"loading.py": told, "train.py": train.format("loading")})
    assert finding.location.path == "loading.py"
    assert findings(tmp_path / "b", {"config.py": told, "train.py": train.format("config")}) == []


def test_an_address_of_which_only_the_host_is_written_down_is_the_callers(tmp_path: Path) -> None:
    text = "import pandas as pd\n\ndef load(name):\n    return pd.read_csv(f'https://{0}/{name}')\n\n"
    text += "rows = load(input())\n"
    assert len(findings(tmp_path / "a", {"train.py": text.replace("{0}", "data.acme.org/clicks") + FIT})) == 1
    assert findings(tmp_path / "b", {"train.py": text.replace("{0}", "doi.org") + FIT}) == []


WEIGHTS = """
import os
import zipfile
from urllib.request import urlretrieve
import pandas as pd
from sklearn.linear_model import Ridge
from tensorflow.keras.models import load_model

def load(folder):
    kept = folder + "/{name}.zip"
    urlretrieve("https://raw.githubusercontent.com/acme/things/main/{name}.zip", kept)
    with zipfile.ZipFile(kept) as archive:
        archive.extractall(folder)
    {taken}

def ask(folder, model):
    rows = pd.read_csv(folder + "/rows.csv").dropna()
    return Ridge().fit(rows, model)

print(ask("here", load("here")))
"""


def test_the_address_of_weights_that_a_model_is_loaded_from_is_no_source(tmp_path: Path) -> None:
    model = WEIGHTS.format(name="flagger", taken='return load_model(folder + "/flagger")')
    assert not any("acme" in each.message for each in findings(tmp_path / "model", {"job.py": model}))
    rows = WEIGHTS.format(name="clicks", taken='return pd.read_csv(folder + "/clicks.csv")')
    assert any("acme" in each.message for each in findings(tmp_path / "rows", {"job.py": rows}))


def test_the_front_door_of_a_site_and_a_host_that_a_setting_fills_are_no_sources(tmp_path: Path) -> None:
    text = "import pandas as pd\nimport requests\n\nprint(requests.get('https://www.acme.org').json())\n"
    text += "rows = pd.DataFrame(requests.get('https://www.acme.org{0}').json())\n"
    assert len(findings(tmp_path / "page", {"train.py": text.replace("{0}", "/clicks") + FIT})) == 1
    assert findings(tmp_path / "door", {"train.py": text.replace("{0}", "") + FIT}) == []
    assert kind_of("s3://acme/clicks.csv") == "remote"
    assert kind_of("s3://None/clicks.csv") == ""


def test_a_path_below_the_folder_of_the_run_is_none_on_one_machine(tmp_path: Path) -> None:
    text = "import os\nfrom pathlib import Path\nimport pandas as pd\n\n"
    text += "KEPT = Path({0}) / 'acme' / 'rows.csv'\nrows = pd.read_csv(KEPT)\n"
    (found,) = findings(tmp_path / "here", {"train.py": text.replace("{0}", "os.path.abspath('')") + FIT})
    assert "on one machine" not in found.message
    (found,) = findings(tmp_path / "disk", {"train.py": text.replace("{0}", "'/disk'") + FIT})
    assert "/disk/acme/rows.csv" in found.message
    assert "on one machine" in found.message


STATED = """
import duckdb
from settings import settings
from sklearn.linear_model import Ridge

def load(bucket):
    path = {path}
    base = duckdb.connect()
    base.execute(f"CREATE TABLE clicks AS SELECT age, gain FROM read_parquet('{path}')")
    return base.execute("SELECT age, gain FROM clicks").df()

rows = load(input())
Ridge().fit(rows[["age"]], rows["gain"])
"""


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("'s3://acme-clicks/2023/clicks.parquet'", ["An address stands in a function"]),
        ("settings.clicks", []),
        ("f's3://{bucket}/clicks.parquet'", []),
    ],
)
def test_the_address_in_a_statement_is_the_source_and_not_the_statement(
    path: str, told: list[str], tmp_path: Path
) -> None:
    modules = {"train.py": STATED.replace("{path}", path, 1)}
    modules["settings.py"] = "class Settings:\n    clicks = 's3://acme/clicks.parquet'\n\nsettings = Settings()\n"
    found = findings(tmp_path, modules)
    assert [each.message.partition(" and is declared")[0] for each in found] == told
    assert not any("SELECT" in each.message for each in found)


@pytest.mark.parametrize(
    ("mount", "audience"),
    [
        ("- ./data:/data:ro", Audience.PEDANTIC),
        ("- clicks:/data", Audience.DEFAULT),
        ("- ./data:/elsewhere", Audience.DEFAULT),
    ],
)
def test_a_folder_of_the_repository_in_a_container_is_no_machine(
    mount: str, audience: Audience, tmp_path: Path
) -> None:
    text = """
        import pandas as pd
        from sklearn.linear_model import Ridge

        def train():
            rows = pd.read_csv("/data/clicks.csv")
            Ridge().fit(rows[["age"]], rows["clicked"])

        train()
    """
    compose = f"services:\n  train:\n    image: shop\n    volumes:\n      {mount}\n"
    [finding] = findings(tmp_path, {"train.py": text, "docker-compose.yml": compose})
    assert finding.audience is audience


MAP = """
import pandas as pd
from selenium import webdriver

where = input()
driver = webdriver.Chrome()
driver.get("https://maps.acme.org/at/" + where + "/rows")
{then}
rows = pd.read_csv("rows.csv")
"""


@pytest.mark.parametrize(
    ("then", "count"), [("input()", 0), ("names = [each.text for each in driver.find_elements('tag name', 'tr')]", 1)]
)
def test_a_page_that_is_opened_for_somebody_to_see_is_no_source(then: str, count: int, tmp_path: Path) -> None:
    addresses = [
        each for each in findings(tmp_path, {"job.py": MAP.format(then=then) + FIT}) if "address" in each.message
    ]
    assert len(addresses) == count


LOOKED = """
import pandas as pd

people = pd.read_csv("/mnt/disk/people.txt", sep="|")
longest = 0
for name in people["name"]:
    longest = max(longest, len(str(name)))
{then}
rows = pd.read_csv("rows.csv")
"""


@pytest.mark.parametrize(("then", "count"), [("print(longest)", 0), ("people.dropna().to_csv('named.csv')", 1)])
def test_what_is_only_measured_feeds_nothing(then: str, count: int, tmp_path: Path) -> None:
    rooted = [each for each in findings(tmp_path, {"job.py": LOOKED.format(then=then) + FIT}) if "/mnt" in each.message]
    assert len(rooted) == count
