"""Makes bootstrap_error_oracle.json: .632 and .632+ estimates of models of scikit-learn, by the paper's formulas in their other forms.

Run: python3 test/oracle/bootstrap_error_oracle.py (scikit-learn 1.2.1, NumPy 1.24.2). The no-information rate is that of class counts, sum p (1 - q), not of pairs;
the .632+ estimate that of the weight w = .632 / (1 - .368 R). Source: Efron, Tibshirani, JASA 92(438), 1997.
"""

import json
import pathlib

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

random = np.random.RandomState(6)
X, y = load_iris(return_X_y=True)
cases = []
for name, model, rows, noise in [
    ("svc", SVC(C=1, gamma=0.5), 40, 0.2),
    ("nearest", KNeighborsClassifier(1), 30, 0.5),
    ("nearest of noise", KNeighborsClassifier(1), 36, 1.0),
    ("stump", SVC(C=1e-3), 24, 0.0),
    ("line", LinearRegression(), 20, None),
]:
    chosen = random.permutation(150)[:rows]
    features = X[chosen]
    if noise is None:
        target = features[:, 0] + random.normal(0, 0.5, rows)
        features = features[:, 1:]
    else:
        target = np.where(random.uniform(size=rows) < noise, random.randint(0, 3, rows), y[chosen])
    loss = (lambda truth, told: (truth - told) ** 2) if noise is None else (lambda truth, told: (truth != told).astype(float))
    own = model.fit(features, target).predict(features)
    resubstitution = loss(target, own).mean()
    matrix = np.full((25, rows), np.nan)
    for sample in range(25):
        drawn = random.randint(0, rows, rows)
        left = np.setdiff1d(np.arange(rows), drawn)
        matrix[sample, left] = loss(target[left], model.fit(features[drawn], target[drawn]).predict(features[left]))
    out_of_bag = np.nanmean(np.nanmean(matrix, axis=0))
    if noise is None:
        no_information = ((target[:, None] - own[None, :]) ** 2).mean()
    else:
        no_information = sum((target == c).mean() * (1 - (own == c).mean()) for c in range(3))
    bounded = min(out_of_bag, no_information)
    rate = (bounded - resubstitution) / (no_information - resubstitution) if min(out_of_bag, no_information) > resubstitution else 0.0
    weight = 0.632 / (1 - 0.368 * rate)
    plus = (1 - weight) * resubstitution + weight * bounded
    # The paper corrects the .632 estimate, which has the unbounded error.
    plus += 0.632 * (out_of_bag - bounded)
    cases.append(
        {
            "name": name,
            "truth": target.tolist(),
            "own": own.tolist(),
            "samples": [
                {"rows": np.flatnonzero(~np.isnan(line)).tolist(), "losses": line[~np.isnan(line)].tolist()} for line in matrix
            ],
            "resubstitution": resubstitution,
            "outOfBag": out_of_bag,
            "noInformation": no_information,
            "overfitting": rate,
            "point632": 0.368 * resubstitution + 0.632 * out_of_bag,
            "point632Plus": plus,
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
