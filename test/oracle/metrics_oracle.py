"""Makes metrics_oracle.json: scikit-learn's values of every metric for random folds.

Run: python3 test/oracle/metrics_oracle.py (scikit-learn 1.2.1, NumPy 1.24.2). Values are at full precision; null = not defined there.
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
random = np.random.RandomState(20260101)


def value(make):
    try:
        x = float(make())
    except ValueError:
        return None
    return x if np.isfinite(x) else None


def auc(truth, scores, weights, average):
    """One-vs-rest by class column, over the classes that have a row inside and a row outside."""
    count = scores.shape[1]
    if count == 2:
        return value(lambda: m.roc_auc_score(truth, scores[:, 1], sample_weight=weights))
    areas, shares = [], []
    for code in range(count):
        inside = truth == code
        if inside.all() or not inside.any():
            continue
        areas.append(m.roc_auc_score(inside, scores[:, code], sample_weight=weights))
        shares.append(1.0 if average == "macro" else (inside.sum() if weights is None else weights[inside].sum()))
    return value(lambda: np.average(areas, weights=shares)) if areas else None


def classification(case):
    classes = int(random.randint(2, 7))
    rows = int(random.choice([1, 2, 5, 20, 60]))
    # Some folds lack some of the classes.
    present = random.choice(classes, size=random.randint(1, classes + 1), replace=False) if case % 3 == 0 else np.arange(classes)
    truth = random.choice(present, size=rows)
    predicted = np.where(random.rand(rows) < 0.6, truth, random.randint(0, classes, rows))
    # Few different values make many ties; exact 0 and 1 occur.
    raw = np.round(random.rand(rows, classes) * 4) / 4 if case % 2 == 0 else np.round(random.rand(rows, classes), 3)
    raw[raw.sum(axis=1) == 0, 0] = 1
    scores = np.round(raw / raw.sum(axis=1, keepdims=True), 4)
    weights = None if case % 4 < 2 else np.round(random.rand(rows) * 3 + 0.01, 2)
    labels = list(range(classes))
    w = {"sample_weight": weights}
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "scores": scores.ravel().tolist(),
        "weights": None if weights is None else weights.tolist(),
        "expected": {
            "accuracy": value(lambda: m.accuracy_score(truth, predicted, **w)),
            "balancedAccuracy": value(lambda: m.balanced_accuracy_score(truth, predicted, **w)),
            "f1 macro": value(lambda: m.f1_score(truth, predicted, average="macro", **w)),
            "f1 weighted": value(lambda: m.f1_score(truth, predicted, average="weighted", **w)),
            "logLoss": value(lambda: m.log_loss(truth, scores, labels=labels, **w)),
            "rocAuc macro": auc(truth, scores, weights, "macro"),
            "rocAuc weighted": auc(truth, scores, weights, "weighted"),
            "cohenKappa": value(lambda: m.cohen_kappa_score(truth, predicted, labels=labels, **w)),
            "cohenKappa linear": value(lambda: m.cohen_kappa_score(truth, predicted, labels=labels, weights="linear", **w)),
            "cohenKappa quadratic": value(lambda: m.cohen_kappa_score(truth, predicted, labels=labels, weights="quadratic", **w)),
        },
        "confusion": m.confusion_matrix(truth, predicted, labels=labels, **w).ravel().tolist(),
    }


def regression(case):
    rows = int(random.choice([1, 2, 9, 50, 150]))
    truth = np.round(random.randn(rows) * 10, 2) if case % 5 else np.full(rows, 3.0)
    predicted = np.round(truth + random.randn(rows), 2) if case % 10 else truth
    weights = None if case % 2 else np.round(random.rand(rows) * 3 + 0.01, 2)
    w = {"sample_weight": weights}
    return {
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "weights": None if weights is None else weights.tolist(),
        "expected": {
            "mse": value(lambda: m.mean_squared_error(truth, predicted, **w)),
            "rmse": value(lambda: m.mean_squared_error(truth, predicted, squared=False, **w)),
            "mae": value(lambda: m.mean_absolute_error(truth, predicted, **w)),
            "r2": value(lambda: m.r2_score(truth, predicted, **w)),
        },
    }


out = {"classification": [classification(i) for i in range(96)], "regression": [regression(i) for i in range(40)]}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
