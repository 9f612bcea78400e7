"""Writes cma_es_oracle.json: eigenvalues by SciPy (LAPACK dsyev), and the constants of CMA-ES, by the formulas of N. Hansen's tutorial
(arXiv 1604.00772v2, table 1) in plain Python, checked where they agree by definition against the package `cmaes`.

    /usr/bin/python3 test/oracle/cma_es_oracle.py
"""
import json
import math
import pathlib

import numpy as np
import scipy.linalg
from cmaes import CMA

rng = np.random.default_rng(4)


def symmetric(n):
    a = rng.normal(size=(n, n))
    return (a + a.T) / 2


matrices = {
    "one entry": np.array([[3.0]]),
    "two equal values": np.array([[2.0, 0.0], [0.0, 2.0]]),
    "zeros": np.zeros((3, 3)),
    "negative values": symmetric(5),
    "twelve dimensions": symmetric(12),
    "Hilbert's matrix": scipy.linalg.hilbert(8),
    "fourteen orders of magnitude": (lambda q: q @ np.diag(10.0 ** np.arange(-7, 8)) @ q.T)(np.linalg.qr(rng.normal(size=(15, 15)))[0]),
    "already tridiagonal": np.diag([1.0, 2.0, 3.0, 4.0]) + np.diag([0.5, 0.25, 1e-9], 1) + np.diag([0.5, 0.25, 1e-9], -1),
}
eigen = []
for name, matrix in matrices.items():
    matrix = (matrix + matrix.T) / 2
    eigen.append({"name": name, "matrix": matrix.tolist(), "values": np.sort(scipy.linalg.eigvalsh(matrix)).tolist()})

strategies = []
for n, lam in [(1, 4), (2, 6), (5, 8), (5, 14), (10, 10), (10, 40), (40, 15)]:
    mu = lam // 2
    raw = [math.log((lam + 1) / 2) - math.log(i) for i in range(1, lam + 1)]
    mu_eff = sum(raw[:mu]) ** 2 / sum(w * w for w in raw[:mu])
    mu_eff_minus = sum(raw[mu:]) ** 2 / sum(w * w for w in raw[mu:])
    c_c = (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n)
    c_1 = 2 / ((n + 1.3) ** 2 + mu_eff)
    c_mu = min(1 - c_1, 2 * (1 / 4 + mu_eff + 1 / mu_eff - 2) / ((n + 2) ** 2 + 2 * mu_eff / 2))
    c_sigma = (mu_eff + 2) / (n + mu_eff + 5)
    d_sigma = 1 + 2 * max(0, math.sqrt((mu_eff - 1) / (n + 1)) - 1) + c_sigma
    a_mu, a_eff, a_pos = 1 + c_1 / c_mu, 1 + 2 * mu_eff_minus / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu)
    plus, minus = sum(w for w in raw if w > 0), -sum(w for w in raw if w < 0)
    weights = [w / plus if w >= 0 else min(a_mu, a_eff, a_pos) / minus * w for w in raw]
    if n > 1:  # the package refuses one dimension
        peer = CMA(mean=np.zeros(n), sigma=1, population_size=lam)
        for ours, theirs in [(mu_eff, peer._mu_eff), (c_c, peer._cc), (c_1, peer._c1), (c_sigma, peer._c_sigma), (d_sigma, peer._d_sigma)]:
            assert abs(ours - theirs) < 1e-12
        assert np.allclose(weights[:mu], peer._weights[:mu])
    strategies.append(
        {"dimension": n, "population": lam, "effective": mu_eff, "cPath": c_c, "cOne": c_1, "cMu": c_mu, "cSigma": c_sigma, "dSigma": d_sigma, "weights": weights}
    )

out = pathlib.Path(__file__).with_suffix(".json")
out.write_text(json.dumps({"eigen": eigen, "strategies": strategies}) + "\n")
