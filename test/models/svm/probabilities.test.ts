import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { crossValidate, accuracy, inMemory, logLoss, kFold } from "hpo";
import type { Answer, FoldPlan, SolveRequest, SolverProblem } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import { pairwiseCoupling } from "#hpo/models/svm/pairwise-coupling";
import { platt, plattProbability } from "#hpo/models/svm/platt";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { describeFoldSolverContract } from "../../contract/fold-solver-contract.ts";
import { runSolver } from "../../solver-run.ts";
import { type ClassTable, classTable, foldPlan, readTable } from "../../table-data.ts";
import { referenceSvm } from "./reference-svm.ts";

const studies = new URL("../../../studies/data/", import.meta.url).pathname;
const context = { rng: rng(0), signal: new AbortController().signal };

// scikit-learn's out-of-fold probabilities, mean of ten seeds, and the log loss of each seed.
const oracle = JSON.parse(readFileSync(new URL("../../oracle/svm_probability_tables_oracle.json", import.meta.url), "utf8")) as {
  readonly tables: readonly {
    readonly name: string;
    readonly gamma: number;
    readonly C: number;
    readonly rows: readonly number[];
    readonly probabilities: readonly number[];
    readonly losses: readonly number[];
  }[];
};

function valuesOf({ data }: ClassTable, row: number): number[] {
  if (data.features.kind !== "dense") throw new TypeError("dense");
  const { values, stride, width } = data.features;
  return [...values.subarray(row * stride, row * stride + width)];
}

function part(table: ClassTable, rows: readonly number[]): ClassTable {
  return classTable(
    rows.map((row) => valuesOf(table, row)),
    rows.map((row) => table.target.classes[table.target.codes[row] as number] as string),
  );
}

function problemOf({ data, target }: ClassTable, plan: FoldPlan, answer: Answer = "probabilities"): SolverProblem {
  return { data, target, plan, weights: null, answer };
}

function requestsOf(...options: readonly SvmOptions[]): SolveRequest[] {
  return options.map((one, index) => ({ index, options: svm(one).options }));
}

function probabilitiesOf(table: ClassTable, plan: FoldPlan, options: SvmOptions): Float64Array {
  const classes = table.target.classes.length;
  const all = new Float64Array(table.data.rows * classes);
  const { results } = runSolver(svmFoldSolver(problemOf(table, plan)), table.data, requestsOf(options));
  for (const { fold, scores } of results[0] ?? []) {
    for (const [at, row] of (plan.folds[fold]?.test ?? []).entries()) {
      all.set((scores as Float64Array).subarray(at * classes, (at + 1) * classes), row * classes);
    }
  }
  return all;
}

/** Overlapping clouds, one a class. */
function clouds(rows: number, classes: number, seed: number): ClassTable {
  const random = rng(seed);
  const labels = Array.from({ length: rows }, () => random.below(classes));
  return classTable(
    labels.map((label) => [label * 0.4 + 0.3 * random.normal(), Math.cos(label) + 0.3 * random.normal(), random.uniform()]),
    labels.map((label) => `c${label}`),
  );
}

const everyFifth = (rows: number): FoldPlan => foldPlan(Int32Array.from({ length: rows }, (_, row) => (7 * row) % 5));

describeFoldSolverContract("svm, probabilities, 4 classes", {
  create: svmFoldSolver,
  problem: () => problemOf(clouds(130, 4, 1), foldPlan(Int32Array.from({ length: 130 }, (_, row) => (row * row + row) % 3))),
  requests: requestsOf(
    ...[0.5, 8].flatMap((gamma) => [0.3, 1, 50, 1000].map((C) => ({ kernel: "rbf" as const, gamma, C }))),
    { kernel: "linear", C: 2 },
    { kernel: "rbf", gamma: 8, C: 50, tolerance: 1e-2 },
  ),
});

describeFoldSolverContract("svm, probabilities, 2 classes", {
  create: svmFoldSolver,
  problem: () => problemOf(clouds(80, 2, 3), everyFifth(80)),
  requests: requestsOf({ kernel: "rbf", gamma: 2, C: 1 }, { kernel: "rbf", gamma: 2, C: 30 }, { kernel: "linear", C: 20 }),
});

describe("probabilities of the svm", () => {
  for (const { name, gamma, C, rows, probabilities: expected, losses } of oracle.tables) {
    it(`are those of scikit-learn on ${name}, ${rows.length} rows, up to its random inner folds`, () => {
      const table = part(readTable(`${studies}${name}.csv.gz`, ["split"]), rows);
      const classes = table.target.classes.length;
      const found = probabilitiesOf(table, everyFifth(rows.length), { kernel: "rbf", gamma, C });
      expect(found.length).toBe(expected.length);
      const away = found.reduce((sum, value, at) => sum + Math.abs(value - (expected[at] as number)), 0) / found.length;
      const loss =
        [...table.target.codes].reduce((sum, code, row) => sum - Math.log(found[row * classes + code] as number), 0) / rows.length;
      const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
      const deviation = Math.sqrt(losses.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (losses.length - 1));
      expect(away).toBeLessThan(0.01);
      expect(Math.abs(loss - mean)).toBeLessThan(3 * deviation);
    });
  }

  it("are what the definition gives: held-out decisions, Platt's curve, coupling", () => {
    const table = clouds(48, 3, 9);
    const plan = foldPlan(Int32Array.from({ length: 48 }, (_, row) => row % 2));
    const [gamma, C, tolerance] = [1.5, 3, 1e-5];
    const found = probabilitiesOf(table, plan, { kernel: "rbf", gamma, C, tolerance });
    const x = [...Array(48).keys()].map((row) => valuesOf(table, row));
    const K = x.map((one) => x.map((two) => Math.exp(-gamma * one.reduce((sum, v, k) => sum + (v - (two[k] as number)) ** 2, 0))));
    const codes = table.target.codes;

    /** Decisions of rows by a machine trained on others, positive for class `a`. */
    const machine = (train: readonly number[], a: number): ((row: number) => number) => {
      const y = train.map((row) => (codes[row] === a ? 1 : -1));
      const kernel = train.map((i) => train.map((j) => K[i]?.[j] as number));
      const alpha = referenceSvm(kernel, y, { C, tolerance });
      const sum = (row: number): number => train.reduce((all, j, at) => all + (alpha[at] as number) * (K[row]?.[j] as number), 0);
      const free = train.filter((_, at) => Math.abs(alpha[at] as number) > 1e-9 && Math.abs(alpha[at] as number) < C - 1e-9);
      const offset = free.reduce((all, row) => all + (codes[row] === a ? 1 : -1) - sum(row), 0) / free.length;
      return (row) => sum(row) + offset;
    };
    const away: number[] = [];
    for (const { train, test } of plan.folds) {
      const r = new Map<number, Float64Array>([...test].map((row) => [row, new Float64Array(9)]));
      const order = [...new Set([...train].map((row) => codes[row] as number))];
      for (const [a, b] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const) {
        const members = [a, b].map((code) => [...train].filter((row) => codes[row] === code));
        const own = members.flat();
        const partOf = members.flatMap((list) => list.map((_, at) => at % 5));
        const held = own.map(() => 0);
        for (let inner = 0; inner < 5; inner++) {
          const judge = machine(
            own.filter((_, at) => partOf[at] !== inner),
            a,
          );
          for (const [at, row] of own.entries()) if (partOf[at] === inner) held[at] = judge(row);
        }
        const curve = platt(
          held,
          own.map((row) => (codes[row] === a ? 1 : 0)),
        );
        const judge = machine(own, a);
        for (const row of test) {
          const p = plattProbability(curve, judge(row));
          const [i, j] = [order.indexOf(a), order.indexOf(b)];
          (r.get(row) as Float64Array)[i < j ? i * 3 + j : j * 3 + i] = i < j ? p : 1 - p;
        }
      }
      for (const row of test) {
        const p = pairwiseCoupling(r.get(row) as Float64Array, 3);
        for (const [at, code] of order.entries()) {
          away.push(Math.abs((found[row * 3 + code] as number) - (p[at] as number)));
        }
      }
    }
    // Both stop within 1e-5 of the optimum, and Platt's fit and coupling hardly magnify that; kernel values are single here, double there.
    expect(Math.max(...away)).toBeLessThan(1e-4);
  });

  it("change no label: those of a study without probabilities", () => {
    const table = clouds(160, 4, 5);
    const requests = requestsOf({ kernel: "rbf", gamma: 1, C: 10 }, { kernel: "linear", C: 1 });
    const labels = (answer: Answer): unknown =>
      runSolver(svmFoldSolver(problemOf(table, everyFifth(160), answer)), table.data, requests).results.map((folds) =>
        folds.map(({ predicted }) => predicted),
      );
    expect(labels("probabilities")).toEqual(labels("labels"));
  });

  it("are those of the fitted model with the same training rows, within the tolerance", async () => {
    for (const [table, options] of [
      [clouds(120, 4, 7), { kernel: "rbf", gamma: 1, C: 5, tolerance: 1e-6 }],
      [clouds(60, 2, 8), { kernel: "linear", C: 2, tolerance: 1e-6 }],
    ] as const) {
      const plan = everyFifth(table.data.rows);
      const found = probabilitiesOf(table, plan, options);
      const classes = table.target.classes.length;
      for (const { train, test } of plan.folds) {
        const model = await svm(options).fit(
          { data: table.data, target: table.target, rows: train, weights: null },
          { ...context, answer: "probabilities" },
        );
        const own = model.predictProbabilities?.({ data: table.data, rows: test }) ?? [];
        expect(own.length).toBe(test.length * classes);
        for (const [at, value] of own.entries()) {
          const row = test[Math.floor(at / classes)] as number;
          // The stop rule of coupling may end a step apart.
          expect(Math.abs(value - (found[row * classes + (at % classes)] as number))).toBeLessThan(2e-3);
        }
      }
    }
  });

  it("are calibrated: of rows with about p, about a share p is of the class", () => {
    const random = rng(21);
    const x = [...Array(1500).keys()].map(() => [random.normal(), random.normal()] as const);
    const truth = x.map(([a, b]) => 1 / (1 + Math.exp(-2 * a + b)));
    const table = classTable(
      x,
      truth.map((p) => (random.uniform() < p ? "b" : "a")),
    );
    const found = probabilitiesOf(table, everyFifth(1500), { kernel: "rbf", gamma: 0.1, C: 1 });
    const away = truth.reduce((sum, p, row) => sum + Math.abs(p - (found[row * 2 + 1] as number)), 0) / 1500;
    expect(away).toBeLessThan(0.04);
  });

  it("give 0 to a class without training rows, 1 to an only class, and never NaN to odd folds", async () => {
    const labels = [...Array(40).keys()].map((row) => (row < 2 ? "rare" : row % 2 === 0 ? "even" : "odd"));
    const table = classTable(
      labels.map((_, row) => [Math.sin(row), row % 7]),
      labels,
    );
    const rows = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, at) => from + at);
    const plan: FoldPlan = {
      folds: [
        { train: rows(2, 40), test: rows(0, 10) },
        { train: rows(1, 8), test: rows(20, 40) },
        { train: Uint32Array.of(0, 2, 3), test: rows(4, 9) },
        { train: Uint32Array.of(4, 6, 8), test: rows(0, 4) },
        { train: rows(0, 40), test: new Uint32Array(0) },
      ],
    };
    const { results } = runSolver(
      svmFoldSolver(problemOf(table, plan)),
      table.data,
      requestsOf({ kernel: "rbf", gamma: 1, C: 1e6 }, { kernel: "linear", C: 1e-6 }),
    );
    const rare = table.target.classes.indexOf("rare");
    for (const folds of results) {
      for (const { fold, scores } of folds) {
        const values = scores as Float64Array;
        expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
        for (let row = 0; row < values.length / 3; row++) {
          expect(Math.abs(values.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
          if (fold === 0 || fold === 3) expect(values[row * 3 + rare]).toBe(0);
          if (fold === 3) expect(values[row * 3 + table.target.classes.indexOf("even")]).toBe(1);
        }
      }
    }
    const model = await svm({ kernel: "rbf", C: 1 }).fit(
      { data: table.data, target: table.target, rows: Uint32Array.of(4, 6), weights: null },
      { ...context, answer: "probabilities" },
    );
    expect([...(model.predictProbabilities?.({ data: table.data, rows: Uint32Array.of(9) }) ?? [])]).toEqual([1, 0, 0]);
  });

  it("are absent from a model that was not asked for them", async () => {
    const table = clouds(40, 3, 2);
    const model = await svm({ kernel: "linear", C: 1 }).fit(
      { data: table.data, target: table.target, rows: Uint32Array.from({ length: 40 }, (_, row) => row), weights: null },
      context,
    );
    expect(model.predictProbabilities).toBeUndefined();
    expect(model.toJSON()).toMatchObject({ probabilities: false });
  });

  it("are taken by a study's log loss", async () => {
    const table = clouds(120, 3, 4);
    const rows = [...Array(120).keys()].map((row) => valuesOf(table, row));
    const data = inMemory({ name: "clouds", features: rows, target: [...table.target.codes].map(String) });
    const { values } = await crossValidate({
      data,
      model: svm({ kernel: "rbf", gamma: 1, C: 1 }),
      cv: kFold({ folds: 4, shuffle: false }),
      metrics: { loss: logLoss(), accuracy: accuracy() },
    });
    expect(values["loss"]?.value).toBeLessThan(Math.log(3));
    expect(values["loss"]?.value).toBeGreaterThan(0.05);
    expect(values["accuracy"]?.value).toBeGreaterThan(0.5);
  });

  it("say in the plan's note what they cost", () => {
    const table = clouds(60, 3, 4);
    const requests = requestsOf({ kernel: "linear", C: 1 });
    const note = (answer: Answer): string =>
      svmFoldSolver(problemOf(table, everyFifth(60), answer)).plan(requests, { memoryBytes: 4e9, slots: 1 }).note ?? "";
    expect(note("probabilities")).toMatch(/inner 5-fold cross-validation/);
    expect(note("scores")).not.toMatch(/inner/);
  });
});
