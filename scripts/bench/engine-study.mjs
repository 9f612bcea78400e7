import { accuracy, csv, defineStudy, grid, stratifiedKFold, values } from "hpo";

/** Predicts the class that most of the training rows have, whatever `number` is: scikit-learn's DummyClassifier. */
function dummy(number) {
  return {
    name: "dummy",
    task: "classification",
    traits: { gives: ["labels"], missing: true, categories: true, weights: false },
    options: { number },
    fit: ({ rows, target }) => Promise.resolve(mostFrequent(rows, target)),
  };
}

function mostFrequent(rows, { codes, classes }) {
  const counts = new Uint32Array(classes.length);
  for (const row of rows) counts[codes[row]]++;
  const most = counts.indexOf(Math.max(...counts));
  return {
    predict: ({ rows: asked }) => new Float64Array(asked.length).fill(most),
    toJSON: () => ({ most }),
    dispose: () => undefined,
  };
}

/** 1000 configurations that cost next to nothing, ten folds of iris, each configuration a trial of its own. */
export default defineStudy({
  name: "engine",
  data: csv("../../studies/data/iris.csv.gz", { target: "y" }),
  space: { number: values(Array.from({ length: 1000 }, (_, i) => i)) },
  sampler: grid(),
  model: ({ number }) => dummy(number),
  cv: stratifiedKFold({ folds: 10 }),
  metrics: { accuracy: accuracy() },
});
