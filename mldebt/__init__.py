"""mldebt: finds the technical debt that is peculiar to machine-learning repositories."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "scan"]

if TYPE_CHECKING:
    from mldebt.scan import scan


def __getattr__(name: str) -> object:
    """`mldebt.scan(path)`, loaded when first asked for: `import mldebt` alone costs nothing."""
    if name == "scan":
        import importlib

        return importlib.import_module("mldebt.scan")  # a module that can be called, see there
    raise AttributeError(f"module 'mldebt' has no attribute {name!r}")
