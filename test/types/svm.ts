import { accuracy, choice, defineStudy, type Estimator, float, inMemory, int, kFold, svm, values } from "hpo";

/** Checked by `tsc` alone; nothing here runs. */

/** An option that a kernel does not have can't be written. */
export function options(): readonly Estimator[] {
  return [
    svm({ kernel: "rbf", C: 1 }),
    svm({ kernel: "rbf", C: 1, gamma: "scale" }),
    svm({ kernel: "linear", C: 1, tolerance: 1e-4 }),
    svm({ kernel: "poly", C: 1, degree: 2, coef0: 1, gamma: 0.5 }),
    svm({ kernel: "sigmoid", C: 1, coef0: -1 }),
    svm({ kernel: "precomputed", C: 1, classWeight: { yes: 2, no: 1 } }),
    svm({ kernel: "rbf", C: 1, classWeight: "balanced" }),
    // @ts-expect-error degree belongs to "poly"
    svm({ kernel: "rbf", C: 1, degree: 3 }),
    // @ts-expect-error coef0 belongs to "poly" and "sigmoid"
    svm({ kernel: "rbf", C: 1, coef0: 1 }),
    // @ts-expect-error a linear kernel has no γ
    svm({ kernel: "linear", C: 1, gamma: 1 }),
    // @ts-expect-error degree belongs to "poly"
    svm({ kernel: "sigmoid", C: 1, degree: 2 }),
    // @ts-expect-error a precomputed kernel has no γ
    svm({ kernel: "precomputed", C: 1, gamma: 1 }),
    // @ts-expect-error there is no such kernel
    svm({ kernel: "polynomial", C: 1 }),
    // @ts-expect-error C is needed
    svm({ kernel: "poly" }),
    // @ts-expect-error a class weight is a number
    svm({ kernel: "rbf", C: 1, classWeight: { yes: "2" } }),
    // @ts-expect-error class weights are "balanced" or by label
    svm({ kernel: "rbf", C: 1, classWeight: "even" }),
  ];
}

const data = inMemory({ name: "two", features: [[0], [1]], target: ["a", "b"] });
const rest = { data, cv: kFold({ folds: 2 }), metrics: { accuracy: accuracy() } };
const gamma = float(1e-4, 10, { log: true });

/** A space whose branches are the kernels is the options of `svm`, as a whole … */
defineStudy({
  name: "kernels",
  space: {
    kernel: choice({
      rbf: { gamma },
      linear: {},
      poly: { gamma, degree: values([2, 3, 4]), coef0: float(0, 1) },
      sigmoid: { gamma, coef0: float(-1, 1) },
    }),
    C: float(1e-2, 1e4, { log: true }),
  },
  model: (params) => svm(params),
  ...rest,
});

/** … spread, with more options … */
defineStudy({
  name: "kernels, spread",
  space: { kernel: choice({ rbf: { gamma }, poly: { degree: int(2, 4) } }), C: values([1, 10]) },
  model: (params) => svm({ ...params, tolerance: 1e-4, classWeight: "balanced" }),
  ...rest,
});

/** … or by name: what all branches have, and what one of them has after narrowing. */
defineStudy({
  name: "kernels, by name",
  space: { kernel: choice({ rbf: { gamma }, poly: { gamma, degree: values([2, 3]) } }), C: values([1, 10]) },
  model: (params) =>
    params.C > 1
      ? svm({ kernel: params.kernel, gamma: params.gamma, C: params.C })
      : params.kernel === "poly"
        ? svm({ kernel: params.kernel, gamma: params.gamma, degree: params.degree, C: params.C })
        : svm({ kernel: params.kernel, gamma: params.gamma, C: params.C }),
  ...rest,
});

/** A list of kernels without branches, where every option is one that all of them have. */
defineStudy({
  name: "kernels, listed",
  space: { kernel: choice(["rbf", "poly", "sigmoid"]), gamma, C: values([1, 10]) },
  model: ({ kernel, gamma: width, C }) => svm({ kernel, gamma: width, C }),
  ...rest,
});

defineStudy({
  name: "a branch with an option of another kernel",
  space: { kernel: choice({ rbf: { gamma }, poly: { degree: values([2, 3]) } }), C: values([1, 10]) },
  // @ts-expect-error degree is not there for every kernel
  model: (params) => svm({ kernel: params.kernel, degree: params.degree, C: params.C }),
  ...rest,
});

defineStudy({
  name: "an option that the linear kernel does not have",
  space: { kernel: choice(["rbf", "linear"]), gamma, C: values([1, 10]) },
  // @ts-expect-error the linear kernel has no γ
  model: (params) => svm({ kernel: params.kernel, gamma: params.gamma, C: params.C }),
  ...rest,
});
