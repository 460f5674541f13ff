import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the real program in a process of its own, away from the user's configuration and cache."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "MLDEBT_CACHE_DIR": str(tmp_path / "cache"),
        "PYTHONWARNINGS": "error",
    }

    def call(*arguments: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mldebt", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=cwd or tmp_path,
            env={**environment, **more},
            check=False,
        )

    return call


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One module that reorders what a model ranked, and one that is not Python 3."""
    root = tmp_path / "repo"
    root.mkdir()
    (root / "serve.py").write_text(
        "import random\n"
        "\n"
        "import numpy as np\n"
        "from fastapi import FastAPI\n"
        "\n"
        "app = FastAPI()\n"
        "\n"
        "\n"
        "@app.get('/tracks')\n"
        "def tracks(user: int):\n"
        "    ranked = rank(user)\n"
        "    random.shuffle(ranked)\n"
        "    return ranked\n"
        "\n"
        "\n"
        "def rank(user: int):\n"
        "    scores = MODEL.predict(user)\n"
        "    return [int(i) for i in np.argsort(-scores)]\n"
    )
    (root / "old.py").write_text("print 'two'\n")
    return root
