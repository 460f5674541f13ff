from mldebt.documents import Command, DeclaredData, Setting, Stage

from .conftest import read


def test_dvc_stages() -> None:
    facts = read(
        "ml/dvc.yaml",
        """
        vars:
          - a: 1
        stages:
          prepare:
            cmd: python prepare.py data/raw data/clean
            deps:
              - data/raw
            outs:
              - data/clean:
                  cache: false
          train:
            wdir: src
            cmd:
              - python train.py
              - python tidy.py
            deps: [../data/clean, train.py]
            params:
              - lr
              - conf.yaml:
                  - seed
            outs: [model.pkl]
            metrics:
              - scores.json
          each:
            foreach: [a, b]
            do:
              cmd: python each.py ${item}
        """,
    )
    assert facts.stages == (
        Stage("prepare", ("python prepare.py data/raw data/clean",), ("data/raw",), ("data/clean",), (), (), 4),
        Stage(
            "train",
            ("python train.py", "python tidy.py"),
            ("data/clean", "src/train.py"),
            ("src/model.pkl",),
            ("lr", "conf.yaml"),
            ("src/scores.json",),
            11,
        ),
        Stage("each", ("python each.py ${item}",), (), (), (), (), 24),
    )
    assert Command("train", "python tidy.py", 11) in facts.commands


def test_dvc_files() -> None:
    facts = read("data/raw.csv.dvc", "outs:\n- md5: 00\n  size: 1\n  path: raw.csv\n")
    assert facts.data == (DeclaredData("data/raw.csv", "dvc", "data/raw.csv", 4),)
    imported = read("x.dvc", "deps:\n- path: s3://bucket/x\nouts:\n- path: x\n")
    assert DeclaredData("s3://bucket/x", "dvc-import", "s3://bucket/x", 2) in imported.data


def test_mlproject() -> None:
    facts = read(
        "MLproject",
        "name: x\nentry_points:\n  main:\n    parameters:\n      lr: float\n"
        "    command: >\n      python train.py\n      --lr {lr}\n",
    )
    assert facts.commands == (Command("main", "python train.py --lr {lr}", 7),)


def test_kedro_catalogue() -> None:
    facts = read(
        "conf/base/catalog.yml",
        """
        _csv: &csv
          type: pandas.CSVDataset

        films:
          <<: *csv
          filepath: data/01_raw/films.csv

        ratings:
          type: pandas.SQLTableDataset
          table_name: ratings

        parts:
          type: partitions.PartitionedDataset
          path: s3://bucket/parts
          dataset: pandas.CSVDataset
        """,
    )
    assert facts.data == (
        DeclaredData("films", "pandas.CSVDataset", "data/01_raw/films.csv", 4),
        DeclaredData("ratings", "pandas.SQLTableDataset", "ratings", 8),
        DeclaredData("parts", "partitions.PartitionedDataset", "s3://bucket/parts", 12),
    )
    assert Setting("films.filepath", "data/01_raw/films.csv", 6) in facts.settings


def test_airflow_yaml() -> None:
    facts = read(
        "dags/daily.yaml",
        "daily:\n  tasks:\n    train:\n      operator: BashOperator\n      bash_command: python train.py\n",
    )
    assert facts.kind == "airflow"
    assert facts.commands == (Command("train", "python train.py", 5),)
