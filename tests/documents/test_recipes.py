import pytest

from mldebt.documents import Command, Program, programs

from .conftest import read


def test_makefile() -> None:
    facts = read(
        "Makefile",
        "PY := python\nexport A = 1\n\n.PHONY: train all\nall: train\n\n"
        "train: data.csv  ## trains\n\t@$(PY) train.py \\\n"
        "\t  --fast\n\n# why\n\t-rm -rf x\n\n\tpython eval.py\nifdef X\n\ttail\nendif\nclean lint:\n\truff .\n",
    )
    assert facts.commands == (
        Command("train", "$(PY) train.py --fast", 8),
        Command("train", "rm -rf x", 12),
        Command("train", "python eval.py", 14),
        Command("clean lint", "ruff .", 19),
    )


def test_justfile() -> None:
    facts = read("justfile", "train epochs='3':\n    python train.py --epochs {{epochs}}\n")
    assert facts.commands == (Command("train", "python train.py --epochs {{epochs}}", 2),)


def test_taskfile() -> None:
    facts = read(
        "Taskfile.yml", "version: 3\ntasks:\n  train:\n    cmds:\n      - python train.py\n      - task: other\n"
    )
    assert facts.commands == (Command("train", "python train.py", 5),)


def test_tox() -> None:
    facts = read(
        "tox.ini",
        "[tox]\nenvlist = train\ncommands = python no.py\n\n[testenv]\ndeps =\n    -rrequirements.txt\n"
        "commands = python all.py\n\n[testenv:train]\nsetenv =\n    A = 1\ncommands =\n    py311: python train.py \\\n"
        "      --fast\n\n    # why\n    - python eval.py\n[flake8]\nexclude = x.py\n",
    )
    assert facts.commands == (
        Command("", "python all.py", 8),
        Command("train", "python train.py --fast", 14),
        Command("train", "python eval.py", 18),
    )


def test_dockerfile() -> None:
    facts = read(
        "Dockerfile",
        "FROM python:3.11\nRUN --mount=type=cache,target=/x pip install \\\n  # why\n"
        "  -r requirements.txt\nCOPY . .\nRUN <<EOF\n"
        'python prepare.py\nEOF\nENTRYPOINT ["python", "serve.py"]\nCMD python -m app\n',
    )
    assert facts.commands == (
        Command("run", "pip install -r requirements.txt", 2),
        Command("run", "python prepare.py", 7),
        Command("entrypoint", "python serve.py", 9),
        Command("cmd", "python -m app", 10),
    )


def test_shell() -> None:
    text = "#!/bin/sh\nset -e\nif [ -f x ]; then python a.py; fi\nfor i in 1 2; do\n  python b.py \\\n    $i\ndone\n"
    found = [command for command in read("run.sh", text).commands if ".py" in command.text]
    assert [(command.text, command.line) for command in found] == [
        ("[ -f x ]; then python a.py; fi", 3),
        ("python b.py $i", 5),
    ]


def test_shell_with_variables() -> None:
    text = "HERE=$(cd $(dirname $0); pwd)\nTRAIN=$HERE/train.py\nPYTHON=python3\n$PYTHON ${TRAIN} --fast\n"
    found = [command.text for command in read("run.sh", text).commands]
    assert found[-1] == "$PYTHON $HERE/train.py --fast"


def test_github_workflow() -> None:
    facts = read(
        ".github/workflows/ci.yml",
        """
        on: push
        env:
          run: nothing
        jobs:
          train:
            runs-on: ubuntu
            steps:
              - uses: actions/checkout@v4
              - name: Train it
                run: |
                  pip install .
                  python train.py \\
                    --fast
              - run: python eval.py
              - uses: nick-fields/retry@v3
                with:
                  command: pytest
        """,
    )
    assert facts.commands == (
        Command("", "nothing", 3),
        Command("Train it", "pip install .", 11),
        Command("Train it", "python train.py --fast", 12),
        Command("train", "python eval.py", 14),
        Command("train", "pytest", 17),
    )


def test_gitlab_workflow() -> None:
    facts = read(".gitlab-ci.yml", "train:\n  stage: x\n  script:\n    - python train.py\n    - python eval.py\n")
    assert facts.commands == (Command("train", "python train.py", 4), Command("train", "python eval.py", 5))


def test_jenkinsfile() -> None:
    facts = read("Jenkinsfile", "stage('x') {\n  sh 'python train.py'\n  sh '''\n    python eval.py\n  '''\n}\n")
    assert facts.commands == (Command("", "python train.py", 2), Command("", "python eval.py", 4))


def test_compose() -> None:
    facts = read(
        "docker-compose.yml",
        "services:\n  api:\n    command: [python, serve.py]\n  job:\n"
        "    command: python -m job\n    entrypoint:\n      - sh\n",
    )
    assert facts.commands[:2] == (Command("api", "python serve.py", 3), Command("job", "python -m job", 5))


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python train.py --config conf/a.yaml", [Program("train.py", False)]),
        ("cd src && CUDA_VISIBLE_DEVICES=0 python ./ml/train.py", [Program("ml/train.py", False)]),
        ("python -u -m ranker.train -m seed", [Program("ranker.train", True)]),
        ("python train.py -m lr=1 -m seed", [Program("train.py", False)]),
        ("torchrun --nproc 2 train.py", [Program("train.py", False)]),
        ("poetry run python -m ranker", [Program("ranker", True)]),
        ("uvicorn app.main:app --port 80", [Program("app.main", True)]),
        ("gunicorn 'app.wsgi:create()'", [Program("app.wsgi", True)]),
        ("celery -A tasks.app worker", [Program("tasks.app", True)]),
        ("papermill notebooks/a.ipynb out.ipynb", [Program("notebooks/a.ipynb", False), Program("out.ipynb", False)]),
        ("bash scripts/run.sh; ./go.sh", [Program("scripts/run.sh", False), Program("go.sh", False)]),
        ("jupyter nbconvert --execute x.ipynb | tee log", [Program("x.ipynb", False)]),
        ("python -m pip install x", []),
        ("pytest -m slow", []),
        ("docker run image:tag", []),
        ("echo hello > x.py", []),
    ],
)
def test_programs(command: str, found: list[Program]) -> None:
    assert list(programs(command)) == found
