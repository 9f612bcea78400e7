import { accuracy, choice, defineStudy, float, inMemory, int, kFold, type Params, type StudySpec, svm, values } from "hpo";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<_T extends true>(): void {}

/** A model sees exact literals, and the parameters of a branch only where the branch is chosen. */
const study = defineStudy({
  name: "typed",
  data: inMemory({ name: "two", features: [[0], [1]], target: ["a", "b"] }),
  space: {
    kernel: choice({ linear: {}, rbf: { gamma: float(0.1, 1) } }),
    C: values([1, 10]),
    rounds: int(1, 3),
  },
  model: (params) => {
    expectType<Equal<typeof params.kernel, "linear" | "rbf">>();
    expectType<Equal<typeof params.C, 1 | 10>>();
    expectType<Equal<typeof params.rounds, number>>();
    // @ts-expect-error gamma exists only where the kernel is "rbf"
    void params.gamma;
    // @ts-expect-error there is no such parameter
    void params.gama;
    // @ts-expect-error there is no such kernel
    void (params.kernel === "poly");
    if (params.kernel === "rbf") return svm({ kernel: "rbf", gamma: params.gamma, C: params.C });
    return svm({ kernel: "linear", C: params.C });
  },
  cv: kFold({ folds: 2 }),
  metrics: { accuracy: accuracy() },
});
expectType<Equal<typeof study, StudySpec>>();

/** What is simpler is typed by the space: sizes of numbers only, else lists of its own values. */
const model = {
  data: inMemory({ name: "two", features: [[0], [1]], target: ["a", "b"] }),
  cv: kFold({ folds: 2 }),
  metrics: { accuracy: accuracy() },
};
defineStudy({
  ...model,
  name: "simplest",
  space: { kernel: choice({ linear: {}, rbf: { gamma: float(0.1, 1) } }), C: values([1, 10]) },
  model: ({ C }) => svm({ kernel: "linear", C }),
  select: "simplest-within-one-se",
  simplicity: [
    { parameter: "kernel", simpler: ["linear", "rbf"] },
    { parameter: "gamma", simpler: "smaller" },
    { parameter: "C", simpler: "larger" },
    // @ts-expect-error a name has no size
    { parameter: "kernel", simpler: "smaller" },
    // @ts-expect-error there is no such kernel
    { parameter: "kernel", simpler: ["linear", "poly"] },
    // @ts-expect-error there is no such parameter
    { parameter: "gama", simpler: "smaller" },
  ],
});

/** An objective sees the same. */
defineStudy({
  name: "objective",
  space: { x: float(0, 1), mode: choice(["fast", "slow"]) },
  objective: async ({ params, number, seed, signal, checkpoint }) => {
    expectType<Equal<ReturnType<typeof checkpoint.read>, Uint8Array | undefined>>();
    // @ts-expect-error bytes, not text
    void (() => checkpoint.write("state"));
    expectType<Equal<typeof params, { readonly x: number; readonly mode: "fast" | "slow" }>>();
    expectType<Equal<typeof number, number>>();
    expectType<Equal<typeof seed, number>>();
    expectType<Equal<typeof signal, AbortSignal>>();
    return params.x;
  },
  metrics: { loss: "minimize" },
  trials: 3,
});

/** Gradients are keyed by the floats of the space, those of branches too. */
defineStudy({
  name: "gradients",
  space: { x: float(0, 1), n: int(1, 3), kind: choice({ plain: {}, raised: { by: float(0, 1) } }) },
  objective: ({ params }) =>
    params.kind === "raised" ? { value: params.by, gradient: { x: 1, by: 1 } } : { value: params.x, gradient: { x: 1 } },
  trials: 3,
});
defineStudy({
  name: "gradients of metrics",
  space: { x: float(0, 1) },
  metrics: { loss: "minimize", seconds: "minimize" },
  objective: async ({ params }) => ({ loss: { value: params.x, gradient: { x: 1 } }, seconds: 3 }),
  trials: 3,
});

/** What a study can't be. */
export function refused(): void {
  // @ts-expect-error an objective returns numbers
  defineStudy({ name: "text", space: {}, objective: () => "good" });
  // @ts-expect-error there is no such float
  defineStudy({ name: "gradient", space: { x: float(0, 1) }, objective: () => ({ value: 1, gradient: { y: 1 } }), trials: 3 });
  const mixed = { x: float(0, 1), n: int(1, 3) };
  // @ts-expect-error an integer has no derivative
  defineStudy({ name: "gradient", space: mixed, objective: () => ({ value: 1, gradient: { n: 1 } }), trials: 3 });
  // @ts-expect-error a direction is "minimize" or "maximize"
  defineStudy({ name: "direction", space: {}, objective: () => 1, metrics: { loss: "down" } });
  // @ts-expect-error a study has a name
  defineStudy({ space: {}, objective: () => 1 });
  // @ts-expect-error there is no such option
  defineStudy({ name: "typo", space: {}, objective: () => 1, trails: 3 });
}

/** A space that is not known when it is compiled gives plain parameters. */
export function untyped(space: Record<string, ReturnType<typeof float>>): StudySpec {
  return defineStudy({
    name: "untyped",
    space,
    objective: ({ params }) => {
      expectType<Equal<typeof params, Params>>();
      return 0;
    },
  });
}

const branching = {
  kernel: choice({ linear: {}, rbf: { gamma: float(0.1, 1) } }),
  C: values([1, 10]),
  rounds: int(1, 3),
};

/** Rules and points know the space. */
defineStudy({
  name: "ruled",
  space: branching,
  objective: () => 1,
  forbid: [
    { kernel: "rbf", C: 10 },
    { kernel: ["linear", "rbf"], gamma: { min: 0.5 } },
  ],
  limits: [
    { sum: { gamma: 1, rounds: 2 }, max: 4 },
    { sum: { C: 1 }, min: 0 },
  ],
  enqueue: [{ kernel: "rbf", gamma: 0.2, C: 1, rounds: 1 }, { C: 10 }, {}],
});

export function refusedRules(): void {
  const study = { name: "ruled", space: branching, objective: () => 1 };
  // @ts-expect-error there is no such parameter
  defineStudy({ ...study, forbid: [{ kernal: "rbf" }] });
  // @ts-expect-error there is no such kernel
  defineStudy({ ...study, forbid: [{ kernel: "poly" }] });
  // @ts-expect-error there is no such value
  defineStudy({ ...study, forbid: [{ C: [1, 2] }] });
  // @ts-expect-error a kernel has no order
  defineStudy({ ...study, forbid: [{ kernel: { min: 1 } }] });
  // @ts-expect-error a kernel is no number
  defineStudy({ ...study, limits: [{ sum: { kernel: 1 }, max: 1 }] });
  // @ts-expect-error there is no such parameter
  defineStudy({ ...study, limits: [{ sum: { gama: 1 }, max: 1 }] });
  // @ts-expect-error a limit has a sum
  defineStudy({ ...study, limits: [{ max: 1 }] });
  // @ts-expect-error there is no such value
  defineStudy({ ...study, enqueue: [{ C: 2 }] });
  // @ts-expect-error there is no such parameter
  defineStudy({ ...study, enqueue: [{ D: 1 }] });
  // @ts-expect-error gamma exists only where the kernel is "rbf"
  defineStudy({ ...study, enqueue: [{ kernel: "linear", gamma: 0.2 }] });
}

/** Constraints know the metrics. */
export function bounded(): void {
  const study = {
    name: "bounded",
    space: {},
    objective: () => ({ loss: 1, latency: 2 }),
    metrics: { loss: "minimize", latency: "minimize" },
  } as const;
  defineStudy({ ...study, constraints: { latency: { max: 0.2 }, loss: { min: 0 } } });
  // @ts-expect-error there is no such metric
  defineStudy({ ...study, constraints: { latancy: { max: 0.2 } } });
  // @ts-expect-error a bound is a number
  defineStudy({ ...study, constraints: { latency: { max: "0.2" } } });
  // @ts-expect-error there is no such end
  defineStudy({ ...study, constraints: { latency: { most: 0.2 } } });
}
