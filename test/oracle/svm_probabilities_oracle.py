"""Makes svm_probabilities_oracle.json: LIBSVM's own probability code, called through its C library, and exact optima.

Run: python3 test/oracle/svm_probabilities_oracle.py [path of libsvm.so.3] (LIBSVM 3.24, NumPy 1.24.2, SciPy 1.10.1, scikit-learn 1.2.1 for data).

"platt": svm_train(probability=1) deals rows to five folds with the C library's rand(). The same seed gives the same folds here, so the
held-out decisions that LIBSVM's sigmoid fit saw are made again by five calls of svm_train, and written beside the A and B that it found.
"optimum" is the minimum of the same function by Newton's method in extended precision.
"coupling": a model without support vectors, whose offsets are the wanted decisions, given to svm_predict_probability.
"exact" solves the optimality conditions as linear equations.
"""

import ctypes as c
import json
import pathlib
import sys

import numpy as np
from sklearn.datasets import load_iris, load_wine


class Node(c.Structure):
    _fields_ = [("index", c.c_int), ("value", c.c_double)]


class Problem(c.Structure):
    _fields_ = [("l", c.c_int), ("y", c.POINTER(c.c_double)), ("x", c.POINTER(c.POINTER(Node)))]


class Parameter(c.Structure):
    _fields_ = [
        ("svm_type", c.c_int), ("kernel_type", c.c_int), ("degree", c.c_int), ("gamma", c.c_double), ("coef0", c.c_double),
        ("cache_size", c.c_double), ("eps", c.c_double), ("C", c.c_double), ("nr_weight", c.c_int), ("weight_label", c.POINTER(c.c_int)),
        ("weight", c.POINTER(c.c_double)), ("nu", c.c_double), ("p", c.c_double), ("shrinking", c.c_int), ("probability", c.c_int),
    ]


class Model(c.Structure):
    _fields_ = [
        ("param", Parameter), ("nr_class", c.c_int), ("l", c.c_int), ("SV", c.POINTER(c.POINTER(Node))),
        ("sv_coef", c.POINTER(c.POINTER(c.c_double))), ("rho", c.POINTER(c.c_double)), ("probA", c.POINTER(c.c_double)),
        ("probB", c.POINTER(c.c_double)), ("sv_indices", c.POINTER(c.c_int)), ("label", c.POINTER(c.c_int)),
        ("nSV", c.POINTER(c.c_int)), ("free_sv", c.c_int),
    ]


svm = c.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libsvm.so.3")
libc = c.CDLL("libc.so.6")
svm.svm_train.restype = c.POINTER(Model)
svm.svm_predict_probability.restype = c.c_double
svm.svm_predict_values.restype = c.c_double
silent = c.CFUNCTYPE(None, c.c_char_p)(lambda text: None)
svm.svm_set_print_string_function(silent)


def nodes(row):
    return (Node * (len(row) + 1))(*[Node(k + 1, float(v)) for k, v in enumerate(row)], Node(-1, 0.0))


def train(x, y, gamma, cost, weights, probability):
    rows = [nodes(row) for row in x]
    problem = Problem(len(y), (c.c_double * len(y))(*y), (c.POINTER(Node) * len(y))(*[c.cast(r, c.POINTER(Node)) for r in rows]))
    labels = (c.c_int * len(weights))(*[label for label, _ in weights])
    values = (c.c_double * len(weights))(*[value for _, value in weights])
    parameter = Parameter(0, 2, 3, gamma, 0.0, 100.0, 1e-3, cost, len(weights), labels, values, 0.5, 0.1, 1, probability)
    model = svm.svm_train(c.byref(problem), c.byref(parameter))
    return model, (rows, problem, labels, values)


def held_out(x, y, gamma, cost, seed):
    """The decisions that svm_train(probability=1) fits its sigmoid to; y is +1 for the rows that come first."""
    libc.srand(seed)
    count = len(y)
    perm = list(range(count))
    for i in range(count):
        j = i + libc.rand() % (count - i)
        perm[i], perm[j] = perm[j], perm[i]
    decisions = np.zeros(count)
    for fold in range(5):
        begin, end = fold * count // 5, (fold + 1) * count // 5
        rest = perm[:begin] + perm[end:]
        if len(set(y[rest])) == 1:
            decisions[perm[begin:end]] = y[rest[0]]
            continue
        model, keep = train(x[rest], y[rest], gamma, 1.0, [(1, cost), (-1, cost)], 0)
        for row in perm[begin:end]:
            value = c.c_double()
            svm.svm_predict_values(model, nodes(x[row]), c.byref(value))
            decisions[row] = value.value * model.contents.label[0]
    return decisions


def optimum(decisions, y):
    f = decisions.astype(np.longdouble)
    above, below = int((y > 0).sum()), int((y < 0).sum())
    t = np.where(y > 0, np.longdouble(above + 1) / (above + 2), np.longdouble(1) / (below + 2))
    loss = lambda a, b: float(np.sum(t * (a * f + b) + np.logaddexp(0, -(a * f + b))))
    a, b = np.longdouble(0), np.log(np.longdouble(below + 1) / (above + 1))
    for _ in range(200):
        p = 1 / (1 + np.exp(a * f + b))
        g1, g2 = np.sum(f * (t - p)), np.sum(t - p)
        w = p * (1 - p)
        h11, h22, h21 = np.sum(f * f * w), np.sum(w), np.sum(f * w)
        det = h11 * h22 - h21 * h21
        da, db = -(h22 * g1 - h21 * g2) / det, -(h11 * g2 - h21 * g1) / det
        size = np.longdouble(1)
        while loss(a + size * da, b + size * db) > loss(a, b) + 1e-15 and size > 1e-12:
            size /= 2
        a, b = a + size * da, b + size * db
    return float(a), float(b)


def platt(name, x, y, gamma, cost, seed):
    order = np.argsort(-y, kind="stable")
    x, y = x[order].astype(np.float64), y[order].astype(np.float64)
    libc.srand(seed)
    model, keep = train(x, y, gamma, cost, [], 1)
    decisions = held_out(x, y, gamma, cost, seed)
    best = optimum(decisions, y)
    return {
        "name": name, "decisions": list(decisions), "positive": [int(v > 0) for v in y],
        "libsvm": [model.contents.probA[0], model.contents.probB[0]], "optimum": list(best),
    }


def coupling(r):
    k = len(r)
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    decisions = [float(np.log(r[i][j] / (1 - r[i][j]))) for i, j in pairs]
    count = len(pairs)
    model = Model()
    model.param.svm_type, model.param.kernel_type, model.param.probability = 0, 0, 1
    model.nr_class, model.l = k, 0
    coefficients = [(c.c_double * 1)() for _ in range(k)]
    model.sv_coef = (c.POINTER(c.c_double) * k)(*[c.cast(one, c.POINTER(c.c_double)) for one in coefficients])
    model.rho = (c.c_double * count)(*[-d for d in decisions])
    model.probA = (c.c_double * count)(*[-1.0] * count)
    model.probB = (c.c_double * count)(*[0.0] * count)
    model.label = (c.c_int * k)(*range(k))
    model.nSV = (c.c_int * k)(*[0] * k)
    answer = (c.c_double * k)()
    svm.svm_predict_probability(c.byref(model), nodes([]), answer)
    used = [min(max(1 / (1 + float(np.exp(-d))), 1e-7), 1 - 1e-7) for d in decisions]
    matrix = np.zeros((k, k))
    for (i, j), value in zip(pairs, used):
        matrix[i, j], matrix[j, i] = value, 1 - value
    q = -matrix.T * matrix
    np.fill_diagonal(q, (matrix.T**2).sum(axis=1))
    system = np.block([[q, np.ones((k, 1))], [np.ones((1, k)), np.zeros((1, 1))]])
    exact = np.linalg.solve(system, np.append(np.zeros(k), 1.0))[:k]
    return {"classes": k, "decisions": decisions, "libsvm": list(answer), "exact": list(exact)}


random = np.random.RandomState(20260301)
iris, wine = load_iris(), load_wine()
noise = random.normal(size=(90, 3))
label = np.where(noise[:, 0] + 0.8 * random.normal(size=90) > 0, 1.0, -1.0)
rare = random.normal(size=(65, 2))
seldom = np.where(np.arange(65) % 13 == 0, 1.0, -1.0)
rare[seldom > 0] += 1.0


def two(data, first, second):
    use = np.isin(data.target, [first, second])
    x = data.data[use]
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0)), np.where(data.target[use] == first, 1.0, -1.0)


cases = [
    platt("iris 0 and 1, separable", *two(iris, 0, 1), 0.5, 1.0, 1),
    platt("iris 1 and 2", *two(iris, 1, 2), 2.0, 10.0, 2),
    platt("wine 1 and 2", *two(wine, 1, 2), 0.3, 1.0, 3),
    platt("noise", noise, label, 0.7, 1.0, 4),
    platt("noise, C 1000", noise, label, 0.7, 1000.0, 5),
    platt("a rare class", rare, seldom, 0.5, 1.0, 6),
    platt("one row of a class", rare[:14], np.where(np.arange(14) == 0, 1.0, -1.0), 0.5, 1.0, 7),
]

couplings = []
for k in [2, 3, 4, 5, 6, 11, 16, 26]:
    for spread in [0.3, 2.0, 8.0, 30.0]:
        r = np.full((k, k), 0.5)
        level = random.normal(size=k) * spread
        for i in range(k):
            for j in range(i + 1, k):
                r[i, j] = 1 / (1 + np.exp(-np.clip(level[i] - level[j] + random.normal() * spread / 2, -25, 25)))
        couplings.append(coupling(r))
# Pairs that contradict each other: a circle, and all certain.
for high in [0.6, 0.9, 1 - 1e-9]:
    r = np.array([[0.5, high, 1 - high], [1 - high, 0.5, high], [high, 1 - high, 0.5]])
    couplings.append(coupling(r))

where = pathlib.Path(__file__).with_name("svm_probabilities_oracle.json")
where.write_text(json.dumps({"made": "svm_probabilities_oracle.py: LIBSVM 3.24", "platt": cases, "coupling": couplings}) + "\n")
for case in cases:
    print(case["name"], case["libsvm"], case["optimum"])
worst = max(float(np.abs(np.array(one["libsvm"]) - one["exact"]).max()) for one in couplings)
print("coupling: LIBSVM and exact differ by at most", worst)
