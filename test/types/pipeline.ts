import {
  accuracy,
  choice,
  defineStudy,
  type Estimator,
  float,
  inMemory,
  int,
  kFold,
  type ParamsOf,
  pca,
  pipeline,
  selectKBest,
  smote,
  standardize,
  svm,
  tuned,
  tunedPipeline,
  values,
} from "hpo";

/** Checked by `tsc` alone; nothing here runs. */

const machine = svm({ kernel: "rbf", C: 1 });

/** Transformers, then an estimator. */
export function pipelines(): readonly Estimator[] {
  return [
    pipeline(machine),
    pipeline(standardize(), pca({ components: 5 }), machine),
    pipeline({ scale: standardize(), balance: smote(), svm: machine }),
    pipeline(standardize(), pipeline(pca(), machine)),
    // @ts-expect-error the last step is an estimator
    pipeline(standardize(), pca()),
    // @ts-expect-error steps before the last are transformers
    pipeline(machine, standardize(), machine),
    // @ts-expect-error there is no such option
    pipeline(pca({ component: 5 }), machine),
    // @ts-expect-error k is needed
    pipeline(selectKBest({}), machine),
    // @ts-expect-error there is no such score
    pipeline(selectKBest({ k: 3, score: "chi2" }), machine),
  ];
}

const data = inMemory({ name: "two", features: [[0], [1]], target: ["a", "b"] });
const rest = { data, cv: kFold({ folds: 2 }), metrics: { accuracy: accuracy() } };

/** A pipeline of parameters, by hand … */
defineStudy({
  name: "by hand",
  space: { components: int(1, 5), C: float(0.1, 10, { log: true }) },
  model: (params) => pipeline(standardize(), pca({ components: params.components }), svm({ kernel: "rbf", C: params.C })),
  ...rest,
});

const steps = tunedPipeline({
  scale: standardize(),
  pca: tuned(pca, { components: int(2, 10), whiten: choice([true, false]) }),
  best: tuned(selectKBest, { k: values([1, 2]), score: "anovaF" }),
  svm: tuned(svm, { kernel: choice({ rbf: { gamma: float(1e-3, 10, { log: true }) }, linear: {} }), C: float(0.1, 10) }),
});

/** … or by steps: parameters are known by "step.option" … */
type Params = ParamsOf<(typeof steps)["space"]>;
export function read(params: Params): readonly (number | boolean)[] {
  const components: number = params["pca.components"];
  const whiten: boolean = params["pca.whiten"];
  const k: 1 | 2 = params["best.k"];
  const kernel: "rbf" | "linear" = params["svm.kernel"];
  // @ts-expect-error γ is there for the RBF kernel alone
  const gamma: number = params["svm.gamma"];
  // @ts-expect-error components belong to the step pca
  const typo: number = params["svm.components"];
  // @ts-expect-error what is fixed is no parameter
  const fixed: string = params["best.score"];
  return [components, whiten, k, kernel === "rbf", gamma, typo, fixed === "", params["svm.kernel"] === "rbf" ? params["svm.gamma"] : 0];
}

/** … in rules, too. */
defineStudy({ name: "by steps", ...steps, forbid: [{ "svm.kernel": "linear", "pca.components": { min: 8 } }], ...rest });
defineStudy({ name: "by steps", ...steps, enqueue: [{ "svm.C": 1 }], ...rest });
// @ts-expect-error there is no such parameter
defineStudy({ name: "by steps", ...steps, forbid: [{ "svm.D": 1 }], ...rest });
// @ts-expect-error components are numbers
defineStudy({ name: "by steps", ...steps, enqueue: [{ "pca.components": "all" }], ...rest });

/** Options are checked against the factory's. */
export function tunedSteps(): readonly unknown[] {
  return [
    tuned(svm, { kernel: "rbf", C: 1, gamma: float(1, 2) }),
    tuned(svm, { kernel: choice(["rbf", "poly"]), C: values([1, 10]), tolerance: 1e-4 }),
    // @ts-expect-error there is no such option
    tuned(pca, { component: int(2, 10) }),
    // @ts-expect-error components are numbers
    tuned(pca, { components: choice(["few", "many"]) }),
    // @ts-expect-error there is no such option
    tuned(pca, { components: int(2, 10), whitened: true }),
    // @ts-expect-error C is needed
    tuned(svm, { kernel: "rbf", gamma: float(1, 2) }),
    // @ts-expect-error the linear kernel has no γ
    tuned(svm, { kernel: "linear", C: 1, gamma: float(1, 2) }),
    // @ts-expect-error a branch with an option of another kernel
    tuned(svm, { kernel: choice({ rbf: {}, linear: { gamma: float(1, 2) } }), C: 1 }),
  ];
}
