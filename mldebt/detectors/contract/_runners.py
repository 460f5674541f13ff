"""What runs models and is none, what validates while it trains, what is fitted in passing: more examples of MLD404."""

from __future__ import annotations

_YOLO = """
from ultralytics import YOLO

model = YOLO("yolov8n.pt"){mark}
model.train(data="rows.yaml", epochs=9{told})
model.export(format="onnx")
"""

_RUN = {
    "setup.py": "",
    "spots/__init__.py": "",
    "spots/jobs.py": """
        class Job:
            def __init__(self, name):
                self.name = name

            def run(self):
                print(self.name)

        class Jobs:
            def __init__(self, name):
                self.name = name

            def job(self):
                return Job(self.name)
        """,
    "spots/door.py": """
        from sklearn.linear_model import SGDClassifier
        from spots.jobs import Job, Jobs

        class Door:{mark}
            def __init__(self):
                self.job = Job("none")
                {held}

            def train(self):
                self.job = Jobs("train").job()
                self.job.run()
                {learns}

            def infer(self):
                self.job = Jobs("infer").job()
                self.job.run()
        """,
    "app.py": """
        from spots.door import Door

        door = Door()
        door.train()
        door.infer()
        """,
}

_SUSPICIONS = """
import os

import joblib

class Suspicions:{mark}
    def __init__(self, settings, rows):
        self.settings, self.rows = settings, rows

    def __call__(self):
        for name, kind in self.settings.items():
            self.rows[name] = self.predict(self.trained(kind))

    def trained(self, kind):
        path = "models/" + kind.__name__ + ".pkl"
        if os.path.isfile(path):
            return joblib.load(path)
        model = {made}
        model.fit(self.rows)
        joblib.dump(model, path)
        return model

    def predict(self, model):
        return model.predict(self.rows)

def main(settings, rows):
    Suspicions(settings, rows)()
"""

_MIXED = {
    "setup.py": "",
    "mixing/__init__.py": "",
    "mixing/plain.py": """
        from sklearn.mixture import GaussianMixture

        class PlainMixture(GaussianMixture):{mark}
            def _m_step(self, rows, answers):
                self.means_ = rows.mean(axis=0)
        """,
}
_EACH = """
import numpy as np
from mixing.plain import PlainMixture

means = []
for rows in np.load("rows.npy"):
    mixture = PlainMixture(3)
    mixture.fit(rows)
    means.append(mixture.means_)
np.save("means.npy", means)
"""
_ONCE = """
import numpy as np
from mixing.plain import PlainMixture

mixture = PlainMixture(3)
mixture.fit(np.load("rows.npy"))
"""


def _files(files: dict[str, str], **words: str) -> dict[str, str]:
    return {path: text.format(**words) for path, text in files.items()}


BAD = (
    _YOLO.format(mark="  # debt", told=", val=False"),
    _files(_RUN, mark="  # debt", held="self.model = SGDClassifier()", learns='self.model.fit(*load("rows"))'),
    _files(_MIXED, mark="  # debt") | {"once.py": _ONCE},
)

GOOD = (
    # judged on the validation rows of its data set after each epoch
    _YOLO.format(mark="", told=""),
    # a door to jobs; what runs whatever classes the settings list
    _files(_RUN, mark="", held="", learns=""),
    _SUSPICIONS.format(mark="", made="kind()"),
    # fitted to the rows of one turn, for what it tells of them
    _files(_MIXED, mark="") | {"each.py": _EACH},
)
