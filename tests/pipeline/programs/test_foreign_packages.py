"""Packages of somebody else, told by their own records and by who takes part in the repository."""

import pytest

from mldebt.scan import read_project
from mldebt.settings import Paths, Settings

ANN, BO = "Ann Archer <ann@corp.org>", "Bo Baker <bo@gmail.com>"
LINES = "".join(f"number_{number} = {number}\n" for number in range(60))
README = "# Shop\n\nSee https://github.com/corp/shop for all of it.\n"
THEIRS = 'name = "Di Dane", email = "di@lab.edu"'
HOME = "https://github.com/lab/tools"
PROGRAM = "worker/tools/setup.py"


def pyproject(author=THEIRS, home=HOME, name="tools"):
    return f'[project]\nname = "{name}"\nauthors = [{{ {author} }}]\n[project.urls]\nHomepage = "{home}"\n'


def setup(author="Di Dane", home=HOME):
    return f"from setuptools import setup\nsetup(name='tools', author='{author}', url='{home}')\n"


def foreign(recorder, record, path="worker/tools/pyproject.toml", change=None, settings=None):
    files = {path: record, "worker/tools/tools/deep.py": LINES, "main.py": LINES, "README.md": README}
    recorder.commit(files, author=ANN)
    recorder.commit({"main.py": LINES * 2}, author=BO)
    if change:
        recorder.commit({"worker/tools/tools/deep.py": change}, author=BO)
    modules = read_project(recorder.write(), settings or Settings(cache=False, jobs=1)).flow.program.modules
    found = {module.path for module in modules if module.category == "vendored"}
    return found - {PROGRAM}


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("worker/tools/pyproject.toml", pyproject()),
        (PROGRAM, setup()),
        (PROGRAM, setup().replace("setup(name", "ABOUT = dict(name") + "setup(**ABOUT)\n"),
        ("worker/tools/setup.cfg", f"[metadata]\nname = tools\nurl = {HOME}\nauthor = Di Dane\n"),
        (
            "worker/tools/pyproject.toml",
            f'[tool.poetry]\nname = "tools"\nauthors = ["Di Dane <di@gmail.com>"]\nrepository = "{HOME}"\n',
        ),
    ],
)
def test_a_package_that_strangers_publish_is_vendored(recorder, path, record):
    assert foreign(recorder, record, path) == {"worker/tools/tools/deep.py"}


@pytest.mark.parametrize(
    "record",
    [
        pyproject('name = "Ann Archer", email = "ann@home.net"'),  # who takes part here
        pyproject('name = "Di Dane", email = "di@corp.org"'),  # from where somebody here works
        pyproject('name = "Tools Team", email = "team@lab.edu"'),
        pyproject(home="https://github.com/corp/shop"),
        pyproject(home="https://github.com/old-corp/Shop"),
        pyproject(home="https://github.com/your-org/tools"),
        pyproject(home="https://tools.dev"),
        "[project]\nname = 'tools'\n",
        "[project\n",
    ],
)
def test_a_package_of_the_team_is_none(recorder, record):
    assert foreign(recorder, record) == set()


def test_what_other_calls_of_a_setup_script_are_given_is_no_record(recorder):
    silent = setup().replace(f", url='{HOME}'", "")
    assert foreign(recorder, silent + f"import requests\nrequests.get(url='{HOME}')\n", PROGRAM) == set()


def test_several_packages_of_one_home_are_the_team_s(recorder):
    more = {"other/pyproject.toml": pyproject(name="others")}
    recorder.commit({**more, "other/others.py": LINES}, author=ANN)
    assert foreign(recorder, pyproject()) == set()


def test_what_was_made_one_s_own_is_none(recorder):
    assert foreign(recorder, pyproject(), change=LINES.replace("number", "count")[: len(LINES) // 2] + LINES) == set()


def test_the_settings_take_it_back(recorder):
    settings = Settings(cache=False, jobs=1, paths=Paths(product=("/worker/",)))
    assert foreign(recorder, pyproject(), settings=settings) == set()
