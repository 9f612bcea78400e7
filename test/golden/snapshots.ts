import type { StudySnapshot, TrialSnapshot } from "#hpo/core/snapshot";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { spaceJson } from "#hpo/space/space-json";
import { values } from "#hpo/space/values";

/** Snapshots made by hand: what reports are given, without an engine. */

const environment = { node: "v20.20.2", os: "linux x64", packages: { hpo: "0.1.0", "better-sqlite3": "12.11.1" }, commit: "0f1e2d3" };
const codeHash = "c0de".repeat(16);

export function trialSnapshot(number: number, params: TrialSnapshot["params"], values: Readonly<Record<string, number>>): TrialSnapshot {
  return {
    number,
    group: 0,
    state: "complete",
    params,
    by: "grid",
    why: "",
    parent: null,
    note: null,
    repeat: 0,
    repeatOf: null,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, standardError: 0.0031, pooled: value }])),
    correct: null,
    testRows: 0,
    folds: 10,
    startedAt: "2026-01-31T12:00:00.000Z",
    endedAt: "2026-01-31T12:00:03.000Z",
    wallSeconds: 0.1 + 0.013 * number,
    cpuSeconds: 0.09 + 0.013 * number,
    incident: null,
  };
}

export function snapshotOf(name: string, changes: Partial<StudySnapshot>): StudySnapshot {
  return {
    name,
    estimate: null,
    createdAt: "2026-01-31T12:00:00.000Z",
    declaration: {
      space: [],
      cv: null,
      metrics: null,
      objectives: null,
      sampler: null,
      pruner: null,
      seed: 0,
      lookahead: 1,
      data: null,
    },
    description: {
      metrics: [{ name: "accuracy", direction: "maximize", unit: "fraction" }],
      objectives: [{ metric: "accuracy", direction: "maximize" }],
      sampler: "grid",
      data: null,
      cv: null,
    },
    codeHash,
    state: "complete",
    trials: [],
    runs: [
      {
        id: "run-1",
        startedAt: "2026-01-31T12:00:00.000Z",
        endedAt: "2026-01-31T12:00:03.000Z",
        state: "complete",
        wallSeconds: 3.1,
        workers: 2,
        codeHash,
        environment,
        end: { by: "trials", reason: "all 25 trials are done" },
        notes: [],
      },
    ],
    attempts: [],
    shared: [],
    fits: 0,
    identicalFits: 0,
    counts: {},
    warnings: [],
    wallSeconds: 3.1,
    cpuSeconds: 5.6,
    database: "/home/ada/satellite/.hpo/hpo.sqlite",
    ...changes,
  };
}

const gammas = [2, 4, 8, 16, 32];
const costs = [1, 10, 100, 1000, 10000];
/** Rows right of 6435, as LIBSVM has them (test/oracle/svm_libsvm_satellite.csv). */
const correct = [
  5843, 5912, 5900, 5863, 5863, 5886, 5948, 5911, 5908, 5908, 5912, 5938, 5932, 5932, 5932, 5859, 5891, 5890, 5890, 5890, 5267, 5349, 5349,
  5349, 5349,
];

/** The γ/C table of the Landsat study. */
export const landsat: StudySnapshot = snapshotOf("landsat-svm", {
  estimate: {
    metric: "accuracy",
    trial: 6,
    candidates: 25,
    value: 0.92261,
    low: 0.91402,
    high: 0.93147,
    resamples: 621,
    adaptive: false,
    why: null,
  },
  declaration: {
    space: spaceJson({ gamma: values(gammas), C: values(costs) }),
    cv: { name: "predefined" },
    metrics: null,
    objectives: null,
    sampler: { name: "grid" },
    pruner: null,
    seed: 0,
    lookahead: 1,
    data: "5a7e".repeat(16),
  },
  description: {
    metrics: [
      { name: "accuracy", direction: "maximize", unit: "fraction" },
      { name: "macroF1", direction: "maximize", unit: "fraction" },
    ],
    objectives: [{ metric: "accuracy", direction: "maximize" }],
    sampler: "grid",
    data: {
      name: "landsat.csv.gz",
      rows: 6435,
      features: 36,
      classes: ["red soil", "cotton crop", "grey soil", "damp grey soil", "vegetation stubble", "very damp grey soil"],
      scaling: "min-max",
    },
    cv: { label: "10-fold stratified", folds: 10 },
  },
  trials: gammas.flatMap((gamma, i) =>
    costs.map((C, j) => {
      const number = i * 5 + j;
      const right = correct[number] as number;
      return {
        ...trialSnapshot(number, { gamma, C }, { accuracy: right / 6435, macroF1: right / 6435 - 0.021 }),
        correct: right,
        testRows: 6435,
      };
    }),
  ),
  fits: 250,
  identicalFits: 137,
  counts: { solves: 3750, skipped: 2055, iterations: 812345 },
  shared: [
    { group: 0, label: "distances", uses: 25, wallSeconds: 0.41, cpuSeconds: 0.4 },
    { group: 0, label: "γ=2 · pair 1–4", uses: 5, wallSeconds: 0.12, cpuSeconds: 0.12 },
  ],
});

/** The same study half done: failed, waiting and pruned trials, a warning, a failed attempt, an aborted run. */
export const unfinished: StudySnapshot = {
  ...landsat,
  name: "landsat-unfinished",
  estimate: null,
  state: "stopped",
  trials: landsat.trials.slice(0, 14).map((trial): TrialSnapshot => {
    if (trial.number === 3)
      return { ...trial, state: "failed", values: {}, incident: "The task ran longer than its 30 s (timeoutSeconds) and was cut off." };
    if (trial.number === 8) return { ...trial, state: "pruned", values: {}, incident: "worse than the best after 3 folds" };
    return trial.number < 12 ? trial : { ...trial, state: "waiting", values: {}, startedAt: null, endedAt: null, wallSeconds: 0 };
  }),
  attempts: [
    {
      task: "trial-3/fold-2",
      trials: [3],
      attempt: 1,
      incident: { kind: "timeout", message: "It ran longer than its 30 s and was cut off.", code: null, stack: null },
      wallSeconds: 30,
      codeHash,
      endedAt: "2026-01-31T12:00:40.000Z",
    },
  ],
  runs: [
    ...landsat.runs,
    {
      ...(landsat.runs[0] as StudySnapshot["runs"][number]),
      id: "run-2",
      endedAt: null,
      state: null,
      end: null,
      notes: ["distances kept: 166 MB; 20 MB a worker"],
    },
  ],
  fits: 100,
  warnings: ["γ=32 C=10000: 2 solves reached the iteration limit."],
  cpuSeconds: null,
};

/** One parameter, a number to be made small. */
export const regression: StudySnapshot = snapshotOf("bikes-ridge", {
  declaration: { ...landsat.declaration, space: spaceJson({ lambda: values([0.001, 0.1, 10, 1000]) }) },
  description: {
    metrics: [
      { name: "rmse", direction: "minimize", unit: "number" },
      { name: "r2", direction: "maximize", unit: "number" },
    ],
    objectives: [{ metric: "rmse", direction: "minimize" }],
    sampler: "grid",
    data: { name: "bikes.csv", rows: 17379, features: 12, classes: null, scaling: "none" },
    cv: { label: "5-fold", folds: 5 },
  },
  trials: [0.001, 0.1, 10, 1000].map((lambda, i) =>
    trialSnapshot(i, { lambda }, { rmse: [141.87, 141.6543, 141.9, Number.NaN][i] as number, r2: 0.38 - i / 100 }),
  ),
  fits: 20,
});

/** A random search over branches, two objectives, no data. */
export const branches: StudySnapshot = snapshotOf("kernel-search", {
  declaration: {
    ...landsat.declaration,
    data: null,
    space: spaceJson({
      kernel: choice({ linear: {}, rbf: { gamma: float(0.0001, 10, { log: true }) } }),
      depth: int(1, 4),
    }),
  },
  description: {
    metrics: [
      { name: "loss", direction: "minimize", unit: "number" },
      { name: "seconds", direction: "minimize", unit: "number" },
    ],
    objectives: [
      { metric: "loss", direction: "minimize" },
      { metric: "seconds", direction: "minimize" },
    ],
    sampler: "random",
    data: null,
    cv: null,
  },
  trials: [0, 1, 2, 3, 4, 5].map((number) => ({
    ...trialSnapshot(
      number,
      number % 2 === 0 ? { kernel: "linear", depth: 1 + (number % 4) } : { kernel: "rbf", gamma: 0.00123456789 * 7 ** number, depth: 2 },
      { loss: [0.31, 0.22, 0.35, 0.22, 0.4, 0.19][number] as number, seconds: [1, 4, 2, 3, 0.5, 9][number] as number },
    ),
    by: "random",
    folds: 1,
  })),
});

/** Declared, and nothing more. */
export const empty: StudySnapshot = snapshotOf("nothing-yet", {
  declaration: landsat.declaration,
  description: landsat.description,
  state: "new",
  runs: [],
  wallSeconds: 0,
  cpuSeconds: null,
});
