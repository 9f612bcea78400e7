"""Makes svr_oracle.json: the mean R² over 10 folds of scikit-learn's SVR (dense LIBSVM) in every cell of a γ/C/ε table.

Run: python3 test/oracle/svr_oracle.py FOLDER (scikit-learn 1.2.1, NumPy 1.24.2), FOLDER holding energy.csv.gz and bostonhousing.csv.gz.
Features are scaled to [0, 1] over all rows and rounded to single precision; targets are as they are. `folds` has one digit a row.
"""

import csv
import gzip
import json
import pathlib
import sys

import numpy as np
from sklearn.metrics import r2_score
from sklearn.svm import SVR

gammas, costs, epsilons = [0.1, 1, 10], [1, 10, 100, 1000], [0.01, 0.1, 1]


def table(file):
    with gzip.open(file, "rt") as lines:
        values = np.array([[float(v) for v in row] for row in list(csv.reader(lines))[1:]])
    x, y = values[:, :-1], values[:, -1]
    return ((x - x.min(0)) / (x.max(0) - x.min(0))).astype(np.float32).astype(np.float64), y


def score(x, y, folds, kernel, **options):
    scores = []
    for fold in range(10):
        train, test = folds != fold, folds == fold
        model = SVR(kernel=kernel, tol=1e-3, cache_size=500, **options).fit(x[train], y[train])
        scores.append(r2_score(y[test], model.predict(x[test])))
    return round(float(np.mean(scores)), 6)


random = np.random.RandomState(11)
out = {}
for name in ["bostonhousing", "energy"]:
    x, y = table(pathlib.Path(sys.argv[1]) / f"{name}.csv.gz")
    folds = random.permutation(len(y)) % 10
    cells = [
        {"gamma": gamma, "C": C, "epsilon": epsilon, "r2": score(x, y, folds, "rbf", gamma=gamma, C=C, epsilon=epsilon)}
        for gamma in gammas
        for C in costs
        for epsilon in epsilons
    ]
    cells += [{"gamma": None, "C": C, "epsilon": 0.1, "r2": score(x, y, folds, "linear", C=C, epsilon=0.1)} for C in [0.1, 1, 10]]
    out[name] = {"folds": "".join(map(str, folds)), "cells": cells}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
