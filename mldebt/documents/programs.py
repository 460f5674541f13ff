"""Which shell commands a text holds, and which files of the repository a command starts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_STARTERS = frozenset(
    """python python3 python2 pip pip3 pipx uv poetry pdm pipenv hatch rye conda mamba micromamba pixi make just task
    invoke tox nox torchrun accelerate deepspeed horovodrun mpirun srun sbatch papermill jupyter ipython mlflow dvc
    kedro zenml metaflow dagster prefect airflow luigi feast ray wandb bentoml streamlit gradio chainlit uvicorn
    gunicorn hypercorn fastapi flask django-admin celery rq pytest docker docker-compose podman kubectl helm bash sh zsh
    source cd export git huggingface-cli tensorboard spark-submit databricks sagemaker gcloud aws az curl wget npm yarn
    pnpm node nohup time env sudo xvfb-run""".split()
)
_PROMPT = re.compile(r"\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+:\S*)?[$%❯➜>]\s+(?=\S)|\s*!\s*(?=\w)")
_ASSIGNMENT = re.compile(r"(?:export\s+|env\s+)?[A-Za-z_]\w*=(?:\"[^\"]*\"|'[^']*'|\S*)\s+")
_SEPARATOR = re.compile(r"\s*(?:&&|\|\||;|\|)\s*")
_SCRIPT = re.compile(r"(?:\./|/)?[\w{}$.\-/]*[\w}]\.(?:py|ipynb|sh|bash|R)\Z")
_APP = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(\))?\Z")
_MODULE = re.compile(r"[A-Za-z_][\w.]*\Z")
_SERVERS = frozenset("uvicorn gunicorn hypercorn daphne flask waitress-serve rq".split())


class Program(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A script by its path, or a module by its dotted name."""

    name: str
    is_module: bool


def iter_commands(lines: list[str], *, any_line: bool) -> Iterator[tuple[int, str]]:
    """The commands among lines, each with the index of its first line; a trailing backslash joins lines. Unless
    `any_line`, only what looks like one counts: behind a prompt, or starting with a known program."""
    number = 0
    while number < len(lines):
        start, line = number, lines[number].rstrip()
        number += 1
        while line.endswith("\\") and number < len(lines):
            line = f"{line[:-1].rstrip()} {lines[number].strip()}"
            number += 1
        prompt = _PROMPT.match(line)
        command = line[prompt.end() :].strip() if prompt else line.strip()
        if command and not command.startswith("#") and (any_line or prompt or looks_like_command(command)):
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
    """The scripts and modules that a command line runs."""
    found: dict[Program, None] = {}
    for part in _SEPARATOR.split(command):
        for program in _programs_of(_strip_assignments(part).split()):
            found[program] = None
    return tuple(found)


def _programs_of(words: list[str]) -> Iterator[Program]:
    for number, word in enumerate(word.strip("\"'`,()") for word in words):
        before = words[number - 1] if number else ""
        if before in ("-m", "--module") and _MODULE.match(word) and word not in ("pip", "pytest", "venv"):
            yield Program(word, True)
        elif _SCRIPT.match(word) and not before.startswith((">", "-o", "--out")):
            yield Program(word.removeprefix("./"), False)
        elif before in ("-A", "--app") and _MODULE.match(word) and "celery" in words[: number - 1]:
            yield Program(word, True)
        elif (app := _APP.match(word)) and any(server in _SERVERS for server in words[:number]):
            yield Program(app.group(1), True)


def _strip_assignments(text: str) -> str:
    text = text.strip()
    while found := _ASSIGNMENT.match(text):
        text = text[found.end() :]
    return text
