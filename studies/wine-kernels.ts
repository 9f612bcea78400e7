import { accuracy, balancedAccuracy, choice, csv, defineStudy, float, random, stratifiedKFold, svm } from "hpo";

/** Which kernel suits the wine data? `gamma` exists only where the kernel is RBF, and the types know it. */
export default defineStudy({
  name: "wine-kernels",
  data: csv("data/wine.csv.gz", { target: "y", scale: "min-max" }),
  space: {
    kernel: choice({ linear: {}, rbf: { gamma: float(0.01, 10, { log: true }) } }),
    C: float(0.1, 1000, { log: true }),
  },
  model: (params) =>
    params.kernel === "rbf" ? svm({ kernel: "rbf", gamma: params.gamma, C: params.C }) : svm({ kernel: "linear", C: params.C }),
  cv: stratifiedKFold({ folds: 5 }),
  metrics: { accuracy: accuracy(), balanced: balancedAccuracy() },
  sampler: random(),
  trials: 40,
});
