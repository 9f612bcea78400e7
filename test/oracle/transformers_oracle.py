"""What scikit-learn's transformers make of one small table, fitted to its first 45 rows and applied to all 60.

Run: python3 test/oracle/transformers_oracle.py > test/oracle/transformers_oracle.json (scikit-learn 1.2.1, NumPy 1.24.2)
"""

import json

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif, f_regression, mutual_info_classif, mutual_info_regression
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

random = np.random.default_rng(7)
rows, trained = 60, 45
classes = random.integers(0, 3, rows)
numbers = np.column_stack(
    [
        random.normal(100, 5, rows),
        classes + random.normal(0, 0.7, rows),
        random.exponential(2, rows) * 1e-3,
        (classes - 1.0) ** 2 + random.normal(0, 0.3, rows),
        np.r_[np.full(trained, 3.25), random.normal(0, 1, rows - trained)],
        random.normal(-1, 1e4, rows),
    ]
)
# Rounded, so that the text is the number.
numbers = np.array([[float(f"{value:.6g}") for value in row] for row in numbers])
holes = numbers.copy()
holes[random.random(numbers.shape) < 0.15] = np.nan
holes[:, 5] = np.r_[np.full(trained, np.nan), numbers[trained:, 5]]
repeated = np.round(holes[:, :3])
words = np.array([["red", "green", "blue"][i] for i in random.integers(0, 3, rows)], dtype=object)
sizes = np.array([["small", "large"][i] for i in random.integers(0, 2, rows)], dtype=object)
words[5] = words[50] = None
# Only rows that are not trained on have these.
words[47] = "violet"
sizes[55] = "medium"
wide = np.array([[float(f"{value:.6g}") for value in row] for row in random.normal(0, 1, (12, 20)) * np.linspace(3, 1, 20)])


def listed(values):
    return [[None if isinstance(v, float) and np.isnan(v) else v for v in row] for row in np.asarray(values, dtype=object).tolist()]


def applied(transformer, values, target=None):
    transformer.fit(values[:trained], None if target is None else target[:trained])
    return listed(transformer.transform(values))


def signed(pca, values, train):
    """Components whose largest loading is positive."""
    pca.fit(values[:train])
    signs = np.sign(pca.components_[np.arange(len(pca.components_)), np.abs(pca.components_).argmax(axis=1)])
    return listed(pca.transform(values) * signs)


def levels(column, fill):
    return np.array([[fill if v is None else v] for v in column], dtype=object)


categories = np.column_stack([words, sizes])
# None sorts behind the texts there as it does here.
cases = {
    "standardize": applied(StandardScaler(), holes),
    "standardize, not centred": applied(StandardScaler(with_mean=False), holes),
    "standardize, not scaled": applied(StandardScaler(with_std=False), holes),
    "minMax": applied(MinMaxScaler(), holes),
    "minMax -2 3 clipped": applied(MinMaxScaler(feature_range=(-2, 3), clip=True), holes),
    "robustScale": applied(RobustScaler(), holes),
    "robustScale 10 95": applied(RobustScaler(quantile_range=(10, 95)), holes),
    "impute mean": applied(SimpleImputer(strategy="mean", keep_empty_features=True), holes),
    "impute median": applied(SimpleImputer(strategy="median", keep_empty_features=True), holes),
    "impute mostFrequent": applied(SimpleImputer(strategy="most_frequent"), repeated),
    "impute constant": applied(SimpleImputer(strategy="constant", fill_value=-7.5, keep_empty_features=True), holes),
    "impute mean indicator": applied(SimpleImputer(strategy="mean", add_indicator=True, keep_empty_features=True), holes),
    "impute words": [row[0] for row in applied(SimpleImputer(strategy="most_frequent", missing_values=None), categories[:, :1])],
    "oneHot": applied(OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
    "oneHot first": applied(OneHotEncoder(handle_unknown="ignore", drop="first", sparse_output=False), categories),
    "oneHot binary": applied(OneHotEncoder(handle_unknown="ignore", drop="if_binary", sparse_output=False), categories),
    "ordinal": applied(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), levels(sizes, "none")),
    "pca": signed(PCA(), numbers[:, :4], trained),
    "pca 2 whitened": signed(PCA(2, whiten=True), numbers[:, :4], trained),
    "pca 0.9": signed(PCA(0.9, svd_solver="full"), StandardScaler().fit(numbers[:trained]).transform(numbers), trained),
    "pca wide": signed(PCA(6), wide, 10),
    "varianceThreshold": applied(VarianceThreshold(), numbers),
    "varianceThreshold 1": applied(VarianceThreshold(1.0), holes[:, :5]),
    "selectKBest anovaF": applied(SelectKBest(f_classif, k=3), numbers, classes),
}
scores = {
    "anovaF": f_classif(numbers[:trained, :4], classes[:trained])[0].tolist(),
    "mutualInformation 3": mutual_info_classif(numbers[:trained, :4], classes[:trained], random_state=0).tolist(),
    "mutualInformation 5": mutual_info_classif(numbers[:trained, :4], classes[:trained], n_neighbors=5, random_state=0).tolist(),
    "regressionF": f_regression(numbers[:trained, 1:4], numbers[:trained, 0])[0].tolist(),
    "numberInformation 3": mutual_info_regression(numbers[:trained, 1:4], numbers[:trained, 3], random_state=0).tolist(),
    "numberInformation 5": mutual_info_regression(numbers[:trained, 1:4], numbers[:trained, 3], n_neighbors=5, random_state=0).tolist(),
}
print(
    json.dumps(
        {
            "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
            "trained": trained,
            "classes": classes.tolist(),
            "numbers": listed(numbers),
            "holes": listed(holes),
            "repeated": listed(repeated),
            "categories": listed(categories),
            "wide": listed(wide),
            "cases": cases,
            "scores": scores,
        },
        separators=(",", ":"),
    )
)
