"""Models that libraries and platforms train and keep in their own ways."""

from pathlib import Path
from textwrap import dedent

import pytest

from mldebt.pipeline.models.rows import Rows
from mldebt.scan import read_project
from mldebt.settings import Settings

FORECAST = """
    import pandas as pd
    {imports}

    rows = pd.read_csv("sales.csv")
    {code}
    """
TUNED = """
    from datasets import load_dataset
    from transformers import AutoModelForCausalLM, HfArgumentParser, Trainer, TrainingArguments

    model = AutoModelForCausalLM.from_pretrained("gpt2")
    rows = load_dataset("json", data_files="rows.jsonl")
    {settings}
    trainer = Trainer(model{given}, train_dataset=rows["train"])
    trainer.train()
    {keeps}
    """


def register(root: Path, text: str) -> list[tuple[str, list[str], list[tuple[str, str]]]]:
    """Each model's name, what is kept of it, and its data with a word on that."""
    (root / "train.py").write_text(dedent(text), encoding="utf-8")
    found = Rows(read_project(root, Settings(cache=False, history=False, jobs=1))).all()
    return [
        (
            record.name,
            [cell.text for cell in record.artifacts],
            [(cell.text, cell.note) for cell in record.sources],
        )
        for record in found
    ]


@pytest.mark.parametrize(
    ("name", "artifact", "imports", "code"),
    [
        (
            "StatsForecast",
            "sf.pkl",
            "from statsforecast import StatsForecast",
            "model = StatsForecast(models=[], freq='D'); model.fit(rows); model.save('sf.pkl')",
        ),
        (
            "NeuralProphet",
            "np.model",
            "from neuralprophet import NeuralProphet, save",
            "model = NeuralProphet(); model.fit(rows, freq='D'); save(model, 'np.model')",
        ),
        (
            "Prophet",
            "prophet.json",
            "import json; from prophet import Prophet; from prophet.serialize import model_to_json",
            "model = Prophet(); model.fit(rows); json.dump(model_to_json(model), open('prophet.json', 'w'))",
        ),
        (
            "TabularPredictor",
            "ag",
            "from autogluon.tabular import TabularPredictor",
            "TabularPredictor(label='y', path='ag').fit(rows)",
        ),
        (
            "NGBRegressor",
            "ngb.joblib",
            "import joblib; from ngboost import NGBRegressor",
            "model = NGBRegressor(); model.fit(rows[['x']], rows.y); joblib.dump(model, 'ngb.joblib')",
        ),
        (
            "TabNetClassifier",
            "tabnet",
            "from pytorch_tabnet.tab_model import TabNetClassifier",
            "model = TabNetClassifier(); model.fit(rows.values, rows.y.values); model.save_model('tabnet')",
        ),
        (
            "TemporalFusionTransformer",
            "tft.ckpt",
            "import lightning.pytorch as pl; "
            "from pytorch_forecasting import TemporalFusionTransformer, TimeSeriesDataSet",
            "rows = TimeSeriesDataSet(rows, time_idx='t', target='y', group_ids=['g']);"
            "model = TemporalFusionTransformer.from_dataset(rows); trainer = pl.Trainer();"
            "trainer.fit(model, rows.to_dataloader(train=True)); trainer.save_checkpoint('tft.ckpt')",
        ),
        (
            "Word2Vec",
            "words.kv",
            "from gensim.models import Word2Vec",
            "model = Word2Vec(sentences=rows.text); model.wv.save('words.kv')",
        ),
    ],
)
def test_a_library_keeps_its_models(tmp_path: Path, name: str, artifact: str, imports: str, code: str) -> None:
    assert register(tmp_path, FORECAST.format(imports=imports, code=code)) == [(name, [artifact], [("sales.csv", "")])]


def test_a_library_that_is_told_its_data_beforehand_keeps_its_models(tmp_path: Path) -> None:
    text = FORECAST.format(
        imports="from pycaret.regression import compare_models, finalize_model, save_model, setup",
        code="setup(rows, target='y'); save_model(finalize_model(compare_models()), 'best')",
    )
    assert register(tmp_path, text) == [("pycaret Model", ["best"], [])]


@pytest.mark.parametrize(
    ("settings", "given", "keeps", "artifacts"),
    [
        ("args = TrainingArguments(output_dir='out')", ", args=args", "", ["out"]),
        ("args = TrainingArguments('out')", ", args", "trainer.save_model()", ["out"]),
        ("args = TrainingArguments('runs/out')", ", args", "trainer.push_to_hub()", ["out", "runs/out"]),
        (
            "args = TrainingArguments('out', hub_model_id='us/gpt')",
            ", args",
            "trainer.push_to_hub()",
            ["us/gpt", "out"],
        ),
        (
            "(args,) = HfArgumentParser((TrainingArguments,)).parse_args_into_dataclasses()",
            ", args",
            "trainer.save_model()",
            ["{args.output_dir}"],
        ),
        ("", "", "", ["checkpoints of the trainer"]),
        ("class Own(Trainer): pass", "", "Own(model, rows).save_model()", ["checkpoints of the trainer"]),
        ("", "", "trainer.save_model('kept')", ["kept"]),
    ],
)
def test_a_trainer_leaves_its_model_where_it_is_told(
    tmp_path: Path, settings: str, given: str, keeps: str, artifacts: list[str]
) -> None:
    (found,) = register(tmp_path, TUNED.format(settings=settings, given=given, keeps=keeps))
    assert found == ("AutoModelForCausalLM", artifacts, [("rows.jsonl", "")])


def test_a_step_of_a_platform_s_pipeline_trains_and_registers(tmp_path: Path) -> None:
    text = """
        from sagemaker.estimator import Estimator
        from sagemaker.inputs import TrainingInput
        from sagemaker.workflow.step_collections import RegisterModel
        from sagemaker.workflow.steps import TrainingStep

        job = Estimator(image_uri="xgboost", role="role", output_path="s3://shop/out"{more})
        step = TrainingStep(name="Train", estimator=job, inputs={{"train": TrainingInput(s3_data="s3://shop/train")}})
        kept = RegisterModel(name="Keep", estimator=job, model_package_group_name="prices")
        """
    found = ("Estimator of train.py", ["prices"], [("s3://shop/train", "bucket")])
    assert register(tmp_path, text.format(more="")) == [found]
    assert register(tmp_path, text.format(more=', entry_point="fit.py"')) == []  # the script's model is the model
