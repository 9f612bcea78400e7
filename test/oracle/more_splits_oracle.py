"""Makes more_splits_oracle.json: splits of scikit-learn in time, by leaving out, and sizes of random ones; neighbours by SciPy.

Run: python3 test/oracle/more_splits_oracle.py (scikit-learn 1.2.1, SciPy 1.10.1, NumPy 1.24.2). `null` stands for an error.
"""

import itertools
import json
import pathlib
import warnings

import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    LeaveOneGroupOut,
    LeaveOneOut,
    LeavePGroupsOut,
    LeavePOut,
    ShuffleSplit,
    StratifiedGroupKFold,
    TimeSeriesSplit,
)

warnings.simplefilter("ignore")
random = np.random.RandomState(4)


def splits(splitter, rows, classes=None, groups=None):
    try:
        return [[train.tolist(), test.tolist()] for train, test in splitter.split(np.zeros(rows), classes, groups)]
    except ValueError:
        return None


time = []
for rows, k, size, gap, most in itertools.product([5, 12, 23], [2, 3, 5], [None, 1, 3], [0, 1, 4], [None, 1, 4]):
    found = splits(TimeSeriesSplit(n_splits=k, test_size=size, gap=gap, max_train_size=most), rows)
    # scikit-learn lets a gap take the whole training part; we do not.
    if found is not None and any(len(train) == 0 for train, _ in found):
        found = None
    spans = None if found is None else [[t[0], t[-1] + 1, s[0], s[-1] + 1] for t, s in found]
    time.append({"rows": rows, "folds": k, "testSize": size, "gap": gap, "maxTrainSize": most, "spans": spans})

out = []
for rows in [2, 3, 5, 7]:
    groups = random.randint(0, 4, rows) * 3
    tests = lambda splitter: (lambda found: None if found is None else [test for _, test in found])(splits(splitter, rows, None, groups))
    out.append(
        {
            "rows": rows,
            "groups": groups.tolist(),
            "leaveOneOut": tests(LeaveOneOut()),
            "leavePOut": {p: tests(LeavePOut(p)) for p in [1, 2, 3]},
            "leaveOneGroupOut": tests(LeaveOneGroupOut()),
            "leavePGroupsOut": {p: tests(LeavePGroupsOut(p)) for p in [1, 2, 3]},
        }
    )

sizes = []
for rows, test, train in itertools.product([2, 7, 10, 30, 99], [None, 0.1, 0.25, 0.5, 0.9, 1, 5], [None, 0.1, 0.5, 0.75, 2]):
    groups = np.arange(rows) // 2 if rows % 2 == 0 else np.arange(rows)
    row = {"rows": rows, "test": test, "train": train, "groups": groups.tolist()}
    for name, splitter in {"shuffleSplit": ShuffleSplit, "groupShuffleSplit": GroupShuffleSplit}.items():
        found = splits(splitter(1, test_size=test, train_size=train), rows, None, groups)
        if found is not None:
            count = (lambda part: len(part)) if name == "shuffleSplit" else (lambda part: len(set(groups[part])))
            found = [count(found[0][0]), count(found[0][1])]
        row[name] = found
    sizes.append(row)

space = []
for case, (rows, axes) in enumerate(itertools.product([12, 80, 250], [1, 2, 3])):
    places = random.randint(0, 40, (rows, axes)) / 2 if case % 2 else random.uniform(-20, 20, (rows, axes))
    classes = random.randint(0, 3, rows)
    within = float(random.choice([0.5, 1.0, 2.5]))
    side = float(random.choice([3.0, 7.5]))
    pairs = cKDTree(places).query_pairs(within, output_type="ndarray")
    graph = np.zeros((rows, rows), dtype=bool)
    graph[pairs[:, 0], pairs[:, 1]] = True
    _, labels = connected_components(graph, directed=False)
    first = {label: number for number, label in enumerate(dict.fromkeys(labels.tolist()))}
    components = np.array([first[label] for label in labels])
    tiles = np.unique(np.floor((places - places.min(axis=0)) / side).astype(int), axis=0, return_inverse=True)[1].ravel()
    folds = {}
    for name, groups in {"within": components, "block": tiles}.items():
        for manner, splitter in {"plain": GroupKFold(3), "stratified": StratifiedGroupKFold(3)}.items():
            found = splits(splitter, rows, classes, groups)
            if found is None or any(len(test) == 0 for _, test in found):
                folds[f"{name} {manner}"] = None
                continue
            test = np.full(rows, -1)
            for fold, (_, part) in enumerate(found):
                test[part] = fold
            folds[f"{name} {manner}"] = "".join(map(str, test))
    space.append(
        {
            "coordinates": places.T.tolist(),
            "classes": classes.tolist(),
            "within": within,
            "block": side,
            "neighbours": components.tolist(),
            "tiles": tiles.tolist(),
            "folds": folds,
        }
    )

everything = {"time": time, "out": out, "sizes": sizes, "space": space}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(everything, separators=(",", ":")) + "\n")
