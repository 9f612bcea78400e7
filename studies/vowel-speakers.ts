import { accuracy, balancedAccuracy, csv, defineStudy, leaveOneGroupOut, svm, values } from "hpo";

/**
 * How well are vowels told of a speaker who was never heard before? Each of the 15 speakers is left out in turn. Rows of one speaker resemble each other: with
 * folds that mix them (`stratifiedKFold({ folds: 10 })` in place of `leaveOneGroupOut()`) the best of these cells reaches 99 %, and picks parameters for speakers
 * that are known.
 */
export default defineStudy({
  name: "vowel-speakers",
  data: csv("data/vowel.csv.gz", { target: "y", group: "V1" }),
  space: { gamma: values([0.03, 0.1, 0.3, 1]), C: values([0.3, 1, 3, 10, 100]) },
  model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
  cv: leaveOneGroupOut(),
  metrics: { accuracy: accuracy(), balanced: balancedAccuracy() },
});
