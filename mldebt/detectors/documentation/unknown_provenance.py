"""MLD305: weights or model code of somebody else's, and nothing that says which version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.finding import Audience, Hit, Location, Severity, Step
from mldebt.pipeline import Project
from mldebt.pipeline.models.borrowed import Borrowed, Borrowing, Terms
from mldebt.pipeline.programs.vendored import Copied, Unpinned, own_names, unpinned_packages
from mldebt.rulebook import Rule

_PLACES = 10
_MODULES = 2
_NOT_SERVED = {"hub": Severity.MEDIUM, "llm": Severity.LOW, "url": Severity.MEDIUM}

_NETWORK = "\n".join(f"        self.layer{number} = nn.Linear(64, 64)" for number in range(90))
_SHORT = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        return self.layer(x)
"""

_TOLD = """
import argparse
from sentence_transformers import SentenceTransformer

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="acme/tiny-reader")
args = parser.parse_args()
model = SentenceTransformer(args.model{more}){mark}
"""

_SERVED = """
import os
from fastapi import FastAPI
from sentence_transformers import SentenceTransformer

app = FastAPI()

class Reader:
    def __init__(self, model_id=None):
        self.model_id = model_id or {usual}
        self.model = SentenceTransformer(self.model_id{more})  {mark}

    def encode(self, text):
        return self.model.encode(text)

reader = Reader()

@app.get("/embed")
def embed(text: str) -> list[float]:
    return reader.encode(text).tolist()
"""
_ENVIRONMENT = (
    'os.getenv("MODEL_ID", "acme/tiny-reader")',
    'os.environ.get("MODEL_ID", "acme/tiny-reader")',
    'os.environ.get("MODEL_ID") or "acme/tiny-reader"',
)
_BRANCHED = """
from transformers import AutoModel

def load(name="acme/tiny-reader"):
    if {test}:
        return AutoModel.from_pretrained(name){mark}
    return AutoModel.from_pretrained(name, revision="7a22b7d")

def start(name="acme/tiny-reader"):
    return load(name)

print(start())
"""
_OTHERS = (
    'name == "acme/large-reader"',
    'name in ("acme/large-reader", "acme/huge-reader")',
    'not name.startswith("acme/")',
    '"large" in name and len(name) > 3',
    'name != "acme/tiny-reader"',
)
"""Tests that the usual name does not pass."""

_HELPERS = """
from transformers import AutoModel, AutoTokenizer

def read(name="acme/tiny-reader"):
    return AutoModel.from_pretrained(name){mark}

def cut(name="acme/tiny-cutter"):
    return AutoTokenizer.from_pretrained(name){again}
"""
_CONFIGURED = """
import argparse
from omegaconf import OmegaConf
from transformers import AutoModel

def main(config):
    return AutoModel.from_pretrained(config.model.name{more}){mark}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", default="base")
    args, _ = parser.parse_known_args()
    main(OmegaConf.load(f"./config/{{args.config}}.yaml"))
"""


def _configured(name: str, more: str = "", mark: str = "") -> dict[str, str]:
    return {"train.py": _CONFIGURED.format(more=more, mark=mark), "config/base.yaml": f"model:\n  name: {name}\n"}


BAD = (
    # a configuration names it, which the command line names
    _configured("acme/tiny-reader", mark="  # debt"),
    # what embeds, and an alias of a vendor's that others' clients ask for
    """
    from langchain_upstage import UpstageEmbeddings
    from openai import OpenAI

    client = OpenAI(base_url="https://api.upstage.ai/v1/solar")
    embedder = UpstageEmbeddings(model="embedding-passage")  # debt

    def answer(text):
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model="solar-pro", messages=messages)  # debt
    """,
    # where one is loaded, another is, too
    """
    from transformers import AutoModel, AutoTokenizer

    def opened(name="acme/tiny-reader"):
        return AutoTokenizer.from_pretrained(name), AutoModel.from_pretrained(name)  # debt

    def main():
        print(AutoModel.from_pretrained("acme/tiny-reader"))
        print(opened(), opened("acme/small-reader"))

    main()
    """,
    # a service's usual one, which its environment may replace by another without a pin
    """
    import argparse
    from fastapi import FastAPI
    from sentence_transformers import CrossEncoder

    app = FastAPI()
    USUAL = "cross-encoder/ms-marco-MiniLM-L-6-v2"

    def opened(name=USUAL):
        return CrossEncoder(name)  # debt

    def main():
        parser = argparse.ArgumentParser()
        parser.add_argument("--name")
        opened(parser.parse_args().name)

    @app.get("/rank")
    def rank(query: str, text: str) -> float:
        return float(opened().predict([(query, text)])[0])
    """,
    # whatever it is told, its code is run
    _TOLD.format(more=", trust_remote_code=True", mark="  # debt"),
    # one repository, however its address is spelled, and another
    {
        "one/requirements.txt": """
        git+https://github.com/acme/ranker.git  # debt
        git+https://github.com/acme/ranker-tools  # debt
        """,
        "two/requirements.txt": "git+https://github.com/acme/ranker\n",
        "three/requirements.txt": "git+https://github.com/acme/ranker.git@master\n",
        "under/requirements.txt": "git+https://github.com/acme/ranker@feature-1\n",
    },
    # what the front page speaks of, where the repository is another
    {
        "README.md": "Built on https://github.com/acme/ranker.\n",
        "news/__init__.py": "",
        "requirements.txt": "git+https://github.com/acme/ranker.git  # debt\n",
    },
    # a program that measures models installs whatever its repository holds on the day
    {
        "README.md": "Clone https://github.com/acme/ranker-suite.git first.\n",
        "ranker/__init__.py": "",
        "examples/measure.py": """
        import subprocess

        def measure(address="git+https://github.com/acme/ranker-suite.git"):  # debt
            subprocess.run(["pip", "install", address], check=True)
        """,
    },
    # one call, whichever of the names it is given
    """
    from transformers import AutoModel

    def load(size):
        name = "allenai/scibert_scivocab_uncased" if size == "small" else "allenai/longformer-base-4096"
        return AutoModel.from_pretrained(name)  # debt
    """,
    # two calls
    """
    from transformers import AutoModel

    def load(size):
        if size == "small":
            return AutoModel.from_pretrained("allenai/scibert_scivocab_uncased")  # debt
        return AutoModel.from_pretrained("allenai/longformer-base-4096")  # debt
    """,
    """
    from transformers import AutoModel

    model = AutoModel.from_pretrained("allenai/scibert_scivocab_uncased")  # debt
    """,
    """
    from transformers import AutoModelForCausalLM

    MODEL = "acme/tiny-writer"

    def load():
        return AutoModelForCausalLM.from_pretrained(MODEL, revision="main", trust_remote_code=True)  # debt
    """,
    """
    import torch

    detector = torch.hub.load("ultralytics/yolov5", "yolov5s")  # debt
    """,
    """
    from openai import OpenAI

    client = OpenAI()

    def answer(text):
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model="gpt-4o", messages=messages)  # debt
    """,
    """
    import torch

    torch.hub.download_url_to_file("https://www.dropbox.com/s/abc/weights.pth?dl=1", "weights.pth")  # debt
    """,
    """
    import torch
    import urllib.request

    urllib.request.urlretrieve("https://drive.google.com/uc?id=abc", "net.pt")  # debt
    net = torch.load("net.pt")
    """,
    """
    import gdown
    import joblib

    def load():
        gdown.download("https://drive.google.com/uc?id=abc", "forest.pkl")  # debt
        return joblib.load("forest.pkl")
    """,
    """
    import torch

    weights = torch.hub.load_state_dict_from_url("https://people.example.org/~ana/net.pth")  # debt
    """,
    {
        "requirements.txt": """
        pandas==2.2.0
        git+https://github.com/huggingface/peft  # debt
        """
    },
    {
        "ranker.py": f"""
# Copied from https://github.com/somebody/ranker/blob/main/ranker.py  # debt
from torch import nn

class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
{_NETWORK}

    def forward(self, x):
        return self.layer0(x)
"""
    },
    {
        "net.py": """
        # Copyright (c) 2018 Somebody, Inc.
        # Copied from https://github.com/somebody/nets/blob/master/net.py  # debt
        """
        + _SHORT
    },
    {"net.py": '"""Copied from https://github.com/somebody/nets/blob/master/net.py"""  # debt' + _SHORT},
    # what the environment may replace by another without a pin, as an object keeps it
    *(_SERVED.format(usual=usual, more="", mark="# debt") for usual in _ENVIRONMENT),
    *(
        _BRANCHED.format(test=test, mark="  # debt")
        for test in ('name == "acme/tiny-reader"', 'name.startswith("acme/")', "len(name) > 3")
    ),
    {
        "models/helpers.py": _HELPERS.format(mark="  # debt", again="  # debt"),
        "main.py": "from models.helpers import cut, read\n\nprint(read(), cut())\n",
    },
)
GOOD = (
    # a folder; a commit beside the name
    _configured("./models/reader"),
    _configured("acme/tiny-reader", more=', revision="1a2b3c4d"'),
    _TOLD.format(more="", mark=""),
    _TOLD.format(more=', trust_remote_code=True, revision="1a2b3c4d"', mark=""),
    # so does an image, and a demonstration
    {
        "pyproject.toml": "[project]\nname = 'ranker'\n",
        "ranker/__init__.py": "",
        "Dockerfile": "RUN pip install git+https://github.com/acme/ranker.git\n",
        "demo/requirements.txt": "ranker @ git+https://github.com/acme/all-rankers.git@main\n",
    },
    # an example of a framework installs the framework itself
    {
        "README.md": "Clone https://github.com/acme/ranker-suite.git first.\n",
        "ranker/__init__.py": "",
        "examples/news/requirements.txt": "git+https://github.com/acme/ranker-suite.git@main\n",
    },
    """
    from transformers import AutoModel

    REVISION = "24f92d32b1bfb0bcaf9ab193ff3ad01e87732fc1"
    model = AutoModel.from_pretrained("allenai/scibert_scivocab_uncased", revision=REVISION)
    """,
    """
    import sys
    from transformers import AutoModel

    def load(folder):
        return AutoModel.from_pretrained(folder)

    model = load(sys.argv[1])
    model.save_pretrained("fine-tuned/writer")
    again = AutoModel.from_pretrained("fine-tuned/writer")
    """,
    """
    import torch
    import torchvision

    detector = torch.hub.load("pytorch/vision:v0.10.0", "resnet18", weights="IMAGENET1K_V1")
    backbone = torchvision.models.resnet50(weights="IMAGENET1K_V2")
    """,
    """
    import os
    from openai import OpenAI

    client = OpenAI()
    MESSAGES = [{"role": "user", "content": "hello"}]

    client.chat.completions.create(model="gpt-4o-2024-08-06", messages=MESSAGES)
    client.chat.completions.create(model=os.environ["MODEL"], messages=MESSAGES)
    """,
    """
    import torch

    torch.hub.load_state_dict_from_url("https://download.pytorch.org/models/resnet18-f37072fd.pth")
    torch.hub.download_url_to_file("https://www.dropbox.com/s/abc/w.pth", "w.pth", hash_prefix="f37072fd")
    """,
    """
    import gdown
    import pandas as pd

    gdown.download("https://drive.google.com/uc?id=abc", "rows.pkl")
    rows = pd.read_pickle("rows.pkl")
    """,
    {
        "requirements.txt": """
        pandas==2.2.0
        git+https://github.com/huggingface/peft@7a22b7daf0a1a2a9e1b5d1dcd1a6e8d9f4d3c2b1
        git+https://github.com/huggingface/accelerate.git@v0.33.0
        git+https://github.com/huggingface/diffusers.git@v0.6.6.post1+cpu-1.20.0
        """
    },
    {
        "ranker.py": f"""
# Copied from https://github.com/somebody/ranker, commit 7a22b7d
from torch import nn

class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
{_NETWORK}

    def forward(self, x):
        return self.layer0(x)
"""
    },
    {"net.py": '"""Copied from https://github.com/somebody/nets/blob/7a22b7d/net.py"""' + _SHORT},
    {"net.py": '"""Copied from my notes."""' + _SHORT},
    """
    # reference: https://github.com/pytorch/tutorials
    from torch import nn

    class PositionalEncoding(nn.Module):
        def forward(self, x):
            return x + self.pe[: x.size(0)]
    """,
    *(_SERVED.format(usual=usual, more=', revision="7a22b7d"', mark="") for usual in _ENVIRONMENT),
    _SERVED.format(usual='os.environ["MODEL_ID"]', more="", mark=""),
    *(_BRANCHED.format(test=test, mark="") for test in _OTHERS),
    # code that nothing starts
    {"models/helpers.py": _HELPERS.format(mark="", again=""), "main.py": "print('no model')\n"},
)


def detect(project: Project, rule: Rule) -> Iterator[Hit]:
    own = own_names(project.raw_documents)
    terms = Terms(rule.words("hubs"), rule.words("aliases"), rule.words("personal"), own)
    found = Borrowing(project.flow, project.givens, project.behind, project.configured, terms).find()
    taken = [alive for each in found if (alive := _alive(project, each)).uses]
    inside = {at: _around(each, taken) for at, each in enumerate(taken)}
    for at, borrowed in enumerate(taken):
        if inside[at] is None:
            yield _taken(project, borrowed, [each for place, each in enumerate(taken) if inside[place] is borrowed])
    for package in unpinned_packages(project.flow, project.documents, own):
        yield _installed(package)
    folders: dict[str, list[Copied]] = defaultdict(list)
    for copied in project.vendored.find(rule.integer("vendored_lines")):
        folders[copied.module.path.rpartition("/")[0]].append(copied)
    for files in folders.values():
        yield _copied(project, files)


def _alive(project: Project, borrowed: Borrowed) -> Borrowed:
    """What is loaded, where anything starts the code that does so; who shows a single file may start it elsewhere."""
    uses = tuple(use for use in borrowed.uses if not project.dormant.holds(use.body))
    is_alone = sum(1 for _ in project.modules()) < _MODULES
    return borrowed if is_alone or len(uses) == len(borrowed.uses) else replace(borrowed, uses=uses)


def _around(borrowed: Borrowed, taken: list[Borrowed]) -> Borrowed | None:
    """What is loaded in all the places in which something is, and in others too: there, one more name is given."""
    uses = set(borrowed.uses)
    wider = (each for each in taken if uses < set(each.uses) and each.kind == borrowed.kind)
    return max(wider, key=lambda each: len(each.uses), default=None)


def _taken(project: Project, borrowed: Borrowed, inside: list[Borrowed]) -> Hit:
    """One finding for what is loaded, with what only some of the same places load `inside` of it."""
    first = borrowed.uses[0]
    verb = "asked" if borrowed.kind == "llm" else "loaded"
    trail = [project.step(use, f"{verb} here: {borrowed.fault}") for use in borrowed.uses[:_PLACES]]
    if borrowed.literal is not None:
        trail.append(project.step(borrowed.literal, "named here"))
    elif borrowed.setting is not None:
        trail.append(Step(location=borrowed.setting, message="named here"))
    trail += [project.step(each.literal or each.uses[0], f"{each.name} is {verb} there, too") for each in inside]
    served = [each.endpoint for each in (borrowed, *inside) if each.endpoint is not None]
    if served:
        module = project.flow.program.modules[served[0][0]]
        trail.append(Step(location=project.definition(module, served[0][1]), message="served here"))
    more = f", in {len(borrowed.uses)} places" if len(borrowed.uses) > 1 else ""
    runs_code = any(each.runs_code for each in (borrowed, *inside))
    code = " and runs code from there" if runs_code else ""
    serves = bool(served)
    return Hit(
        location=project.location(first),
        message=f"{borrowed.name} is {verb} without a pinned version ({borrowed.fault}){code}{more}.",
        trail=tuple(trail),
        component=project.component_of(first.body),
        members=tuple(dict.fromkeys(f"{project.component_of(use.body)}: {borrowed.name}" for use in borrowed.uses)),
        severity=Severity.HIGH if serves or runs_code else _NOT_SERVED[borrowed.kind],
        audience=Audience.PEDANTIC if first.body.module.is_notebook and not serves else None,
    )


def _installed(package: Unpinned) -> Hit:
    return Hit(
        location=package.places[0],
        message=f"{package.address} is installed without a commit.",
        trail=tuple(
            Step(location=place, message="installed from whatever stands there") for place in package.places[:_PLACES]
        ),
        component=package.places[0].path,
    )


def _copied(project: Project, files: list[Copied]) -> Hit:
    """One finding for what was copied into one folder."""
    first = files[0]
    names = ", ".join(dict.fromkeys(each.module.facts.scopes[each.number].name for each in files))
    trail = []
    for each in files[:_PLACES]:
        trail.append(Step(location=_said(project, each), message=f"said here: {each.says[:120]}"))
        trail.append(Step(location=project.definition(each.module, each.number), message="the model"))
    return Hit(
        location=_said(project, first),
        message=f"{names}: written elsewhere, and no version of the original is named ({first.says[:120]}).",
        trail=tuple(trail),
        component=first.module.path,
    )


def _said(project: Project, copied: Copied) -> Location:
    return project.place(copied.module, copied.comment.at, copied.comment.at, 0)
