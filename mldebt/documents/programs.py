"""Which shell commands a text holds, and which files of the repository a command starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from mldebt.regex import regex

_STARTERS = frozenset(
    """python python3 python2 pip pip3 pipx uv poetry pdm pipenv hatch rye conda mamba micromamba pixi make just task
    invoke tox nox torchrun accelerate deepspeed horovodrun mpirun srun sbatch papermill jupyter ipython mlflow dvc
    kedro zenml metaflow dagster prefect airflow luigi feast ray wandb bentoml streamlit gradio chainlit uvicorn
    gunicorn hypercorn fastapi flask django-admin celery rq pytest docker docker-compose podman kubectl helm bash sh zsh
    source cd export git huggingface-cli tensorboard spark-submit databricks sagemaker gcloud aws az curl wget npm yarn
    pnpm node nohup time env sudo xvfb-run""".split()
)
_PROMPT = regex(r"\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+:\S*)?(?:>>>|[$%❯➜>])\s+(?=\S)|\s*!\s*(?=\w)")
_ASSIGNMENT = regex(r"(?:export\s+|env\s+)?[A-Za-z_]\w*=(?:\"[^\"]*\"|'[^']*'|\S*)\s+")
_SEPARATOR = regex(r"\s*(?:&&|\|\||;|\|)\s*")
_SCRIPT = regex(r"(?:\./|/)?[\w{}$.\-/]*[\w}]\.(?:py|ipynb|sh|bash|R)\Z")
_PLACE = regex(r"\A[\"']?(?:\$[\w{}()\[\]\"'@:-]*/)+")
_APP = regex(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(\))?\Z")
_MODULE = regex(r"[A-Za-z_][\w.]*\Z")
_MODULE_RUNNERS = frozenset("torchrun launch coverage run debugpy scalene".split())
_TOOLS = frozenset(
    "pip venv virtualenv pytest build twine pdb cProfile http.server ipykernel spacy nltk.downloader".split()
)
_SERVERS = frozenset("uvicorn gunicorn hypercorn daphne flask waitress-serve rq".split())


class Program(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A script by its path, or a module by its dotted name."""

    name: str
    is_module: bool


def script_commands(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The command lines of a script, each with the index of its first line; a trailing backslash joins lines."""
    number = 0
    while number < len(lines):
        start, line = number, lines[number].rstrip()
        number += 1
        while line.endswith("\\") and number < len(lines):
            line = f"{line[:-1].rstrip()} {lines[number].strip()}"
            number += 1
        line = line.strip()
        if line and not line.startswith("#"):
            yield start, line


def shown_commands(lines: Sequence[str], *, is_shell: bool) -> Iterator[tuple[int, str]]:
    """The commands that a document shows, without their prompt. Where prompts are shown, the other lines are what was
    printed; in a block that is not said to be shell, a line without a prompt counts if it starts with a known
    program."""
    every = is_shell and not any(_PROMPT.match(line) for line in lines)
    for start, line in script_commands(lines):
        prompt = _PROMPT.match(line)
        command = line[prompt.end() :] if prompt else line
        if every or prompt or looks_like_command(command):
            yield start, command


def looks_like_command(text: str) -> bool:
    """Whether a line starts with a program that people tell each other to run, or with a script."""
    words = _strip_assignments(text).split(maxsplit=2)
    if not words:
        return False
    if words[0] in _STARTERS:
        return len(words) > 1 or words[0] in ("make", "pytest", "tox", "nox", "streamlit")
    return words[0].startswith("./") and _SCRIPT.match(words[0]) is not None


def programs(command: str) -> tuple[Program, ...]:
    """The scripts and modules that a command line runs; without the variable that says where a script stands, as in
    `python $HERE/train.py`."""
    found: dict[Program, None] = {}
    for part in _SEPARATOR.split(command):
        for program in _programs_of(_strip_assignments(part).split()):
            found[program] = None
    return tuple(found)


def may_run_modules(text: str) -> bool:
    """Whether a text is worth parsing for commands that name a module."""
    return " -m " in text or " --module " in text or any(server in text for server in (*_SERVERS, "celery"))


def _programs_of(words: list[str]) -> Iterator[Program]:
    words = [_PLACE.sub("", word).strip("\"'`,()") for word in words]
    for number, word in enumerate(words):
        before = words[number - 1] if number else ""
        earlier = words[: max(number - 1, 0)]
        if before in ("-m", "--module") and _MODULE.match(word) and _starts_module(earlier):
            if word not in _TOOLS:
                yield Program(word, True)
        elif _SCRIPT.match(word) and not before.startswith((">", "-o", "--out")):
            yield Program(word.removeprefix("./"), False)
        elif before in ("-A", "--app") and _MODULE.match(word) and "celery" in earlier:
            yield Program(word, True)
        elif (app := _APP.match(word)) and any(server in _SERVERS for server in words[:number]):
            yield Program(app.group(1), True)


def _starts_module(earlier: Sequence[str]) -> bool:
    """Whether `-m` behind these words names a module: for the interpreter and what stands in for it, not for a
    script."""
    runs = any(word.startswith("python") or word in _MODULE_RUNNERS for word in earlier)
    return runs and not any(word in ("-m", "--module") or _SCRIPT.match(word) for word in earlier)


def _strip_assignments(text: str) -> str:
    text = text.strip()
    while found := _ASSIGNMENT.match(text):
        text = text[found.end() :]
    return text
