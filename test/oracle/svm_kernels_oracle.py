"""Makes svm_kernels_oracle.json: scikit-learn's SVC (dense LIBSVM) for every kernel, with and without class and row weights.

Run: python3 test/oracle/svm_kernels_oracle.py (scikit-learn 1.2.1, NumPy 1.24.2). Features are scaled to [0, 1] over all rows and rounded to
single precision; row r is tested where r % 3 == 0, else trained on; its weight is 0, ½, 1, 1½ or 2 by 7 r % 5. The precomputed kernel
is exp(−Σ |x − z|) in single precision. `decisions` are those of the pairs of classes in order, positive for the first class,
one row of test row after another.
"""

import gzip
import json
import pathlib

import numpy as np
from sklearn.svm import SVC
from sklearn.utils.class_weight import compute_class_weight

root = pathlib.Path(__file__).resolve().parents[2]
C = 4.0

KERNELS = [
    {"kernel": "rbf", "gamma": 1.5},
    {"kernel": "linear"},
    {"kernel": "poly", "gamma": 0.5, "degree": 3, "coef0": 1},
    {"kernel": "poly", "gamma": 1, "degree": 2},
    {"kernel": "poly", "gamma": 2, "degree": 1, "coef0": -0.5},
    {"kernel": "sigmoid", "gamma": 0.1, "coef0": -0.2},
    {"kernel": "sigmoid", "gamma": 0.05},
    {"kernel": "precomputed"},
]


def table(name):
    with gzip.open(root / "studies/data" / f"{name}.csv.gz", "rt") as file:
        rows = [line.strip().split(",") for line in file][1:]
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    return x.astype(np.float32), np.array([row[-1] for row in rows])


def tables():
    iris, wine = table("iris"), table("wine")
    yield "iris", iris, {"0": 0.5, "2": 3}
    # The two classes that overlap.
    yield "iris from row 50", (iris[0][50:], iris[1][50:]), {"1": 4}
    yield "wine", wine, {"1": 2.5, "0": 0.25}


def judged(x, y, options, class_weight, weights):
    rows = np.arange(len(y))
    train, test = rows[rows % 3 != 0], rows[rows % 3 == 0]
    wide = x.astype(np.float64)
    given_weight = class_weight
    if options["kernel"] == "precomputed" and weights is not None:
        # SVC leaves rows of weight 0 out and then reads the wrong columns: leave them out here, with the class weights of all rows.
        if class_weight == "balanced":
            classes = np.unique(y[train])
            given_weight = dict(zip(classes, compute_class_weight("balanced", classes=classes, y=y[train])))
        train = train[weights[train] > 0]
    if options["kernel"] == "precomputed":
        gram = np.exp(-np.abs(wide[:, None, :] - wide[None, :, :]).sum(axis=2)).astype(np.float32).astype(np.float64)
        given, asked = gram[np.ix_(train, train)], gram[np.ix_(test, train)]
    else:
        given, asked = wide[train], wide[test]
    model = SVC(C=C, tol=1e-6, class_weight=given_weight, decision_function_shape="ovo", **options)
    model.fit(given, y[train], sample_weight=None if weights is None else weights[train])
    decisions = model.decision_function(asked)
    # Two classes: one column, positive for the second.
    decisions = -decisions[:, None] if decisions.ndim == 1 else decisions
    return {
        "options": {**options, "C": C},
        "classWeight": class_weight,
        "rowWeights": weights is not None,
        "labels": model.predict(asked).tolist(),
        "decisions": [round(float(value), 5) for value in decisions.ravel()],
    }


sets = []
for name, (x, y), by_label in tables():
    weights = (np.arange(len(y)) * 7 % 5) / 2
    cases = [
        judged(x, y, options, class_weight, row_weights)
        for options in KERNELS
        for class_weight in [None, "balanced", by_label]
        for row_weights in [None, weights]
    ]
    sets.append({"data": name, "cases": cases})
path = pathlib.Path(__file__).with_name("svm_kernels_oracle.json")
lines = ",\n".join(
    f'{{"data": {json.dumps(one["data"])}, "cases": [\n' + ",\n".join(json.dumps(case) for case in one["cases"]) + "\n]}" for one in sets
)
path.write_text(f"[\n{lines}\n]\n")
