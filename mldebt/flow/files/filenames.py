"""What the name of a file says about its content. Evidence against a finding only: a name alone never makes one."""

from __future__ import annotations

import re

from mldebt.regex import regex

_NO_DATA = regex(
    r"""(^|[/_.\-])(
        config\w* | conf | cfg | settings? | params? | parameters? | hyper\w* | hparams? | args | options
      | prompts? | templates? | vocab\w* | label_?map\w* | schemas? | stop_?words
      | metrics? | results? | pred | preds | predictions? | submission | reports? | summary | leaderboard
      | checkpoints? | ckpts? | weights | models? | tokenizers? | requirements | version
      | credentials? | secrets? | passwords? | service_?accounts? | keys?\.(json|txt|ya?ml|ini|env)
      | (api|aws|s3|gcp|azure|openai|access|secret|private|auth)[_.\-](\w+_)?keys?
      | readme | license | changelog | manifest | metadata | registry | inference_?logs? | errors? | failures? | failed
      | thresholds? | calibrators? | scalers? | (label_?)?(encoders?|binarizers?)
      | imputers? | encodings? | column_?(names?|order|types?) | columns | dtypes?
      | feature_?(names?|cols?|columns?|list|order|schema|specs?|importances?|stats|statistics|means?|info)
      | feature_?(ranks?|rankings?)
      | (permutation|variable)_?importances? | logits | back_?tests?(_?(cache|scores?|metrics?))?
      | column_?(roles?|specs?) | target_definition\w* | (missing\w*|data|column)_?profile
      | (aliases | defaults | (\w+_)?fingerprint)\.json
      | class_?(names?|map(ping)?|ind(ices|ex)|to_idx|labels?) | label_?(names?|mappings?|encod\w*|classes)
      | \w+_to_(name|ix|idx|id|index|label|class) | (ix|idx|index)_to_\w+
      | \w+2(ix|idx|id|index) | (ix|idx|id|index)2\w+
      | psi | (data_?|feature_?|model_?)?drift(_?(report|metrics?|stats|scores?))? | sql
      | label_?paths? | meta\.json | (name|team|id|code|alias)_?map(ping)? | readyz | healthz | livez
    )([_.\-]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_STEMS = frozenset(
    """labels label classes class_names categories mapping mappings dictionary status state history cache log
    logs token""".split()
)
_WEIGHTS = (".pt", ".pth", ".ckpt", ".onnx", ".h5", ".pb", ".bin", ".safetensors", ".joblib")
_ENDINGS = (
    *_WEIGHTS,
    ".yaml", ".yml", ".toml", ".ini", ".cfg", ".env", ".md", ".rst", ".html", ".css", ".js", ".lock", ".log",
    ".py", ".ipynb", ".sh", ".sql", ".j2", ".png", ".svg", ".pdf",
)  # fmt: skip
_FOLDERS = regex(
    r"(^|[/{])(prompts?|configs?|conf|ontolog(y|ies)|taxonom(y|ies)|glossar(y|ies)|codebooks?|encod(e|ers?)|scalers?)"
    r"(/|_?(dir(ectory)?|folder|path|root)\}/)[^/]*$",
    re.IGNORECASE,
)
"""What lies in folders by these names, written down or told by what holds the folder."""
_KEPT = regex(r"(^|/)((\w+_)?models?|artifacts?|checkpoints?)/[^/]*\.(json|pkl|pickle|dill)$", re.IGNORECASE)
"""Objects that lie with the models."""
_REGISTERED = regex(r"(^|/)(\w+_)?registry/([^/]+/)*[^/]*\.(json|txt)$", re.IGNORECASE)
"""What a registry of models says of its runs."""
_ANSWERS = regex(r"(^|/)(\w+_)?(preds|predictions)/[^/]*$", re.IGNORECASE)
"""What models said, kept in a folder of its own."""
_VECTORS = regex(r"(^|[/_.\-])embeddings?(_\w+)?\.(npz|npy|pkl|pickle)$", re.IGNORECASE)
"""What a model made of data."""
_OWNERS = regex(r"\{(?:[^{}.]+\.)+(?=[^{}.]+\})")
_PICTURES = (".png", ".svg", ".pdf")


def holds_no_data(text: str, *, written: bool = False) -> bool:
    """Whether a path names configuration, prompts, vocabularies, terms, label maps, checkpoints, metrics or
    code; whose attribute fills a hole in it says nothing: `train_{args.city}.csv`."""
    text = _OWNERS.sub("{", text)
    name = text.rstrip("/").rsplit("/", 1)[-1].replace("{", "_").replace("}", "_").lower()
    if name.endswith(_ENDINGS) and (written or not name.endswith(_PICTURES)):
        return True
    if any(told.search(text) for told in (_FOLDERS, _KEPT, _REGISTERED, _ANSWERS)):
        return True
    if not written and _VECTORS.search(text):
        return True
    return name.partition(".")[0].strip("_") in _STEMS or bool(_NO_DATA.search(name))


def holds_weights(text: str) -> bool:
    """Whether a path names what a model has learnt."""
    return text.lower().endswith(_WEIGHTS)
