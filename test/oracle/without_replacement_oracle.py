"""Makes without_replacement_oracle.json: the one-sided empirical-Bernstein-type confidence sequence for sampling without replacement, in whole arrays.

    /usr/bin/python3 test/oracle/without_replacement_oracle.py > test/oracle/without_replacement_oracle.json

Formulas: I. Waudby-Smith, A. Ramdas, "Confidence sequences for sampling without replacement", NeurIPS 2020 (predictable mixture of empirical Bernstein
type, with c = 1), and the logical bound of its section 3.
"""

import json

import numpy as np


def lower(x, population, alpha):
    t = np.arange(1, len(x) + 1)
    before = np.concatenate([[0.0], np.cumsum(x)[:-1]])
    mean_before = (0.5 + before) / t
    squares = (x - mean_before) ** 2
    variance_before = (0.25 + np.concatenate([[0.0], np.cumsum(squares)[:-1]])) / t
    lam = np.minimum(0.5, np.sqrt(2 * np.log(1 / alpha) / (variance_before * t * np.log(t + 1))))
    psi = (-np.log1p(-lam) - lam) / 4
    weight = np.cumsum(lam * (1 + (t - 1) / (population - t + 1)))
    centre = np.cumsum(lam * (x + before / (population - t + 1))) / weight
    margin = (np.cumsum(4 * squares * psi) + np.log(1 / alpha)) / weight
    logical = np.cumsum(x) / population
    return np.maximum.accumulate(np.maximum(np.maximum(centre - margin, logical), 0))


random = np.random.default_rng(20)
cases = []
for population, draws, kind in [(10, 10, "beta"), (100, 60, "coin"), (1000, 400, "beta"), (200, 200, "low")]:
    x = {
        "beta": lambda: random.beta(2, 3, draws),
        "coin": lambda: random.integers(0, 2, draws).astype(float),
        "low": lambda: random.beta(1, 20, draws),
    }[kind]().round(6)
    for alpha in (0.05, 0.2):
        shown = [float(f"{value:.12g}") for value in lower(x, population, alpha)]
        cases.append({"population": population, "alpha": alpha, "draws": x.tolist(), "lower": shown})
print(json.dumps({"numpy": np.__version__, "cases": cases}))
