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


def _vectors(asked: str, mark: str = "") -> str:
    return _VECTORS.format(asked=asked, mark=mark)


BAD = (
    _FACES.format(asked="return jsonify(bool(face_recognition.face_distance(known, face).min() < 0.45))  # debt"),
    _FACES.format(asked="return jsonify(any(face_recognition.compare_faces(known, face, tolerance=0.45)))  # debt"),
    _FACES.format(asked='return jsonify(DeepFace.verify("a.png", "b.png")["distance"] < 0.35)  # debt'),
    _vectors("bool(np.linalg.norm(one - other) < 0.8)", "  # debt"),
    _vectors("cosine(one, other) < 0.3", "  # debt"),
    _vectors("euclidean(one, other) < 0.8", "  # debt"),
)
GOOD = (
    _FACES.format(asked="return jsonify(any(face_recognition.compare_faces(known, face, tolerance=TOLERANCE)))"),
    _FACES.format(asked="return jsonify(any(face_recognition.compare_faces(known, face)))"),
    _vectors("bool(np.linalg.norm(one - other) < NEAR)"),
    _vectors("bool(np.linalg.norm(one) < 0.8)"),
    _SHOPS,
)
