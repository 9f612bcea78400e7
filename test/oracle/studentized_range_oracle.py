"""Tails of the studentized range with infinitely many degrees of freedom, by SciPy's adaptive quadrature of Tukey's integral over the range's
own lower end, for test/math/distributions.test.ts; where R's ptukey has eight digits only.

Made with SciPy 1.10.1:  /usr/bin/python3 test/oracle/studentized_range_oracle.py > test/oracle/studentized_range_oracle.json
"""
import json

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm


def tail(q, k):
    """P(Q > q) = 1 - k ∫ φ(x) [Φ(x + q) - Φ(x)]^(k - 1) dx, x the smallest; the difference is taken inside so that the tail keeps its digits."""
    def f(x):
        below_all = norm.sf(x)
        within = norm.sf(x) - norm.sf(x + q)
        return k * norm.pdf(x) * (below_all ** (k - 1) - within ** (k - 1))
    return sum(quad(f, a, b, epsabs=1e-15, epsrel=1e-13, limit=400)[0] for a, b in zip(np.arange(-12, 8, 2.0), np.arange(-10, 10, 2.0)))


rows = [[q, k, tail(q, k)] for k in (2, 3, 5, 10, 20) for q in (0.1, 1, 2.5, 4, 6)]
print(json.dumps(rows))
