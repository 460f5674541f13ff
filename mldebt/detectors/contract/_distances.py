"""How far apart two faces or two vectors of a model's are: more examples of MLD405."""

from __future__ import annotations

_FACES = """
import os
import face_recognition
from deepface import DeepFace
from flask import Flask, jsonify, request

app = Flask(__name__)
known = load_known()
TOLERANCE = float(os.environ["TOLERANCE"])

@app.route("/who", methods=["POST"])
def who():
    image = face_recognition.load_image_file(request.files["image"])
    face = face_recognition.face_encodings(image)[0]
    {asked}
"""
_VECTORS = """
import os
import numpy as np
import torch
from fastapi import FastAPI
from scipy.spatial.distance import cosine, euclidean
from sentence_transformers import SentenceTransformer

app = FastAPI()
model = SentenceTransformer("./titles")
NEAR = float(os.environ["NEAR"])

@app.get("/same")
def same(first: str, second: str):
    one, other = model.encode([first, second])
    return {{"same": {asked}}}{mark}
"""
_SHOPS = """
import numpy as np
from fastapi import FastAPI

app = FastAPI()

@app.get("/near")
def near(x: float, y: float):
    places = load_places()
    return places[np.linalg.norm(places - np.array([x, y]), axis=1) < 0.3].tolist()
"""


_NEIGHBOURS = """
import numpy as np
import pandas as pd
from fastapi import FastAPI
from sklearn.neighbors import BallTree

app = FastAPI()
rows = pd.read_parquet("rows.parquet")
tree = BallTree({of}{metric})

@app.get("/near")
def near(first: float, second: float):
    distances, places = tree.query({asked}, k=5)
    return {{"near": int((distances < 0.35).sum())}}{mark}
"""


_LIKE = """
from sentence_transformers import SentenceTransformer, util

model = SentenceTransformer("./titles")

def masked({given}, words):
    asked = model.encode({given}["question"])
    return [word for word in words if util.cos_sim(asked, model.encode(word)) > 0.35]{mark}
"""


def _vectors(asked: str, mark: str = "") -> str:
    return _VECTORS.format(asked=asked, mark=mark)


def _neighbours(of: str, asked: str, metric: str = "", mark: str = "") -> str:
    return _NEIGHBOURS.format(of=of, asked=asked, metric=metric, mark=mark)


BAD = (
    _FACES.format(asked="return jsonify(bool(face_recognition.face_distance(known, face).min() < 0.45))  # debt"),
    _FACES.format(asked="return jsonify(any(face_recognition.compare_faces(known, face, tolerance=0.45)))  # debt"),
    _FACES.format(asked='return jsonify(DeepFace.verify("a.png", "b.png")["distance"] < 0.35)  # debt'),
    _vectors("bool(np.linalg.norm(one - other) < 0.8)", "  # debt"),
    _vectors("cosine(one, other) < 0.3", "  # debt"),
    _vectors("euclidean(one, other) < 0.8", "  # debt"),
    _neighbours('rows[["age", "income"]]', "[[first, second]]", mark="  # debt"),
    _LIKE.format(given="row", mark="  # debt"),
)
GOOD = (
    _FACES.format(asked="return jsonify(any(face_recognition.compare_faces(known, face, tolerance=TOLERANCE)))"),
    _FACES.format(asked="return jsonify(any(face_recognition.compare_faces(known, face)))"),
    _vectors("bool(np.linalg.norm(one - other) < NEAR)"),
    _vectors("bool(np.linalg.norm(one) < 0.8)"),
    _SHOPS,
    _neighbours('np.radians(rows[["north", "east"]])', "np.radians([[first, second]])", ', metric="haversine"'),
    _neighbours('rows[["latitude", "longitude"]]', "[[first, second]]"),
    _neighbours("np.c_[rows.shop_lat, rows.shop_lng]", "[[first, second]]"),
    # rows to learn from are made so
    _LIKE.format(given="train_dataset", mark=""),
)
