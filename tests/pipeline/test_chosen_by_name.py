from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

LIBRARY = """
    import hydra
    import joblib
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    MODELS = {"forest": RandomForestClassifier, "logit": LogisticRegression}
    SCALERS = {"standard": StandardScaler, "min": MinMaxScaler}

    @hydra.main(version_base=None, config_path="conf", config_name="config")
    def main(cfg):
        rows = pd.read_csv("rows.csv")
        made = {made}
        made.fit(rows[["a"]], rows.label)
        joblib.dump(made, "made.joblib")

    if __name__ == "__main__":
        main()
"""


def found(root: Path, texts: dict[str, str]) -> dict[str, list[str]]:
    for path, text in texts.items():
        (root / path).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    records = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return {record.name: [cell.text for cell in record.training] for record in records}


@pytest.mark.parametrize(
    "made", ["MODELS[cfg.model.name](**cfg.model.params)", "MODELS.get(cfg.model.name)(**cfg.model.params)"]
)
def test_a_librarys_class_that_is_chosen_by_name_is_a_model(tmp_path: Path, made: str) -> None:
    texts = {"train.py": LIBRARY.replace("{made}", made)}
    assert found(tmp_path, texts) == {"RandomForestClassifier or LogisticRegression": ["train.py:main"]}


def test_a_transformer_that_is_chosen_by_name_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, {"train.py": LIBRARY.replace("{made}", "SCALERS[cfg.scaler]()")}) == {}


def test_own_classes_that_are_chosen_by_name_are_joined_to_their_training(tmp_path: Path) -> None:
    nets = """
        from torch import nn

        class Wide(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.out = nn.Linear(width, 1)

            def forward(self, rows):
                return self.out(rows)

        class Deep(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.out = nn.Linear(width, 1)

            def forward(self, rows):
                return self.out(rows)

        class Other(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.out = nn.Linear(width, 1)

            def forward(self, rows):
                return self.out(rows)

        NETS = {"wide": Wide, "deep": Deep}
        OTHERS = {"other": Other}

        def build(name, **given):
            return NETS[name](**given)
    """
    train = """
        import sys
        import torch
        from nets import build

        def main():
            net = build(sys.argv[1], width=8)
            steps = torch.optim.Adam(net.parameters())
            for rows, labels in batches:
                (net(rows) - labels).mean().backward()
                steps.step()
            torch.save(net.state_dict(), "net.pt")

        if __name__ == "__main__":
            main()
    """
    assert found(tmp_path, {"nets.py": nets, "train.py": train}) == {"Wide": ["train.py"], "Deep": ["train.py"]}
