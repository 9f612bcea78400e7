// The table of svm-table as a study, to be run with one and with two workers. SVM_TABLE holds its file and left-out columns.
import { accuracy, csv, defineStudy, grid, stratifiedKFold, svm, values } from "hpo";

const { file, left } = JSON.parse(process.env["SVM_TABLE"] ?? "{}") as { file: string; left: string[] };

export default defineStudy({
  name: "svm-table",
  data: csv(file, { target: "y", ignore: left, scale: "min-max" }),
  model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
  cv: stratifiedKFold({ folds: 10 }),
  metrics: { accuracy: accuracy() },
  space: { gamma: values([2, 4, 8, 16, 32]), C: values([1, 10, 100, 1000, 10000]) },
  sampler: grid(),
});
