"""The words by which a text tells of a model: what it is, what it was trained on, how well it does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from mldebt.regex import regex

_WHAT_ABROAD = (
    r"|预测|分类|推荐|检测|识别|排序|回归|聚类|分割|嵌入|神经网络|予測|分類|推薦|検出|認識|ニューラル|埋め込み"
    r"|예측|분류|추천|탐지|회귀|임베딩|신경망|분할|인코더|réseaux? de neurones"
    r"|\b(предсказ|прогноз|классифи|рекоменд|ранжир|кластериз|vorhersag|klassifi[zk]|empfehl|erkenn(t|ung)|prédi[rts]"
    r"|prévision|recommand|détect|predice|predicen|predecir|predicción|predição|previsão|clasific|recomend|detec[ct][aoçi]|previs)\w*"
)
_DATA_ABROAD = (
    r"|训练(集|数据|于|样本)|数据集|学習データ|データ(セット|を)|学習(した|させ)|학습 ?데이터|데이터 ?(셋|세트)"
    r"|\b(обуч(ен|ал|ающ|ал)\w*|датасет\w*|набор\w* данных|trainiert\w*|trainingsdaten\w*|datens[aä]tz\w*"
    r"|entra[iî]n[ée]e?s? (sur|avec)|jeux? de données|entrenad[oa]s? (con|en)|treinad[oa]s? (com|em)"
    r"|(conjunto|base)s? de da(dos|tos))\b"
)
_RESULT_ABROAD = (
    r"|(准确率|精确率|召回率|精度|正解率|再現率|정확도|정밀도|재현율|точност\w*|полнот\w*|genauigkeit|précision|rappel|exactitude"
    r"|precisión|exactitud|acurácia|precisão)[^\n]{0,60}?(\d+[.,]\d+|\d+ ?%)"
)
"""The same in the languages in which READMEs are most often written beside English."""
WHAT = regex(
    r"\b(classif(y|ies|ied|ying|ier|iers|ication)|regress(or|ors|ion|es)|predict(s|ed|ing|ion|ions|or|ors)?"
    r"|recommend(s|ed|ing|er|ers|ation|ations)?|rank(s|ed|ing|ings|er|ers)|forecast(s|ed|ing|er|ers)?"
    r"|detect(s|ed|ing|ion|or|ors)|cluster(s|ed|ing)?|segment(s|ed|ing|ation)|estimat(e|es|ed|ing|ion|or|ors)"
    r"|embed(s|ded|ding|dings)|generat(es|ed|ing|ion|ive|or)|translat(es|ed|ing|ion|or)|summari[sz](es|ation)"
    r"|(neural|convolutional|recurrent|adversarial) net(work)?s?|transformers?|auto-?encoders?|factori[sz]ation"
    r"|random forests?|(gradient )?boost(ed|ing)|decision trees?|nearest[- ]neighbou?rs?|lstm|gru|cnn|bert|gpt|llm"
    r"|rnns?|gans?|vaes?|mlps?|gcns?|gnns?|u-?nets?|resnets?|conv-?nets?|svms?|support[- ]vectors?"
    r"|(linear|logistic|topic) models?|naive[- ]bayes|k-?means|latent (dirichlet|semantic)|(random|isolation) forests?"
    r"|extra[- ]?trees?|language models?|fine-?tun(es?|ed|ing)|(collaborative )?filtering"
    r"|reinforcement learning|policy gradient|anomal(y|ies)|recogni(s|z)(es|ing)|recognition|scor(es|ing) (model|of)"
    r"|attention)\b" + _WHAT_ABROAD,
    re.IGNORECASE,
)
_KNOWN = (
    r"((fashion|e|k)[-_ ]?)?mnist|cifar-?\d*|imagenet|movielens|ms-?coco|coco|imdb|squad|wikitext|criteo|titanic|kaggle"
)
DATA_SET = regex(rf"(^|[^a-z])({_KNOWN})([^a-z]|$)", re.IGNORECASE)
"""Data sets that everybody knows by their names."""
DATA = regex(
    r"\b(train(ed|ing|s)? (on|data|set|with|from|using)|data ?sets?|corpus|corpora|data (from|of|source|used)"
    rf"|{_KNOWN}"
    r"|(trains?|trained|fits?|fitted|fine-?tun(es?|ed|ing)|learns?|learned)\b[^.\n]{0,100}\b(on|from|with|using)"
    r"|(over|on|from) ([\w-]+ ){0,3}features (of|from))\b|\b(?-i:[A-Z]{2,}(\s\w+){0,2}\s[Dd]ata)\b" + _DATA_ABROAD,
    re.IGNORECASE,
)
RESULT = regex(
    r"\b(accuracy|auc|f1|precision|recall|rmse|mse|mae|mape|ndcg|map|mrr|r2|perplexity|bleu|rouge|iou|score|loss)\b"
    r"[^\n]{0,60}?(\d+[.,]\d+|\d+ ?%)|\b(results?|metrics|evaluation|leaderboard|benchmarks?)\b[^\n]{0,60}"
    r"(\]\(|https?://|\bsee\b|\bin\b `)"
    r"|\|[^|\n]*\b(accuracy|auc|f1|precision|recall|rmse|mae|ndcg|map|loss)\b[^\n]*\|" + _RESULT_ABROAD,
    re.IGNORECASE,
)
_SPOKEN = (
    (r"(SV[CR]|SVM)$", r"svms?|support[- ]vector"),
    (r"^(XGB|xgboost)", r"xg-?boost(ed|ing)?|gradient[- ]boost(ed|ing)"),
    (r"^(LGBM|lightgbm)", r"light ?gbm|gradient[- ]boost(ed|ing)"),
    (r"^CatBoost", r"cat-?boost|gradient[- ]boost(ed|ing)"),
    (r"GradientBoosting", r"gradient[- ]boost(ed|ing)|gbms?"),
    (r"^RandomForest", r"random[- ]?forests?"),
    (r"^ExtraTrees", r"extra[- ]?trees?|extremely randomi[sz]ed trees|random[- ]?forests?"),
    (r"^IsolationForest", r"isolation[- ]?forests?"),
    (r"^AdaBoost", r"ada-?boost"),
    (r"^DecisionTree", r"decision trees?"),
    (r"^LogisticRegression", r"logistic regressions?|linear classifiers?"),
    (r"^(LinearRegression|Ridge|Lasso|ElasticNet)", r"linear regressions?|linear models?|ridge|lasso|elastic[- ]?net"),
    (r"Neighbors", r"k-?nn|nearest[- ]neighbou?rs?"),
    (r"NB$", r"naive[- ]bayes"),
    (r"^(MLP|Sequential$|keras )", r"neural net(work)?s?|mlps?|(multi-?layer )?perceptrons?|lstms?|rnns?|cnns?"),
    (r"KMeans", r"k-?means"),
    (r"^(LatentDirichlet|Lda(Model|Multicore|Mallet|SeqModel)$|EnsembleLda)", r"lda|latent dirichlet|topic models?"),
    (r"^(Lsi|Hdp)Model$|^N(mf|MF)$", r"lsi|lsa|latent semantic|hdp|nmf|non-?negative matrix|topic models?"),
    (r"^Word2Vec$", r"word2vec|word (embeddings?|vectors?)"),
    (r"^Doc2Vec$", r"doc2vec|(paragraph|document) (embeddings?|vectors?)"),
    (r"^FastText$", r"fast-?text"),
    (r"^(S?ARIMAX?|AutoARIMA)$", r"(auto-?)?s?arimax?"),
    (r"^(Neural)?Prophet$", r"prophet"),
    (r"^GaussianMixture$", r"gaussian mixtures?|gmms?"),
    (r"^GaussianProcess", r"gaussian process(es)?"),
)
_PARAMETERS = regex(
    r"^[ \t]*(args|arguments|parameters|params|returns?|raises|yields|attributes|examples?)\s*:?[ \t]*$|^[ \t]*:param",
    re.IGNORECASE | re.MULTILINE,
)
ENOUGH_WORDS = 5
_UNSPACED = regex("[\u3040-\u30ff\u4e00-\u9fff]{2}")
"""Two signs of a language that puts no blanks between its words are about one."""
_SIGNS = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
_JOINED = regex(f"(?<=[A-Za-z0-9])(?=[{_SIGNS}])|(?<=[{_SIGNS}])(?=[A-Za-z0-9])")
"""Where a word in Latin letters has a particle of another language at it, without a blank: "LSTM을", "BERTで"."""


class Said(NamedTuple):
    """Whether texts say what a model is, and what it was trained on or how well it does."""

    what: bool
    grounds: bool

    @property
    def enough(self) -> bool:
        return self.what and self.grounds


def said(texts: Iterable[str]) -> Said:
    """What several texts say together; a few words say nothing."""
    what = grounds = False
    for written in texts:
        text = written if written.isascii() else _JOINED.sub(" ", written)
        if len(text.split()) + len(_UNSPACED.findall(text)) >= ENOUGH_WORDS:
            what = what or WHAT.search(text) is not None
            grounds = grounds or (DATA.search(text) or RESULT.search(text)) is not None
            if what and grounds:
                break
    return Said(what=what, grounds=grounds)


def spoken(name: str) -> str:
    """How people call the model that a library's class makes, as a regular expression; "" where it has no such name."""
    return "|".join(words for names, words in _SPOKEN if any(re.search(names, each) for each in name.split(" or ")))


_ANY_DATA = regex(
    r"\b((on|from|with|using|the|a|an|and|its|some|given|provided|passed|whole|full|input|train(ing)?|test(ing)?"
    r"|validation|eval(uation)?|labell?ed|pre-?processed|prepared|cleaned)\s+)+"
    r"(data ?sets?|data|set|split)\b(?! (of|from)\b)",
    re.IGNORECASE,
)


def summary(docstring: str) -> str:
    """A docstring without its lists of parameters and results, which speak of arguments, not of the model, and without
    "the training data", which every training has."""
    found = _PARAMETERS.search(docstring)
    return _ANY_DATA.sub("…", docstring[: found.start()] if found else docstring)
