import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from mldebt.errors import ConfigError, UsageError
from mldebt.settings import CACHE_VARIABLE, Budget, People, Settings, load_settings, rebase, user_cache_dir


def write(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_nothing_configured_gives_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert replace(load_settings(tmp_path), root=None, given={}) == Settings()


def test_every_key_arrives(tmp_path: Path) -> None:
    text = """
    [tool.mldebt]
    select = ["contract"]
    ignore = ["MLD301"]
    fail_on = "high"
    pedantic = true
    strict = true
    baseline = "known.tsv"
    require_reason = true
    jobs = 2
    cache = false
    cache_dir = ".cache"
    platform = ["acme.data.read_table"]
    history = false
    window_days = 90
    half_life_days = 180
    [tool.mldebt.paths]
    tests = ["checks/"]
    exclude = ["/old"]
    product = ["tests/service"]
    vendored = ["forks"]
    generated = ["*_gen.py"]
    [tool.mldebt.limits]
    file_bytes = 5
    [tool.mldebt.people]
    aliases = { "Bob Lee" = ["bob@home.example", "blee"] }
    left = { "Bob Lee" = 2024-05-31, Ana = "2024-06-30" }
    teams = { "acme/ranking" = ["Bob Lee", "@cy"] }
    bots = ["deploy@acme.example"]
    [tool.mldebt.budget]
    total = 10
    high = 0
    new = "high"
    ratchet = true
    rules = { MLD301 = 3 }
    [tool.mldebt.rules.MLD101]
    min_steps = 4
    """
    found = load_settings(write(tmp_path, text))
    assert found.file == str(tmp_path / "pyproject.toml")
    assert (found.select, found.ignore, found.fail_on) == (("contract",), ("MLD301",), "high")
    assert (found.pedantic, found.strict, found.jobs, found.cache, found.history) == (True, True, 2, False, False)
    assert (found.baseline, found.require_reason, found.prefix) == (tmp_path / "known.tsv", True, "")
    assert (found.cache_dir, found.platform, found.window_days) == (tmp_path / ".cache", ("acme.data.read_table",), 90)
    assert (found.paths.tests, found.paths.exclude, found.paths.product) == (
        ("checks/",),
        ("/old",),
        ("/tests/service",),
    )
    assert (found.paths.vendored, found.paths.generated) == (("forks",), ("*_gen.py",))
    assert found.limits.file_bytes == 5
    assert found.budget == Budget(total=10, grades={"high": 0}, rules={"MLD301": 3}, new="high", ratchet=True)
    assert found.people.aliases == {"Bob Lee": ("bob@home.example", "blee")}
    assert found.people.left == {"Bob Lee": dt.date(2024, 5, 31), "Ana": dt.date(2024, 6, 30)}
    assert found.people.teams == {"acme/ranking": ("Bob Lee", "@cy")}
    assert found.half_life_days == 180
    assert found.people.bots == ("deploy@acme.example",)
    assert found.rules["MLD101"].values == {"min_steps": 4}


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, "[tool.mldebt]\njobs = 2\nfail_on = 'high'")
    found = load_settings(tmp_path, flags={"jobs": 1, "fail_on": None})
    assert (found.jobs, found.fail_on) == (1, "high")


def test_two_configurations_in_one_folder_are_refused_since_one_would_count_for_nothing(tmp_path: Path) -> None:
    write(tmp_path, "[tool.mldebt]\njobs = 2")
    write(tmp_path, "jobs = 3", "mldebt.toml")
    with pytest.raises(ConfigError, match=r"pyproject.toml: \[tool.mldebt\]: stands beside an mldebt.toml"):
        load_settings(tmp_path)
    write(tmp_path, "[tool.other]\njobs = 2")
    assert load_settings(tmp_path).jobs == 3


def test_the_nearest_file_above_counts_up_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path, "[tool.mldebt]\njobs = 9")
    repository = write(tmp_path / "repo", "[tool.mldebt]\njobs = 4")
    (repository / ".git").mkdir()
    inner = write(repository / "src" / "service", "[tool.other]\njobs = 5")
    assert load_settings(inner).jobs == 4
    write(repository, "")
    assert load_settings(inner).jobs == 0


def test_a_file_named_on_the_command_line_is_taken_or_refused(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "jobs = 6", "team.toml")
    assert load_settings(tmp_path, tmp_path / "elsewhere" / "team.toml").jobs == 6
    with pytest.raises(UsageError, match=r"no such configuration file"):
        load_settings(tmp_path, tmp_path / "nowhere.toml")
    with pytest.raises(ConfigError, match=r"has no table \[tool.mldebt\]"):
        load_settings(tmp_path, write(tmp_path, "[project]") / "pyproject.toml")


def test_the_table_of_a_pyproject_in_another_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    write(tmp_path, "[tool.mldebt]\nignore = ['MLD301']", "mldebt.toml")
    with pytest.raises(ConfigError, match="in this file its keys stand at the top"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seelct = []", "pyproject.toml: [tool.mldebt]: unknown key 'seelct'; allowed: baseline, budget, cache, "),
        ("seelct = []", "did you mean 'select'?"),
        ("jobs = 'two'", "jobs must be a whole number, not 'two'"),
        ("jobs = true", "jobs must be a whole number, not True"),
        ("jobs = -1", "jobs is -1; at least 0 is needed"),
        ("window_days = 0", "window_days is 0; at least 1 is needed"),
        ("half_life_days = 0", "half_life_days is 0; at least 1 is needed"),
        ("[tool.mldebt.people]\nleft = {bob = 'May'}", "bob must be a date such as 2024-05-31, not 'May'"),
        ("[tool.mldebt.people]\nleft = {bob = 2024-05-31T10:00:00}", "bob must be a date such as 2024-05-31, not"),
        ("fail_on = 'hihg'", "did you mean 'high'?"),
        ("select = 'MLD101'", "select must be a list of strings"),
        ("paths = 3", "paths must be a table, not 3"),
        ("[tool.mldebt.paths]\ntest = []", "[tool.mldebt.paths]: unknown key 'test'"),
        ("[tool.mldebt.limits]\nfile_bytes = 0", "[tool.mldebt.limits]: file_bytes is 0; at least 1"),
        ("[tool.mldebt.people]\naliases = {bob = 3}", "bob must be a list of strings, not 3"),
        ("rules = {MLD101 = 3}", "MLD101 must be a table, not 3"),
        ("jobs = ", "not valid TOML"),
    ],
)
def test_a_fault_is_refused_with_file_key_and_way_out(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, f"[tool.mldebt]\n{text}")
    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path)
    assert str(tmp_path / "pyproject.toml") in str(refused.value)
    assert said in str(refused.value)


def test_a_broken_pyproject_that_never_speaks_of_us_is_no_fault_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "name = {{ cookiecutter.name }}")
    assert replace(load_settings(tmp_path), root=None, given={}) == Settings()


def test_a_baseline_that_is_a_ring_of_links_is_found_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "known.tsv").symlink_to("known.tsv")
    write(tmp_path, "[tool.mldebt]\nbaseline = 'known.tsv'")
    assert load_settings(tmp_path).baseline == tmp_path / "known.tsv"


def test_a_repository_cannot_place_the_cache_elsewhere(tmp_path: Path) -> None:
    write(tmp_path / "repo", "[tool.mldebt]\ncache_dir = '../outside'")
    with pytest.raises(ConfigError, match="cache_dir must lie inside"):
        load_settings(tmp_path / "repo")
    (tmp_path / "repo" / "link").symlink_to(tmp_path)
    write(tmp_path / "repo", "[tool.mldebt]\ncache_dir = 'link/outside'")
    with pytest.raises(ConfigError, match="cache_dir must lie inside"):
        load_settings(tmp_path / "repo")


def test_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert user_cache_dir() == tmp_path / "mldebt"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert user_cache_dir() == Path.home() / ".cache" / "mldebt"
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "mine"))
    assert user_cache_dir() == tmp_path / "mine"


@pytest.mark.parametrize(
    ("pattern", "base", "expected"),
    [
        ("tests", "", ("tests",)),
        ("tests", "src/", ("tests",)),
        ("src", "src/", ("**",)),
        ("src/gen/*.py", "src/", ("/gen/*.py",)),
        ("/src/gen/", "src/", ("/gen/",)),
        ("src/*/gen", "src/team/", ("/gen",)),
        ("src/**/gen", "src/team/", ("**/gen",)),
        ("lib/gen", "src/", ()),
        ("src/a", "src/a/b/", ("**",)),
    ],
)
def test_patterns_are_said_anew_below_the_configuration(pattern: str, base: str, expected: tuple[str, ...]) -> None:
    assert rebase((pattern,), base) == expected


def test_the_key_changes_with_what_changes_findings_only() -> None:
    plain = Settings()
    same = (Settings(jobs=4), Settings(fail_on="high"), Settings(strict=True), Settings(cache=False))
    other = (
        Settings(pedantic=True),
        Settings(window_days=9),
        Settings(half_life_days=9),
        Settings(select=("MLD1",)),
        Settings(platform=("a",)),
        Settings(people=People(left={"Ana": dt.date(2024, 5, 31)})),
        Settings(people=People(teams={"ranking": ("Ana",)})),
    )
    assert {settings.key() for settings in same} == {plain.key()}
    assert len({settings.key() for settings in (plain, *other)}) == 8


def test_workers_follow_jobs() -> None:
    assert Settings(jobs=3).workers == 3
    assert Settings().workers >= 1
