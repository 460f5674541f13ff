from collections.abc import Mapping
from textwrap import dedent

from mldebt.documents.instances import read_instances
from mldebt.sources import Document, DocumentKind

MAIN = """
    defaults:
      - _self_
      - model: small
      - optional logger: null
    trainer:
      _target_: lib.Trainer
"""


def by_folder(texts: Mapping[str, str]) -> dict[str, dict[str, tuple[str, ...]]]:
    return read_instances(
        Document(path=path, kind=DocumentKind.CONFIG, text=dedent(text)) for path, text in texts.items()
    )


def instances(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What the configurations of one folder name."""
    (names,) = by_folder(texts).values()
    return names


def test_a_file_of_a_group_stands_under_its_folder_and_the_default_comes_first() -> None:
    found = instances(
        {
            "conf/train.yaml": MAIN,
            "conf/model/big.yaml": "_target_: shop.Big\nnet:\n  _target_: shop.Net\n",
            "conf/model/small.yaml": "_target_: shop.Small\n",
        }
    )
    assert found == {"trainer": ("lib.Trainer",), "model": ("shop.Small", "shop.Big"), "model.net": ("shop.Net",)}


def test_a_package_moves_what_a_file_holds() -> None:
    found = instances(
        {
            "conf/train.yaml": MAIN,
            "conf/experiment/one.yaml": "# @package _global_\nmodel:\n  _target_: shop.Other\n",
            "conf/loss/plain.yaml": "# @package model.loss\n_target_: shop.Loss\n",
        }
    )
    assert found["model"] == ("shop.Other",)
    assert found["model.loss"] == ("shop.Loss",)


def test_a_list_of_defaults_may_put_a_choice_under_another_key() -> None:
    main = "defaults:\n  - net@encoder: wide\n  - net@decoder: wide\n"
    found = instances({"conf/train.yaml": main, "conf/net/wide.yaml": "_target_: shop.Wide\n"})
    assert found == {"net": ("shop.Wide",), "decoder": ("shop.Wide",), "encoder": ("shop.Wide",)}


def test_a_reference_stands_for_what_it_names() -> None:
    found = instances({"a.yaml": "base:\n  _target_: shop.Net\nmodel:\n  net: ${base}\nodd:\n  _target_: ${base}\n"})
    assert found == {"base": ("shop.Net",), "model.net": ("shop.Net",)}


def test_a_file_that_is_no_yaml_names_nothing() -> None:
    assert by_folder({"a.yaml": "_target_: [\n", "b.yaml": "model: 3\n"}) == {}


def test_the_configurations_of_two_folders_stay_apart() -> None:
    main = "defaults:\n  - model: net\nnet: ${model}\n"
    texts = {f"{name}/conf/train.yaml": main for name in "ab"}
    texts |= {f"{name}/conf/model/net.yaml": f"_target_: {name}.Net\n" for name in "ab"}
    assert by_folder(texts) == {f"{name}/conf": {"model": (f"{name}.Net",), "net": (f"{name}.Net",)} for name in "ab"}
