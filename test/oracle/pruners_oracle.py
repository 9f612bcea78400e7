"""Verdicts of Optuna's pruners and p-values of SciPy's signed-rank test, for test/pruners and test/math.

Made with Optuna 3.1.0 and SciPy 1.10.1:  python3 test/oracle/pruners_oracle.py > test/oracle/pruners_oracle.json
Trials run one after the other (lookahead 1), so that each sees all before it.
"""
import json

import numpy as np
import optuna
from scipy.stats import wilcoxon

optuna.logging.set_verbosity(optuna.logging.ERROR)
TRIALS, STEPS = 30, 16


def curves(seed):
    random = np.random.default_rng(seed)
    ends = random.uniform(size=TRIALS)
    steps = np.arange(1, STEPS + 1)
    noise = random.normal(scale=0.05, size=(TRIALS, STEPS))
    # Rounded, so that some values are equal.
    return np.round(ends[:, None] + (1 - ends[:, None]) / steps + noise, 2)


def stops(pruner, values, direction):
    """The step at which each trial is stopped; None where it is not."""
    study = optuna.create_study(pruner=pruner, direction=direction)
    found = []
    for row in values:
        trial = study.ask()
        stopped = None
        for step, value in enumerate(row, start=1):
            trial.report(float(value), step)
            if trial.should_prune():
                stopped = step
                break
        found.append(stopped)
        if stopped is None:
            study.tell(trial, float(row[-1]))
        else:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    return found


pruners = {
    "median": (optuna.pruners.MedianPruner(n_startup_trials=5), {}),
    "median, later and seldom": (
        optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=2, interval_steps=3),
        {"startupTrials": 3, "warmupSteps": 2, "interval": 3},
    ),
    "percentile": (optuna.pruners.PercentilePruner(30.0, n_startup_trials=4), {"percentile": 30, "startupTrials": 4}),
    "successiveHalving": (optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3), {"factor": 3}),
    "successiveHalving, later": (
        optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2),
        {"minSteps": 2, "factor": 2},
    ),
}
studies = []
for seed in range(3):
    values = curves(seed)
    for direction in ["minimize", "maximize"]:
        told = values if direction == "minimize" else 1 - values
        told = np.round(told, 2)
        verdicts = [{"pruner": name, "options": options, "stops": stops(pruner, told, direction)} for name, (pruner, options) in pruners.items()]
        studies.append({"direction": direction, "values": told.tolist(), "verdicts": verdicts})

random = np.random.default_rng(7)
tests = []
for n in [1, 2, 3, 5, 8, 13, 25, 40, 50]:
    for shift in [-0.3, 0, 0.4]:
        d = np.round(random.normal(loc=shift, size=n), 6)
        assert len(set(abs(d))) == n and 0 not in d
        tests.append({"differences": d.tolist(), "p": float(wilcoxon(d, alternative="greater", mode="exact").pvalue)})
for n in [51, 80, 200]:
    for shift in [-0.2, 0, 0.3]:
        # One digit: many ties and zeros.
        d = np.round(random.normal(loc=shift, size=n), 1)
        p = wilcoxon(d, alternative="greater", zero_method="pratt", mode="approx", correction=False).pvalue
        tests.append({"differences": d.tolist(), "p": float(p)})

print(json.dumps({"studies": studies, "signedRank": tests}, separators=(",", ":")))
