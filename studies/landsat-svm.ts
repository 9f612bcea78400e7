import { accuracy, csv, defineStudy, grid, predefined, svm, values } from "hpo";

/**
 * The γ/C table of the published piSVM experiments, on the Statlog Landsat data: 25 RBF support-vector machines,
 * each judged by stratified 10-fold cross-validation on fixed folds.
 */
export default defineStudy({
  name: "landsat-svm",
  data: csv("data/landsat.csv.gz", {
    target: "y",
    ignore: ["split"],
    scale: "min-max",
    fold: { file: "data/landsat-folds.csv.gz", column: "fold" },
  }),
  model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
  cv: predefined({ label: "10-fold stratified" }),
  metrics: { accuracy: accuracy() },
  space: { gamma: values([2, 4, 8, 16, 32]), C: values([1, 10, 100, 1000, 10000]) },
  sampler: grid(),
});
