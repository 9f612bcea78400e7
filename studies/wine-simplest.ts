import { accuracy, choice, csv, defineStudy, grid, stratifiedKFold, svm, values } from "hpo";

/**
 * Is the best of a table better than the rest, or luckier? Twelve configurations on the same ten folds; reported is the simplest that the folds
 * can't tell from the best. Then ask about any two: `hpo compare wine-simplest --trials 0,7`, or `--trials 0,10`.
 */
export default defineStudy({
  name: "wine-simplest",
  data: csv("data/wine.csv.gz", { target: "y", scale: "min-max" }),
  space: {
    kernel: choice({ linear: {}, rbf: { gamma: values([0.01, 1, 8]) } }),
    C: values([0.1, 1, 10]),
  },
  model: (params) =>
    params.kernel === "rbf" ? svm({ kernel: "rbf", gamma: params.gamma, C: params.C }) : svm({ kernel: "linear", C: params.C }),
  cv: stratifiedKFold({ folds: 10 }),
  metrics: { accuracy: accuracy() },
  sampler: grid(),
  select: "simplest-within-one-se",
  simplicity: [
    { parameter: "kernel", simpler: ["linear", "rbf"] },
    { parameter: "C", simpler: "smaller" },
  ],
});
