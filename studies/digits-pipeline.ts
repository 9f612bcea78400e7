import { accuracy, csv, defineStudy, float, pca, standardize, stratifiedKFold, svm, tuned, tunedPipeline, values } from "hpo";

/**
 * How many principal components do the digits need? Scaling and components are fitted to the training rows of each fold, once for
 * all trials that agree on them: `hpo show digits-pipeline` counts them.
 */
export default defineStudy({
  name: "digits-pipeline",
  data: csv("data/digits.csv.gz", { target: "y" }),
  ...tunedPipeline({
    scale: standardize({ scale: false }),
    pca: tuned(pca, { components: values([5, 10, 20, 40]) }),
    svm: tuned(svm, { kernel: "rbf", C: float(0.1, 100, { log: true }), gamma: float(1e-4, 1e-1, { log: true }) }),
  }),
  cv: stratifiedKFold({ folds: 5 }),
  // Every fold of every trial, so that the counts tell what was shared.
  race: false,
  metrics: { accuracy: accuracy() },
  trials: 24,
});
