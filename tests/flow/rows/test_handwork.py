from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.files.content import Contents
from mldebt.flow.files.files import Files
from mldebt.flow.rows.handwork import Handwork
from mldebt.flow.types.models import Models

Link = Callable[..., Flow]

START = "import numpy as np\nimport pandas as pd\nimport polars as pl\nfrom sklearn.linear_model import Ridge\n"
START += "from sklearn.metrics import mean_squared_error\nfrom sklearn.model_selection import train_test_split\n"


def steps(link: Link, text: str, reader: str = "pd.read_csv('rows.csv')") -> list[str]:
    """What is done by hand between reading `rows` and fitting a model on `table`."""
    flow = link(f"{START}rows = {reader}\n{text}\nRidge().fit(table, [])\n")
    read = next(call for call in flow.body(0, 0).calls if "reads" in flow.roles(call))
    contents = Contents(flow, Models(flow), Files(flow))
    handwork = Handwork(flow)
    found = {(visit.value.line, text) for visit in contents.reach(read).useful if (text := handwork.step(visit))}
    return [text for _, text in sorted(found)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("table = rows.dropna()", ["cleaned"]),
        ("table = rows.drop_duplicates()", ["cleaned"]),
        ("table = rows[rows.age > 18]", ["cleaned"]),
        ("rows['age'] = rows.birth.map(years)\ntable = rows", ["cleaned"]),
        ("table = rows.merge(others, on='id')", ["joined"]),
        ("table = pd.concat([rows, others], axis=1)", ["joined"]),
        ("a, b, c, d = train_test_split(rows, rows.age)\ntable = pd.concat([a, c], axis=1)", []),
        ("a, b = train_test_split(rows)\ntable = pd.concat([a, others], axis=1)", ["joined"]),
        ("table = pd.concat([row for row in rows])", ["stacked"]),
        ("table = rows.groupby('id').sum()", ["regrouped"]),
        ("table = {row['id']: row for row in rows}", ["regrouped"]),
        ("rows['day'] = pd.to_datetime(rows['day'])\ntable = rows", ["parsed"]),
        ("table = [clean(x['name']) for x in rows['people']]", ["extracted"]),
        ("table = [x['name'] for x in rows['people']]", ["extracted"]),
        ("table = rows.unique()", ["cleaned"]),
        ("table = rows.assign(age=rows.birth.map(years))", ["cleaned"]),
        ("table = rows[rows.kind == 'click']", ["cleaned"]),
        ("table = rows.groupby('shop').apply(lambda part: part.median())", ["regrouped"]),
    ],
)
def test_work_on_content(text: str, expected: list[str], link: Link) -> None:
    assert steps(link, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "table = rows['user'].unique().tolist()",
        "table = rows.assign(new=False)",
        "table = rows.loc[rows.day < '2021']\nrest = rows.loc[rows.day >= '2021']",
        "table = rows[rows.fold == 3]",
        "table = rows[rows.part == 'train']",
        "table = rows[rows.bought == 1]\nrest = rows[rows.bought == 0]",
        "from collections import defaultdict\ntold = defaultdict(int)\ntold['a'] += rows['a']\ntable = told",
        "table = rows.groupby('hour').apply(lambda part: mean_squared_error(part.a, part.b))",
        "table = rows.astype(float)",
        "table = rows.round(2)",
        "table = [round(row['age'], 2) for row in rows]",
        "table = np.asarray(rows)",
        "table = [float(row) for row in rows]",
        "table = [row['age'] for row in rows]",
        "table = [row.to('cuda') for row in rows]",
        "table = rows[['age', 'size']]",
        "table = rows['age']",
        "table = pd.concat([rows, rows])",
        "table = np.vstack([rows, rows])",
        "users = rows.drop_duplicates('user')[['user']]\ntable = users",
        "index = {word: number for number, word in enumerate(rows)}\ntable = index",
        "table = {'rows': rows}['rows']",
        "sample = {}\nsample['rows'] = rows\ntable = sample",
        "encoder = load()\ntable = encoder.transform(rows)",
        # a record is packed, whether in a loop or within another record
        "request = {}\nfor page in pages:\n    request['day'] = rows['day']\ntable = request",
        "registry = load()\nregistry['fraud']['v1'] = {'rows': rows}\ntable = registry",
        "rows['state']['seen'] = True\ntable = rows",
        "settings = load()\nsettings['index'].update(rows)\ntable = settings",
        # the rows at the places that a split gave
        "table = [rows[place] for place in folds[0]]",
        # what is kept on both sides is split, not cleaned
        "table, test = rows[rows.day < 9], rows[rows.day >= 9]",
        "mask = rows.day < 9\ntable, test = rows[mask & True], rows[~(mask & True)]",
        "table = rows[np.random.rand(len(rows)) < 0.8]",
        # what a model is asked with
        "import onnxruntime\nsession = onnxruntime.InferenceSession('churn.onnx')\n"
        "feed = {name: np.asarray(rows[name]) for name in names}\ntable = session.run(None, feed)",
    ],
)
def test_what_is_no_work_on_content(text: str, link: Link) -> None:
    assert steps(link, text) == []


def test_lines_taken_apart_and_words_counted(link: Link) -> None:
    text = """
from collections import Counter
counts = Counter()
for line in rows:
    words = line.strip().split(",")
    counts.update(words)
table = counts
"""
    assert steps(link, text, reader="open('rows.txt')") == ["parsed", "parsed", "regrouped"]


def test_a_column_that_is_the_same_in_all_rows_is_no_work(link: Link) -> None:
    text, reader = "table = rows.with_columns({0})", "pl.read_csv('rows.csv')"
    assert steps(link, text.format("pl.lit(name).alias('shop')"), reader) == []
    assert steps(link, text.format("pl.col('shop').str.strip_chars()"), reader) == ["cleaned"]


@pytest.mark.parametrize(
    "text",
    [
        "share = np.mean(np.abs(rows[rows > 0] / 3))\ntable = rows",
        "part = rows[rows > 0]\ntop = part.max()\ntable = [rows, top]",
    ],
)
def test_what_only_makes_a_number_is_no_cleaning(text: str, link: Link) -> None:
    assert steps(link, text) == []


def test_a_part_that_is_gone_on_with_is_cleaned(link: Link) -> None:
    assert steps(link, "part = rows[rows > 0]\ntop = part.max()\ntable = [part, top]") == ["cleaned"]


def test_a_prompt_is_no_cleaned_data(link: Link) -> None:
    fields = 'table = []\nfor row in rows:\n    table.append(f"{0}".strip())'
    assert steps(link, fields.format("{row['name']} {row['place']}")) == ["cleaned"]
    assert steps(link, fields.format("Say in one word what {row['name']} is.")) == []


@pytest.mark.parametrize(
    ("fit", "is_training"),
    [
        ("def draw(kind=stats.weibull_min):\n    kind.fit(rows.dropna())\ndraw()", False),
        ("for kind in [stats.gamma, stats.norm]:\n    kind.fit(rows.dropna())", False),
        ("getattr(stats, name).fit(rows.dropna())", False),
        ("def draw(kind=None):\n    kind.fit(rows.dropna())\ndraw()", True),
    ],
)
def test_to_fit_a_distribution_is_no_training(fit: str, is_training: bool, link: Link) -> None:
    flow = link(f"{START}from scipy import stats\nrows = pd.read_csv('rows.csv')\n{fit}\n")
    read = next(call for call in flow.body(0, 0).calls if "reads" in flow.roles(call))
    ends = Contents(flow, Models(flow), Files(flow)).reach(read).ends
    assert bool(ends) is is_training


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("rows['risk'] = model.predict(rows) * 100", []),
        ("rows['risk'] = np.clip(model.predict_risk(rows), 0, 1)", []),
        ("rows['loss_hat'] = rows['age'] * 3", []),
        ("rows['loss'] = rows['loss_hat'].clip(0, 1)", []),
        ("rows['loss'] = rows['age'] * 3", ["cleaned"]),
    ],
)
def test_what_a_model_says_is_no_step_before_it_is_asked(column: str, expected: list[str], link: Link) -> None:
    assert steps(link, f"{column}\ntable = rows") == expected


@pytest.mark.parametrize("loop", ["for line in rows", "for number, line in enumerate(rows, 1)"])
def test_to_read_lines_without_their_ends_is_one_step(loop: str, link: Link) -> None:
    text = "table = []\n{0}:\n    line = line.rstrip()\n    table.append(line{1})"
    assert steps(link, text.format(loop, ""), "open('rows.txt')") == ["parsed"]
    assert steps(link, text.format(loop, ".lower()"), "open('rows.txt')") == ["parsed", "cleaned"]


def test_a_split_by_chance_is_no_cleaning(link: Link) -> None:
    drawn = "rows['test'] = np.random.random(len(rows)) > 0.8\n"
    assert steps(link, drawn + "table = rows[~rows['test'] & rows['user'].isin(users)]") == []
    assert steps(link, "table = rows[rows['old'] & rows['user'].isin(users)]") == ["cleaned"]
