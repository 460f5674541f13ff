import pytest

from mldebt.pipeline.description.essentials import said, summary


@pytest.mark.parametrize(
    ("text", "what", "grounds"),
    [
        ("Trains the churn classifier on a year of subscriptions, told monthly.", True, True),
        ("A gradient boosting model that predicts who leaves next.", True, False),
        ("Ranks items; NDCG of 0.31 on the last week.", True, True),
        ("Recommender | ndcg | recall\n| --- | --- |\n| popular items | 0.1 | 0.2 |", True, True),
        ("Digits of MNIST, as everybody starts with them.", False, True),
        ("The NYC taxi data, month by month and zone by zone.", False, True),
        ("The model is trained here and saved to a file.", False, False),
        ("Runs the training and logs all of its metrics.", False, False),
        ("This folder has the data and the model files.", False, False),
        ("Модель ранжирует предложения; строка датасета — один показ.", True, True),
        ("Модель сохраняется в файл и загружается при запуске.", False, False),
        ("本模型用于预测客户流失，在过去一年的数据集上训练。", True, True),
        ("本目录包含脚本和配置文件，请先安装依赖。", False, False),
        ("고객 이탈을 예측하는 모델이며 정확도 는 0.91 입니다.", True, True),
        ("Das Modell sagt die Vorhersage der Preise an, trainiert auf Daten von 2023.", True, True),
        ("Un modèle qui prédit les prix, entraîné sur les ventes de 2023.", True, True),
        ("Modelo que predice precios; la precisión es de 91 %.", True, True),
        ("Churn classifier, MNIST", False, False),  # too few words to say anything
    ],
)
def test_what_a_text_says_of_a_model(text: str, what: bool, grounds: bool) -> None:
    assert said([text]) == (what, grounds)


def test_texts_say_together_what_none_says_alone() -> None:
    assert said(["A classifier of bugs and of feature requests.", "Trained on ten years of Bugzilla."]).enough


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Fits a classifier.\n\nArgs:\n    rows: the training data of the corpus", "Fits a classifier.\n\n"),
        ("Fits it.\n\nParameters\n----------\nrows : frame", "Fits it.\n\n"),
        ("Fits it.\n:param rows: a data set", "Fits it.\n"),
        ("Fits a classifier on the training data.", "Fits a classifier …."),
        ("Fits a classifier on the training data of Bugzilla.", "Fits a classifier on the training data of Bugzilla."),
    ],
)
def test_parameters_and_any_training_data_tell_nothing_of_a_model(docstring: str, expected: str) -> None:
    assert summary(docstring) == expected
