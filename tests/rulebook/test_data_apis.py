"""The shipped catalogue of data libraries: names that exist, orders that are true, chains of types that hold."""

from __future__ import annotations

import builtins
import importlib
import sys

import pytest

from mldebt.rulebook import Catalogue, load_apis

# Real in another version of Python than the oldest or newest that we run on.
OTHER_VERSIONS = frozenset({"itertools.batched", "urllib.urlretrieve"})


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_apis()


def exists(name: str) -> bool:
    """Whether a dotted name of the standard library or the builtins leads to something."""
    parts = name.split(".")
    found: object = builtins
    rest = parts
    for length in range(len(parts), 0, -1):
        try:
            found, rest = importlib.import_module(".".join(parts[:length])), parts[length:]
            break
        except ImportError:
            continue
    for part in rest:
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_every_function_of_the_standard_library_exists(catalogue: Catalogue) -> None:
    ours = [
        name
        for name, api in catalogue.functions.items()
        if api.library in ("builtins", "stdlib")
        and (name.split(".")[0] in sys.stdlib_module_names or hasattr(builtins, name.split(".")[0]))
    ]
    assert len(ours) > 300
    assert {name for name in ours if not exists(name)} <= OTHER_VERSIONS


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("sorted", "sorts"),
        ("reversed", "reverses"),
        ("set", "loses"),
        ("frozenset", "loses"),
        ("list", "keeps"),
        ("enumerate", "keeps"),
        ("len", "ignores"),
        ("dict.fromkeys", "keeps"),
        ("random.shuffle", "shuffles"),
        ("random.sample", "shuffles"),
        ("heapq.nlargest", "sorts"),
        ("concurrent.futures.as_completed", "loses"),
        ("asyncio.as_completed", "loses"),
        ("asyncio.gather", "keeps"),
        ("numpy.unique", "sorts"),
        ("numpy.argsort", "sorts"),
        ("numpy.argpartition", "loses"),
        ("numpy.intersect1d", "loses"),
        ("numpy.flip", "reverses"),
        ("pandas.concat", "keeps"),
        ("pandas.unique", "keeps"),
    ],
)
def test_what_a_function_does_to_an_order(catalogue: Catalogue, name: str, order: str) -> None:
    api = catalogue.function(name)
    assert api is not None
    assert api.order == order


@pytest.mark.parametrize(
    ("owner", "method", "order"),
    [
        ("list", "sort", "sorts"),
        ("list", "append", "keeps"),
        ("list", "insert", "loses"),
        ("set", "union", "loses"),
        ("collections.Counter", "most_common", "sorts"),
        ("collections.Counter", "values", "keeps"),
        ("concurrent.futures.ThreadPoolExecutor", "map", "keeps"),
        ("multiprocessing.Pool", "imap_unordered", "loses"),
        ("pandas.Series", "unique", "keeps"),
        ("pandas.Series", "value_counts", "sorts"),
        ("pandas.DataFrame", "merge", "keeps"),
        ("pandas.DataFrame", "drop_duplicates", "keeps"),
        ("pandas.DataFrame", "sample", "shuffles"),
        ("pandas.DataFrame", "groupby", "groups"),
        ("pandas.core.groupby.DataFrameGroupBy", "head", "restores"),
        ("geopandas.GeoDataFrame", "sort_values", "sorts"),
        ("polars.DataFrame", "unique", "loses"),
        ("pyspark.sql.DataFrame", "join", "loses"),
        ("django.db.models.QuerySet", "filter", "keeps"),
        ("django.db.models.Manager", "in_bulk", "loses"),
        ("django.db.models.Manager", "reverse", "reverses"),
        ("boto3.client.personalize-runtime", "get_personalized_ranking", "ranks"),
        ("elasticsearch.AsyncElasticsearch", "search", "ranks"),
        ("elasticsearch.Elasticsearch", "mget", "keeps"),
        ("redis.Redis", "smembers", "loses"),
    ],
)
def test_what_a_method_does_to_an_order(catalogue: Catalogue, owner: str, method: str, order: str) -> None:
    api = catalogue.method(owner, method)
    assert api is not None
    assert api.order == order


@pytest.mark.parametrize(
    ("start", "methods", "end"),
    [
        ("pandas.read_csv", ("merge", "groupby", "mean"), "pandas.DataFrame"),
        ("pandas.Series", ("str", "split"), "pandas.Series"),
        (
            "pyspark.sql.SparkSession.builder.appName",
            ("getOrCreate", "read", "option", "parquet", "toPandas"),
            "pandas.DataFrame",
        ),
        ("polars.scan_csv", ("filter", "collect", "to_pandas"), "pandas.DataFrame"),
        ("sqlite3.connect", ("cursor", "execute", "fetchall"), "list"),
        ("sqlalchemy.create_engine", ("connect", "execute", "mappings", "all"), "list"),
        ("google.cloud.storage.Client", ("bucket", "blob", "download_as_text"), "str"),
        ("google.cloud.bigquery.Client", ("query", "result", "to_dataframe"), "pandas.DataFrame"),
        ("pathlib.Path", ("parent", "joinpath", "open", "read"), "str"),
        ("requests.Session", ("get",), "requests.Response"),
    ],
)
def test_types_hold_through_a_chain(catalogue: Catalogue, start: str, methods: tuple[str, ...], end: str) -> None:
    first = catalogue.function(start)
    assert first is not None
    current = first.returns
    for method in methods:
        api = catalogue.method(current, method)
        assert api is not None, f"{current}.{method}"
        current = current if api.returns == "self" else api.returns
    assert current == end


def test_a_platform_is_an_api_and_not_an_orchestrator_or_a_bare_read(catalogue: Catalogue) -> None:
    platforms = {name for name, api in catalogue.functions.items() if api.platform}
    assert {"ray.data.read_parquet", "dvc.api.read", "zenml.load_artifact", "tfx.components.CsvExampleGen"} <= platforms
    assert not platforms & {
        "pandas.read_csv",
        "zenml.step",
        "prefect.task",
        "airflow.decorators.task",
        "open",
        "boto3.client",
    }
    assert catalogue.method("feast.FeatureStore", "get_historical_features").platform  # type: ignore[union-attr]
    assert catalogue.method("kedro.io.DataCatalog", "load").platform  # type: ignore[union-attr]


def test_a_client_is_no_ranking_before_it_is_asked(catalogue: Catalogue) -> None:
    made = [
        name
        for name, api in catalogue.functions.items()
        if "ranks" in api.roles and catalogue.type(name) is not None and api.returns == name
    ]
    assert made == []
