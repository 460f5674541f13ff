"""Models that others train for the team."""

from pathlib import Path

import pytest

from mldebt.inventory import ModelRecord
from tests.pipeline.conftest import model_records, told

SAGEMAKER = """
    import boto3
    import sagemaker

    client = boto3.client("sagemaker")
    job = {
        "TrainingJobName": "churn",
        "AlgorithmSpecification": {"TrainingImage": sagemaker.image_uris.retrieve("xgboost", "eu-west-1", "1.5-1")},
        "InputDataConfig": [
            {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://shop/train"}}},
            {"ChannelName": "validation", "DataSource": {"S3DataSource": {"S3Uri": "s3://shop/validation"}}},
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://shop/models"},
    }
    client.create_training_job(**job)
    """
OPENAI = """
    from openai import OpenAI

    client = OpenAI()
    uploaded = client.files.create(file=open("data/train.jsonl", "rb"), purpose="fine-tune")
    client.fine_tuning.jobs.create(training_file=uploaded.id, model="gpt-4o-mini-2024-07-18", suffix="support")
    """
BEDROCK = """
    import boto3

    boto3.client("bedrock").create_model_customization_job(
        customModelName="titan-support",
        baseModelIdentifier="amazon.titan-text-lite-v1",
        trainingDataConfig={"s3Uri": "s3://shop/train.jsonl"},
        outputDataConfig={"s3Uri": "s3://shop/metrics"},
    )
    """
VERTEX = """
    from vertexai.tuning import sft

    sft.train(source_model="gemini-2.0-flash-001", train_dataset="gs://shop/t.jsonl", tuned_model_display_name="help")
    """


@pytest.mark.parametrize(
    ("code", "name", "sources", "artifacts", "base"),
    [
        (SAGEMAKER, "xgboost SageMaker training job", ["s3://shop/train"], ["s3://shop/models"], []),
        (
            OPENAI,
            "gpt-4o-mini-2024-07-18 fine-tuning job",
            ["data/train.jsonl"],
            ["support"],
            ["gpt-4o-mini-2024-07-18"],
        ),
        (
            BEDROCK,
            "amazon.titan-text-lite-v1 Bedrock customization job",
            ["s3://shop/train.jsonl"],
            ["titan-support"],
            ["amazon.titan-text-lite-v1"],
        ),
        (VERTEX, "gemini-2.0-flash-001 Vertex tuning job", ["gs://shop/t.jsonl"], ["help"], ["gemini-2.0-flash-001"]),
    ],
)
def test_a_job_of_a_provider_is_a_model(
    tmp_path: Path, code: str, name: str, sources: list[str], artifacts: list[str], base: list[str]
) -> None:
    (record,) = model_records(tmp_path, {"tune.py": code})
    assert record.name == name
    assert told(record, "sources") == sources
    assert told(record, "artifacts") == artifacts
    assert told(record, "base_models") == base
    assert told(record, "training") == ["tune.py"]


@pytest.mark.parametrize(
    "code",
    [
        'from openai import OpenAI\n\nOpenAI().chat.completions.create(model="gpt-4o", messages=[])\n',
        'import boto3\n\nboto3.client("sagemaker").create_endpoint(EndpointName="churn")\n',
        'print("Create model bundle for deployment")\n',
        "class Jobs:\n    def create(self, name):\n        return name\n\nJobs().create('x')\n",
    ],
)
def test_what_starts_no_training_is_none(tmp_path: Path, code: str) -> None:
    assert model_records(tmp_path, {"ask.py": code}) == ()


WAREHOUSE = """
    from google.cloud import bigquery

    PROJECT = "shop"
    client = bigquery.Client()

    def train():
        sql = f'''
            CREATE OR REPLACE MODEL `{PROJECT}.ml.churn`
            OPTIONS(model_type="logistic_reg", input_label_cols=["churned"]) AS
            SELECT age, LOG(income) AS log_income, churned FROM `{PROJECT}.ml.customers`
            '''
        client.query(sql).result()

    def evaluate():
        return client.query("SELECT * FROM ML.EVALUATE(MODEL `ml.churn`, TABLE ml.test)").to_dataframe()

    def predict():
        return client.query(f"SELECT * FROM ML.PREDICT(MODEL `{PROJECT}.ml.churn`, TABLE ml.new)").to_dataframe()
    """


def warehoused(root: Path) -> ModelRecord:
    (record,) = model_records(root, {"churn.py": WAREHOUSE})
    return record


def test_a_statement_trains_a_model_in_a_warehouse(tmp_path: Path) -> None:
    record = warehoused(tmp_path)
    assert (record.name, record.builder[0].note) == ("shop.ml.churn", "logistic regression of BigQuery ML")
    assert told(record, "sources") == ["shop.ml.customers"]
    assert told(record, "features") == ["age", "log_income"]
    assert told(record, "targets") == ["churned"]
    assert told(record, "training") == ["churn.py:train"]


def test_statements_ask_and_measure_a_model_in_a_warehouse(tmp_path: Path) -> None:
    record = warehoused(tmp_path)
    assert told(record, "loaders") == ["churn.py:predict"]
    assert told(record, "metrics") == ["ML.EVALUATE"]


def test_a_model_that_a_warehouse_only_reaches_is_none_of_the_teams(tmp_path: Path) -> None:
    code = """
        from google.cloud import bigquery

        bigquery.Client().query(
            "CREATE MODEL `ml.gemini` REMOTE WITH CONNECTION `eu.llm` OPTIONS(ENDPOINT = 'gemini-2.5-flash')"
        )
        """
    assert model_records(tmp_path, {"connect.py": code}) == ()
