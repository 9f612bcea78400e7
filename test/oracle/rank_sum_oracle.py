"""p-values of SciPy's rank-sum and binomial tests, for test/quality.

Made with SciPy 1.10.1:  python3 test/oracle/rank_sum_oracle.py > test/oracle/rank_sum_oracle.json
"""
import json

import numpy as np
from scipy.stats import binomtest, mannwhitneyu

rng = np.random.default_rng(4)
rank_sum = []
# Exact, without ties.
for n, m in [(1, 1), (2, 5), (5, 5), (5, 20), (20, 20), (10, 20), (20, 30)]:
    for shift in (0.0, 0.7):
        ours, theirs = np.round(rng.normal(shift, 1, n), 9), np.round(rng.normal(0, 1, m), 9)
        p = mannwhitneyu(ours, theirs, alternative="greater", method="exact").pvalue
        rank_sum.append({"ours": ours.tolist(), "theirs": theirs.tolist(), "p": float(p)})
# Normal with the correction for ties, beyond 50 values.
for n, m in [(20, 40), (60, 30), (200, 100)]:
    for levels in (5, 50):
        ours, theirs = rng.integers(0, levels + 1, n), rng.integers(0, levels, m)
        p = mannwhitneyu(ours, theirs, alternative="greater", method="asymptotic", use_continuity=False).pvalue
        rank_sum.append({"ours": ours.tolist(), "theirs": theirs.tolist(), "p": float(p)})
sign = [
    {"above": k, "n": n, "p": float(binomtest(k, n, alternative="greater").pvalue)}
    for k, n in [(0, 5), (5, 5), (3, 5), (13, 20), (20, 20), (19, 20), (60, 100), (260, 500)]
]
print(json.dumps({"rankSum": rank_sum, "sign": sign}))
