"""Makes splits_oracle.json: scikit-learn's unshuffled folds for random rows, so that ties and rounding are met often.

Run: python3 test/oracle/splits_oracle.py (scikit-learn 1.2.1, NumPy 1.24.2). `null` stands for an error; folds are one digit a row.
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

warnings.simplefilter("ignore")
random = np.random.RandomState(3)
splitters = {
    "kFold": KFold,
    "stratifiedKFold": StratifiedKFold,
    "groupKFold": GroupKFold,
    "stratifiedGroupKFold": StratifiedGroupKFold,
}


def folds(splitter, k, classes, groups):
    test = np.full(len(classes), -1)
    try:
        for fold, (_, rows) in enumerate(splitter(k).split(np.zeros(len(classes)), classes, groups)):
            test[rows] = fold
    except ValueError:
        return None
    return "".join(map(str, test))


cases = []
for case in range(80):
    rows = int(random.choice([12, 40, 100, 300]))
    group_count = int(random.randint(4, max(5, rows // random.randint(1, 6))))
    class_count = int(random.randint(1, 30)) if case % 3 else int(random.randint(1, 5))
    k = int(random.randint(2, 10)) if case % 2 else int(random.randint(2, 5))
    groups = random.randint(0, group_count, rows)
    classes = random.randint(0, class_count, rows)
    if case % 4 == 0:
        groups = np.sort(groups)
    if case % 5 == 0:
        classes = np.sort(classes)
    cases.append(
        {
            "folds": k,
            "classes": classes.tolist(),
            "groups": groups.tolist(),
            "expected": {name: folds(splitter, k, classes, groups) for name, splitter in splitters.items()},
        }
    )
values = [random.randint(0, high, count).tolist() for count in [1, 15, 16, 17, 18, 33, 60, 129, 500] for high in [1, 2, 5, 40]]
out = {"folds": cases, "argsort": [{"values": v, "order": np.argsort(v).tolist()} for v in values]}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
