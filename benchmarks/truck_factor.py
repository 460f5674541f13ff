"""Truck factors beside published ones. Usage: truck_factor.py FOLDER, with repositories as FOLDER/owner+name[/repo].

Published: JetBrains-Research/bus-factor-explorer, evaluation/data/result.csv: 943 repositories over the 547 days to
2023-05-24, recent changes weighing more, every address a person of its own. Shown beside it: the same with people told
apart as mldebt does, and Avelino's own measure over the same window.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from msgspec.structs import replace

from mldebt.git import Repository, open_repository
from mldebt.ownership import PUBLISHED, Window, read_truck_factors

DAY = "2023-05-24T19:00:00+0200"
BAR = 0.95
VALUES = {
    "Delgan/loguru": 1,
    "benoitc/gunicorn": 3,
    "cookiecutter/cookiecutter": 2,
    "encode/django-rest-framework": 9,
    "facebookresearch/detectron2": 4,
    "facebookresearch/fairseq": 4,
    "google/yapf": 2,
    "joke2k/faker": 2,
    "karpathy/nanoGPT": 1,
    "lm-sys/FastChat": 2,
    "locustio/locust": 2,
    "microsoft/DeepSpeed": 3,
    "mkdocs/mkdocs": 1,
    "openai/gym": 3,
    "openai/whisper": 2,
    "pallets/click": 2,
    "pallets/flask": 1,
    "psf/black": 5,
    "pyg-team/pytorch_geometric": 1,
    "pytorch/examples": 6,
    "recommenders-team/recommenders": 2,
    "sanic-org/sanic": 1,
    "scrapy/scrapy": 3,
    "ultralytics/yolov5": 1,
}


def git(repository: Repository, *arguments: str) -> str:
    done = subprocess.run(
        ["git", f"--git-dir={repository.git_dir}", *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def at_that_day(folder: Path) -> tuple[Repository, list[str]] | None:
    """The repository with the commit that its main line had then, and the files of that commit."""
    found = open_repository(folder, allow_bare=True)
    if found is None:
        return None
    commit = git(found, "rev-list", "-1", "--first-parent", f"--before={DAY}", "HEAD").strip()
    return replace(found, head=commit), git(found, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")[:-1]


def main(folder: Path) -> int:
    rows = []
    for name, published in VALUES.items():
        places = (folder / name.replace("/", "+") / "repo", folder / name.replace("/", "+"))
        read = at_that_day(next((place for place in places if place.is_dir()), places[0]))
        if read is None:
            continue
        (same,) = read_truck_factors(*read, windows=(PUBLISHED,), by_address=True)
        people, avelino = read_truck_factors(*read, windows=(PUBLISHED, Window(PUBLISHED.days)))
        rows.append((published, same.count))
        print(f"{name:34} published {published}  ours {same.count}  by people {people.count}  Avelino {avelino.count}")
    equal = sum(published == ours for published, ours in rows)
    print(f"{equal} of {len(rows)} as published")
    return 0 if rows and equal >= BAR * len(rows) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
