"""Out-of-fold predictions and scores by class of scikit-learn, for test/validation/diagnostics.test.ts.

Made with scikit-learn 1.2.1:  /usr/bin/python3 test/oracle/cross_val_predict_oracle.py > test/oracle/cross_val_predict_oracle.json
"""
import json

import numpy as np
from sklearn.datasets import load_iris
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.svm import SVC

features, target = load_iris(return_X_y=True)
folds = np.arange(150) % 5
predicted = cross_val_predict(SVC(C=10, gamma=0.25), features, target, cv=PredefinedSplit(folds))
precision, recall, f1, support = precision_recall_fscore_support(target, predicted)
print(json.dumps({"features": features.tolist(), "target": target.tolist(), "folds": folds.tolist(), "predicted": predicted.tolist(),
                  "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist()}))
