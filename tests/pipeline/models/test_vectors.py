"""Models of which only the vectors that they have learnt are kept."""

from pathlib import Path

import pytest

from tests.pipeline.conftest import model_records, told

NET = """
    import numpy as np
    import torch
    from torch import nn

    class Likeness(nn.Module):
        def __init__(self):
            super().__init__()
            self.items = nn.Embedding(10, 4)

        def forward(self, one, other):
            return (self.items(one) * self.items(other)).sum(1)

    net = Likeness()
    optimizer = torch.optim.Adam(net.parameters())
    for one, other, truth in torch.load("pairs.pt"):
        loss = (net(one, other) - truth).pow(2).mean()
        loss.backward()
        optimizer.step()
    np.save("items.npy", net.items.weight.detach().cpu().numpy())
    """
FACTORS = """
    import implicit
    import numpy as np
    import scipy.sparse as sp

    model = implicit.als.AlternatingLeastSquares(factors=32)
    model.fit(sp.load_npz("clicks.npz"))
    np.save("item_factors.npy", model.item_factors)
    """
WORDS = """
    import pickle

    from gensim.models import Word2Vec

    model = Word2Vec(sentences=open("corpus.txt"), vector_size=32)
    vectors = {word: model.wv[word] for word in model.wv.index_to_key}
    with open("vectors.pkl", "wb") as file:
        pickle.dump(vectors, file)
    """
LIGHT = """
    import pickle

    import numpy as np
    from lightfm import LightFM

    model = LightFM(no_components=30)
    model.fit(pickle.load(open("interactions.pkl", "rb")))
    biases, vectors = model.get_item_representations()
    np.save("vectors.npy", vectors)
    """


@pytest.mark.parametrize(
    ("code", "name", "artifact"),
    [
        (NET, "Likeness", "items.npy"),
        (FACTORS, "AlternatingLeastSquares", "item_factors.npy"),
        (WORDS, "Word2Vec", "vectors.pkl"),
        (LIGHT, "LightFM", "vectors.npy"),
    ],
)
def test_who_keeps_the_vectors_keeps_the_model(tmp_path: Path, code: str, name: str, artifact: str) -> None:
    (record,) = model_records(tmp_path, {"train.py": code})
    assert record.name == name
    assert told(record, "artifacts") == [artifact]


def test_what_is_worked_out_of_vectors_is_no_model(tmp_path: Path) -> None:
    code = FACTORS.replace(
        'np.save("item_factors.npy", model.item_factors)',
        'np.save("scores.npy", np.dot(model.user_factors, model.item_factors.mean()))',
    )
    assert model_records(tmp_path, {"train.py": code}) == ()
