from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.files.paths import Paths
from mldebt.flow.types.loaded import Loaded

Link = Callable[..., Flow]


def is_model(link: Link, text: str) -> bool:
    flow = link(text)
    read = next(call for call in flow.body(0, 0).calls if "reads" in flow.roles(call) or "loads" in flow.roles(call))
    return Loaded(Paths(flow)).is_model(read)


@pytest.mark.parametrize(
    "use",
    [
        "(encoder, model) = pickle.load(file)\nmodel.predict(rows)",
        "encoder = pickle.load(file)\nencoder.transform(rows)",
        "encoder = pickle.loads(file.read())\nencoder.transform(rows)",
        "model = pickle.load(file)['model']\nmodel(rows)",
        "def score(model):\n    return model.predict(rows)\nscore(pickle.load(file))",
        "models = pickle.load(file)\nfor name, model in models.items():\n    print(name, model.predict(rows))",
        "print([each.coef_ for each in pickle.load(file).values()])",
        "net = torch.nn.Linear(1, 1)\nweights = torch.load(file)\nnet.load_state_dict(weights)",
    ],
)
def test_what_is_asked_called_or_taken_for_weights_is_a_model(use: str, link: Link) -> None:
    assert is_model(link, f"import pickle, torch\nfile = open('thing.pkl', 'rb')\n{use}\n")


@pytest.mark.parametrize(
    "text",
    [
        "import pickle\nrows = pickle.load(open('rows.pkl', 'rb'))\nrows.dropna()\nfit(rows)",
        "import pickle\nfor name, rows in pickle.load(open('rows.pkl', 'rb')).items():\n    fit(name, rows.price)",
        "import pandas as pd\nrows = pd.read_csv('rows.csv')\nrows.transform(double)",
    ],
)
def test_what_is_cleaned_and_handed_on_is_data(text: str, link: Link) -> None:
    assert not is_model(link, text)


NET = """
import numpy as np
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.words = nn.Linear(vectors, 3)

    def forward(self, ids):
        return self.words(ids)

"""


@pytest.mark.parametrize(
    ("use", "model"),
    [
        ("vectors = torch.from_numpy(np.load('words.npy')).float()\nnets = [Net(vectors) for _ in range(3)]", True),
        ("nn.Embedding.from_pretrained(torch.tensor(np.load('words.npy')))", True),
        ("net = Net(3)\nnet.words.weight.data.copy_(torch.as_tensor(np.loadtxt('words.txt')))", True),
        ("rows = np.load('rows.npy')\nnet = Net(rows.shape[1])\nnet(torch.from_numpy(rows))", False),
        ("rows = np.load('rows.npy')\nnet = Net(rows[rows > 0])", False),
    ],
)
def test_vectors_that_a_network_is_built_with_are_of_a_model(use: str, model: bool, link: Link) -> None:
    assert is_model(link, NET + use) is model
