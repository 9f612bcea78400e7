"""Minima within bounds by SciPy's L-BFGS-B (1.10.1): python3 lbfgsb_oracle.py > lbfgsb_oracle.json"""
import json

import numpy as np
from scipy.optimize import minimize, rosen, rosen_der

A = np.array([[1.0 / (i + j + 1) for j in range(6)] for i in range(6)]) + 1e-3 * np.eye(6)
b = np.array([1.0, -2, 0.5, 1, -1, 3])


def beale(x):
    t = [(c, p) for c, p in [(1.5, 1), (2.25, 2), (2.625, 3)]]
    r = [c - x[0] * (1 - x[1] ** p) for c, p in t]
    g = [
        sum(2 * ri * -(1 - x[1] ** p) for ri, (c, p) in zip(r, t)),
        sum(2 * ri * x[0] * p * x[1] ** (p - 1) for ri, (c, p) in zip(r, t)),
    ]
    return sum(ri * ri for ri in r), np.array(g)


cases = {
    "rosenbrock, free": (lambda x: (rosen(x), rosen_der(x)), [-1.2, 1, -1.2, 1, 0.5], [-5] * 5, [5] * 5),
    "rosenbrock, the minimum outside": (lambda x: (rosen(x), rosen_der(x)), [-1.2, 1, -1.2, 0.2], [-2] * 4, [0.6, 2, 2, 0.3]),
    "ill-conditioned quadratic, no bound met": (lambda x: (0.5 * x @ A @ x - b @ x, A @ x - b), [0] * 6, [-1e5] * 6, [1e5] * 6),
    "ill-conditioned quadratic in a box": (lambda x: (0.5 * x @ A @ x - b @ x, A @ x - b), [0] * 6, [-1, -1, -1, -1, 0, -1], [1, 1, 0.5, 1, 1, 1]),
    "beale": (beale, [1, 1], [-4.5] * 2, [4.5] * 2),
    "beale in a corner": (beale, [1, 0.9], [-4.5, 0.6], [2.0, 4.5]),
}
out = {}
for name, (f, x0, low, high) in cases.items():
    best = minimize(f, x0, jac=True, method="L-BFGS-B", bounds=list(zip(low, high)), options={"ftol": 1e-15, "gtol": 1e-9, "maxfun": 20000, "maxiter": 20000})
    out[name] = {"start": x0, "lower": low, "upper": high, "x": best.x.tolist(), "value": best.fun, "evaluations": best.nfev}
print(json.dumps(out, indent=0))
