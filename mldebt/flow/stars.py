"""Names that `from library import *` brings in, as far as the catalogue knows what the library has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mldebt.facts.record import ImportBinding

Knows = Callable[[str], bool]
_EVERYTHING = "all"
"""The module that some libraries keep for this: `fastai.vision.all`."""
_ALONG = {
    "fastai": {
        "np": "numpy",
        "pd": "pandas",
        "torch": "torch",
        "nn": "torch.nn",
        "optim": "torch.optim",
        "F": "torch.nn.functional",
        "plt": "matplotlib.pyplot",
        "Path": "pathlib.Path",
        "os": "os",
        "re": "re",
        "json": "json",
        "random": "random",
        "shutil": "shutil",
        "partial": "functools.partial",
        "DataLoader": "torch.utils.data.DataLoader",
    }
}
"""What libraries that are made to be imported so bring along of others."""


def brought(stars: Sequence[ImportBinding], name: str, knows: Knows) -> str:
    """The library's dotted name of what a name stands for by star imports, the last first; "" when none brings it."""
    for star in reversed(stars):
        if star.module.startswith("."):
            continue
        for place in (star.module, f"{star.module}.{_EVERYTHING}"):
            if knows(f"{place}.{name}"):
                return f"{place}.{name}"
        if name in (along := _ALONG.get(star.module.partition(".")[0], {})):
            return along[name]
    return ""
