"""Makes svm_probability_tables_oracle.json: out-of-fold probabilities of scikit-learn's SVC(probability=True), which is LIBSVM's code.

Run: python3 test/oracle/svm_probability_tables_oracle.py (scikit-learn 1.2.1, NumPy 1.24.2). Its inner folds are random, so each fold is fitted with
10 seeds: "probabilities" is their mean (row-major), "losses" has the log loss over all test rows of each seed. Row r is tested in fold (7 r) mod 5.
Features are scaled to [0, 1] over all rows of the file and rounded to single precision; "rows" are the rows used.
"""

import csv
import gzip
import json
import pathlib

import numpy as np
from sklearn.svm import SVC

here = pathlib.Path(__file__).parent


def read(name, left=()):
    with gzip.open(here / f"../../studies/data/{name}.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    names = [n for n in rows[0] if n not in left]
    x = np.array([[float(row[n]) for n in names[:-1]] for row in rows])
    x = (x - x.min(axis=0)) / np.maximum(x.max(axis=0) - x.min(axis=0), 1e-300)
    return x.astype(np.float32).astype(np.float64), np.array([row[names[-1]] for row in rows])


def table(name, gamma, cost, step=1, left=(), classes=None):
    x, y = read(name, left)
    rows = np.arange(0, len(y), step)
    if classes is not None:
        rows = rows[np.isin(y[rows], classes)]
    x, y = x[rows], y[rows]
    folds = (7 * np.arange(len(y))) % 5
    names = sorted(set(y))
    codes = np.array([names.index(v) for v in y])
    total = np.zeros((len(y), len(names)))
    losses = []
    for seed in range(10):
        found = np.zeros_like(total)
        for fold in range(5):
            machine = SVC(C=cost, gamma=gamma, probability=True, random_state=seed).fit(x[folds != fold], y[folds != fold])
            found[folds == fold] = machine.predict_proba(x[folds == fold])
        total += found
        losses.append(float(np.mean(-np.log(found[np.arange(len(y)), codes]))))
    print(name, gamma, cost, len(y), np.mean(losses), np.std(losses, ddof=1))
    return {
        "name": name, "gamma": gamma, "C": cost, "rows": rows.tolist(),
        "probabilities": [round(float(v), 6) for v in (total / 10).ravel()], "losses": losses,
    }


tables = [
    table("iris", 1.0, 10.0),
    table("iris", 2.0, 1.0, classes=["1", "2"]),
    table("wine", 0.5, 3.0),
    table("landsat", 4.0, 10.0, step=13, left=("split",)),
]
(here / "svm_probability_tables_oracle.json").write_text(json.dumps({"made": "svm_probability_tables_oracle.py", "tables": tables}) + "\n")
