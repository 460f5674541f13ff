"""Where the records lie, and which files they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mldebt.errors import ConfigError


def rules_folder() -> Path:
    """The folder `rules/`: inside an installed package, at the repository root of an editable install."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "rules", package.parent / "rules"):
        if (folder / "apis").is_dir():
            return folder
    raise ConfigError(f"rules/: not found beside {package}; this installation is broken, install mldebt again")


def toml_files(folder: Path) -> Iterator[Path]:
    """Every TOML file below a folder, sorted, so that messages and results never depend on the disk."""
    yield from sorted(path for path in folder.rglob("*.toml") if path.is_file())


def team_folder(root: Path | None, name: str) -> Path | None:
    """`<scan root>/.mldebt/<name>` where a team keeps its own records, if it is there."""
    folder = root / ".mldebt" / name if root else None
    return folder if folder and folder.is_dir() else None
