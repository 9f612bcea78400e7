import fc from "fast-check";
import * as hpo from "hpo";
import { HpoError, type Json, loadModel } from "hpo";
import { oddJson } from "./odd-values.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";
import { asJson, changedTree, treeChange, type TreeChange } from "./tree-changes.ts";

interface ModelCase {
  readonly which: number;
  readonly changes: readonly TreeChange[];
  /** In place of all, where the file is no model at all. */
  readonly whole: unknown;
}

const rows = 24;
const cells = Array.from({ length: rows }, (_, row) => [row % 7, (row * 5) % 11, row % 3, ((row * row) % 13) / 4]);
const sum = ([x = 0, y = 0]: readonly number[]): number => x + y;
const classes = hpo.inMemory({
  name: "classes",
  features: cells,
  target: cells.map((row) => (sum(row) > 8 ? "a" : sum(row) > 4 ? "b" : "c")),
});
const numbers = hpo.inMemory({ name: "numbers", features: cells, target: cells.map(sum) });
const mixed = hpo.inMemory({
  name: "mixed",
  features: cells.map(([x = 0], at) => [at % 5 === 0 ? null : x, ["p", "q", "r"][at % 3] as string, ["u", "v"][at % 2] as string]),
  categories: ["x2", "x3"],
  target: cells.map((row) => (sum(row) > 6 ? "a" : "b")),
});

type Data = ReturnType<typeof hpo.inMemory>;

async function saved(data: Data, model: () => hpo.Estimator): Promise<string> {
  const metrics: Record<string, hpo.Metric> = data === numbers ? { mse: hpo.mse() } : { accuracy: hpo.accuracy() };
  const spec = hpo.defineStudy({
    name: "m",
    space: { x: hpo.choice([1, 2]) },
    trials: 1,
    data,
    model,
    cv: hpo.kFold({ folds: 2 }),
    metrics,
  });
  const study = await hpo.openStudy(spec, { database: ":memory:" });
  try {
    await study.run({ workers: 1 });
    return JSON.stringify((await study.model()).json);
  } finally {
    await study.close();
  }
}

const linear = (): hpo.SvmEstimator => hpo.svm({ kernel: "linear", C: 1 });

/** One of each kind of model and of step that can be saved. */
async function everyModel(): Promise<readonly { readonly text: string; readonly data: Data }[]> {
  const made: (readonly [Data, () => hpo.Estimator])[] = [
    [classes, () => hpo.svm({ kernel: "rbf", C: 1, gamma: 0.5 })],
    [classes, linear],
    [classes, () => hpo.svm({ kernel: "poly", C: 1, degree: 2 })],
    [numbers, () => hpo.svr({ kernel: "rbf", C: 1, gamma: 0.5, epsilon: 0.1 })],
    [numbers, () => hpo.pipeline(hpo.standardize(), hpo.svr({ kernel: "linear", C: 1, epsilon: 0.1 }))],
    [mixed, () => hpo.pipeline(hpo.impute(), hpo.oneHot(), hpo.standardize(), linear())],
    [mixed, () => hpo.pipeline(hpo.impute(), hpo.ordinal(), linear())],
    [classes, () => hpo.pipeline(hpo.minMax(), hpo.pca({ components: 2 }), linear())],
    [classes, () => hpo.pipeline(hpo.robustScale(), hpo.varianceThreshold(), linear())],
    [classes, () => hpo.pipeline(hpo.selectKBest({ k: 2 }), hpo.subsample(), linear())],
    [classes, () => hpo.pipeline(hpo.oversample(), linear())],
    [
      mixed,
      () =>
        hpo.tunedThreshold(hpo.pipeline(hpo.impute(), hpo.ordinal(), linear()), { metric: hpo.accuracy(), cv: hpo.kFold({ folds: 2 }) }),
    ],
    [classes, () => hpo.pipeline(hpo.smote({ neighbours: 1 }), linear())],
  ];
  const texts = [];
  for (const [data, model] of made) texts.push({ text: await saved(data, model), data });
  return texts;
}

let models: Awaited<ReturnType<typeof everyModel>> | undefined;

export const modelTarget: FuzzTarget<ModelCase> = {
  name: "loadModel",
  leastAccepted: 0.2,
  refusals: [
    "must be an object with",
    "must be present; got nothing",
    "there is no member",
    "kind must be one of",
    "version must be one of",
    "numbers (little-endian",
    "a finite number",
    "an integer",
    "must be a list",
    "must be finite numbers",
    "in the pipeline's model",
    "that transforms[",
    "that the last transform gives",
  ],
  fromCorpus: (bytes) => ({ which: 0, changes: [], whole: JSON.parse(bytes.toString()) }),
  cases: fc.record({
    which: fc.nat(),
    changes: fc.array(treeChange, { maxLength: 2 }),
    whole: fc.oneof({ weight: 50, arbitrary: fc.constant(undefined) }, oddJson),
  }),
  async read({ which, changes, whole }) {
    models ??= await everyModel();
    const { text, data } = models[which % models.length] as (typeof models)[number];
    let tree: unknown = whole === undefined ? JSON.parse(text) : whole;
    for (const change of changes) tree = changedTree(tree, change);
    const changed = asJson(tree);
    if (changed === undefined) return undefined;
    const model = loadModel(JSON.parse(changed) as Json);
    try {
      if (changed === text && JSON.stringify(model.toJSON()) !== text) throw new WrongAnswer("toJSON() of what was loaded is another");
      const set = {
        data: await data.load({ folder: "/", task: data === numbers ? "regression" : "classification" }),
        rows: Uint32Array.of(0, 5, 23),
      };
      const answers = model.predict(set);
      if (answers.length !== 3 || Array.from(answers).some((one) => Number.isNaN(one)))
        throw new WrongAnswer(`predicts ${answers.join(", ")}`);
    } catch (error) {
      // A model that was changed may have other columns than the data: it says so.
      if (changed === text || !(error instanceof HpoError)) throw error;
    } finally {
      model.dispose();
    }
    return undefined;
  },
};
