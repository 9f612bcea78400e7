import { accuracy, balancedAccuracy, csv, defineStudy, float, stratifiedKFold, svm, tpe } from "hpo";

/**
 * How good is the search itself? Five more searches of the same declaration, each on four fifths of the rows, choose a configuration that is judged on the
 * fifth they never saw: `nested` beside `best` and `fair`, with what each of them chose (`hpo show wine-nested`).
 */
export default defineStudy({
  name: "wine-nested",
  data: csv("data/wine.csv.gz", { target: "y", scale: "min-max" }),
  space: { gamma: float(1e-3, 10, { log: true }), C: float(0.1, 1000, { log: true }) },
  model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
  cv: stratifiedKFold({ folds: 5 }),
  metrics: { accuracy: accuracy(), balanced: balancedAccuracy() },
  sampler: tpe(),
  trials: 20,
  nested: { outer: stratifiedKFold({ folds: 5 }) },
});
