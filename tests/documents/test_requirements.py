import pytest

from mldebt.documents import Command, Dependency

from .conftest import read


def one(text: str) -> tuple[str, str, str, bool]:
    (found,) = read("requirements.txt", text).dependencies
    return found.name, found.specifier, found.url, found.pinned


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("numpy", ("numpy", "", "", False)),
        ("numpy==1.26.4", ("numpy", "==1.26.4", "", True)),
        ("numpy == 1.26.4  # why", ("numpy", "==1.26.4", "", True)),
        ("numpy===1.26", ("numpy", "===1.26", "", True)),
        ("numpy=1.14.3=py36h28100ab_2", ("numpy", "=1.14.3=py36h28100ab_2", "", True)),
        ("numpy=1.14", ("numpy", "=1.14", "", False)),
        ("numpy==1.*", ("numpy", "==1.*", "", False)),
        ("numpy>=1.2, <2", ("numpy", ">=1.2,<2", "", False)),
        ("numpy~=1.2", ("numpy", "~=1.2", "", False)),
        ("numpy (>=1.2)", ("numpy", ">=1.2", "", False)),
        ('torch[cuda,dev]==2.1 ; python_version < "3.12"', ("torch", "==2.1", "", True)),
        ("torch==2.1+cu118", ("torch", "==2.1+cu118", "", True)),
        ("flask==3.0 --hash=sha256:00", ("flask", "==3.0", "", True)),
        ("flask==3.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01", ("flask", "==3.0", "", True)),
        ("git+https://github.com/o/ranker.git", ("ranker", "", "git+https://github.com/o/ranker.git", False)),
        (
            "git+https://github.com/o/r@main#egg=ranker",
            ("ranker", "", "git+https://github.com/o/r@main#egg=ranker", False),
        ),
        (f"git+https://github.com/o/r@{COMMIT}", ("r", "", f"git+https://github.com/o/r@{COMMIT}", True)),
        (
            f"-e git+ssh://git@github.com/o/r.git@{COMMIT[:8]}#egg=x",
            ("x", "", f"git+ssh://git@github.com/o/r.git@{COMMIT[:8]}#egg=x", True),
        ),
        ("r @ git+https://github.com/o/r@v1.0", ("r", "", "git+https://github.com/o/r@v1.0", False)),
        (
            "https://example.org/x/ranker-1.2-py3-none-any.whl",
            ("ranker-1.2-py3-none-any.whl", "", "https://example.org/x/ranker-1.2-py3-none-any.whl", True),
        ),
        (
            "https://github.com/o/ranker/archive/main.zip",
            ("main", "", "https://github.com/o/ranker/archive/main.zip", False),
        ),
    ],
)
def test_one_requirement(text: str, found: tuple[str, str, str, bool]) -> None:
    assert one(text) == found


def test_lines_and_what_is_no_package() -> None:
    text = "# pinned\n\n--index-url https://x\n-r base.txt\n-e .\n./local\na==1\n\nb\n???\n"
    assert read("requirements.txt", text).dependencies == (
        Dependency("a", "==1", "", True, "", 7),
        Dependency("b", "", "", False, "", 9),
    )


def test_pyproject() -> None:
    facts = read(
        "pyproject.toml",
        f"""
        [project]
        name = "x"
        dependencies = ["numpy>=1", "torch==2.1"]

        [project.optional-dependencies]
        dev = ["pytest"]

        [dependency-groups]
        lint = ["ruff==0.9", {{ include-group = "other" }}]

        [project.scripts]
        rank = "ranker.cli:main"

        [tool.poetry.dependencies]
        python = "^3.11"
        pandas = "^2"
        scipy = "1.11.0"
        ours = {{ git = "https://github.com/o/ours.git", rev = "{COMMIT}" }}
        theirs = {{ git = "https://github.com/o/theirs.git", branch = "main" }}

        [tool.poetry.group.test.dependencies]
        hypothesis = "*"
        """,
    )
    assert facts.dependencies == (
        Dependency("numpy", ">=1", "", False, "", 3),
        Dependency("torch", "==2.1", "", True, "", 3),
        Dependency("pytest", "", "", False, "dev", 6),
        Dependency("ruff", "==0.9", "", True, "lint", 9),
        Dependency("pandas", "^2", "", False, "", 16),
        Dependency("scipy", "1.11.0", "", True, "", 17),
        Dependency("ours", "", f"git+https://github.com/o/ours.git@{COMMIT}", True, "", 18),
        Dependency("theirs", "", "git+https://github.com/o/theirs.git@main", False, "", 19),
        Dependency("hypothesis", "*", "", False, "test", 22),
    )
    assert facts.commands == (Command("rank", "ranker.cli:main", 12),)


def test_pipfile() -> None:
    facts = read("Pipfile", '[packages]\nflask = "*"\n"scikit-learn" = "==1.0"\n[dev-packages]\npytest = "*"\n')
    assert facts.dependencies == (
        Dependency("flask", "*", "", False, "", 2),
        Dependency("scikit-learn", "==1.0", "", True, "", 3),
        Dependency("pytest", "*", "", False, "dev", 5),
    )


def test_setup_cfg() -> None:
    text = (
        "[metadata]\nname = x\n[options]\ninstall_requires =\n    a==1\n    # no\n"
        "    b\n[options.extras_require]\ndev = c>2\n"
    )
    assert read("setup.cfg", text).dependencies == (
        Dependency("a", "==1", "", True, "", 5),
        Dependency("b", "", "", False, "", 7),
        Dependency("c", ">2", "", False, "dev", 9),
    )


def test_conda() -> None:
    text = (
        "name: x\ndependencies:\n  - python=3.11\n  - numpy >=1.2\n"
        "  - conda-forge::xgb=1.*\n  - pip\n  - pip:\n    - flask==3.0\n"
    )
    assert read("environment.yml", text).dependencies == (
        Dependency("python", "=3.11", "", True, "conda", 3),
        Dependency("numpy", ">=1.2", "", False, "conda", 4),
        Dependency("xgb", "=1.*", "", False, "conda", 5),
        Dependency("pip", "", "", False, "conda", 6),
        Dependency("flask", "==3.0", "", True, "pip", 8),
    )


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("poetry.lock", '# x\n[[package]]\nname = "numpy"\nversion = "1.26"\ndescription = ""\n', 3),
        ("uv.lock", 'version = 1\n\n[[package]]\nname = "numpy"\nversion = "1.26"\n', 4),
        (
            "Pipfile.lock",
            '{\n    "_meta": {\n        "hash": {}\n    },\n    "default": {\n        "numpy": {\n'
            '            "hashes": [],\n            "version": "==1.26"\n        }\n    }\n}\n',
            6,
        ),
        ("conda-lock.yml", "package:\n- name: numpy\n  version: '1.26'\n", 2),
        ("pixi.lock", "packages:\n- pypi: https://files/x/numpy-1.26-cp311.whl\n  name: numpy\n  version: 1.26\n", 2),
        ("pixi.lock", "packages:\n- conda: https://conda/linux-64/numpy-1.26-h0.conda\n  sha256: 0\n", 2),
    ],
)
def test_locks(path: str, text: str, line: int) -> None:
    assert read(path, text).dependencies == (Dependency("numpy", "==1.26", "", True, "", line),)


def test_toml_that_is_none() -> None:
    assert read("pyproject.toml", "[project\n").problem.startswith("Expected")
