import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { bestJson } from "#hpo/report/best-report";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { parse } from "csv-parse/sync";
import { openStudy, type StudySnapshot } from "hpo";
import { describe, expect, it } from "vitest";
import ridgeLoo from "../../studies/ridge-loo.ts";

async function run(name: string): Promise<StudySnapshot> {
  const file = fileURLToPath(new URL(`../../studies/${name}.ts`, import.meta.url));
  const store = memoryStore();
  const study = await openStudy(file, { store });
  try {
    return await study.run();
  } finally {
    await study.close();
    store.close();
  }
}

/** Correctly classified rows of LIBSVM 3.37 on the same folds, by "gamma C". */
function libsvmTable(): Map<string, number> {
  const text = readFileSync(new URL("../oracle/svm_libsvm_satellite.csv", import.meta.url), "utf8");
  const rows = parse<{ gamma: number; C: number; correct: number }>(text, { columns: true, cast: true });
  return new Map(rows.map(({ gamma, C, correct }) => [`${gamma} ${C}`, correct]));
}

/** Intercept, standardised columns and their standardised products, and the target, from the file itself. */
function diabetesDesign(): { x: number[][]; y: number[] } {
  const text = gunzipSync(readFileSync(new URL("../../studies/data/diabetes.csv.gz", import.meta.url))).toString();
  const rows = parse<Record<string, number>>(text, { columns: true, cast: true });
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== "y");
  const standard = (column: number[]): number[] => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length);
    return column.map((value) => (value - mean) / deviation);
  };
  const plain = names.map((name) => standard(rows.map((row) => row[name] ?? Number.NaN)));
  const products = plain.flatMap((one, j) => plain.slice(j).map((other) => standard(one.map((value, i) => value * (other[i] ?? 0)))));
  return { x: rows.map((_, i) => [1, ...[...plain, ...products].map((column) => column[i] ?? 0)]), y: rows.map((row) => row["y"] ?? 0) };
}

/** The mean squared error on each row of a fit to all others, solved by elimination. */
function leaveOneOutByFits({ x, y }: { x: number[][]; y: number[] }, penalty: number): number {
  const n = x[0]?.length ?? 0;
  const whole = Array.from({ length: n }, (_, j) => [
    ...Array.from({ length: n }, (_unused, k) =>
      x.reduce((sum, row) => sum + (row[j] ?? 0) * (row[k] ?? 0), j === k && j > 0 ? penalty : 0),
    ),
    x.reduce((sum, row, i) => sum + (row[j] ?? 0) * (y[i] ?? 0), 0),
  ]);
  let total = 0;
  for (const [i, row] of x.entries()) {
    const m = whole.map((line, j) => Float64Array.from(line, (value, k) => value - (row[j] ?? 0) * (k < n ? (row[k] ?? 0) : (y[i] ?? 0))));
    for (const [j, pivot] of m.entries()) {
      for (const line of m.slice(j + 1)) {
        const factor = (line[j] ?? 0) / (pivot[j] ?? 1);
        for (let k = j; k <= n; k++) line[k] = (line[k] ?? 0) - factor * (pivot[k] ?? 0);
      }
    }
    const beta = new Float64Array(n);
    for (let j = n - 1; j >= 0; j--) {
      let right = m[j]?.[n] ?? 0;
      for (let k = j + 1; k < n; k++) right -= (m[j]?.[k] ?? 0) * (beta[k] ?? 0);
      beta[j] = right / (m[j]?.[j] ?? 1);
    }
    total += ((y[i] ?? 0) - row.reduce((sum, value, j) => sum + value * (beta[j] ?? 0), 0)) ** 2;
  }
  return total / x.length;
}

describe("the studies of the repository", () => {
  it("landsat-svm agrees with LIBSVM in all 25 cells, within max(2 rows, 0.05 points)", async () => {
    const { trials, fits, identicalFits, state } = await run("landsat-svm");
    const oracle = libsvmTable();
    expect([state, trials.length, fits, oracle.size]).toEqual(["complete", 25, 250, 25]);
    const allowed = Math.max(2, 0.0005 * 6435);
    for (const { params, correct, testRows, values } of trials) {
      const expected = oracle.get(`${String(params["gamma"])} ${String(params["C"])}`) ?? Number.NaN;
      expect(testRows).toBe(6435);
      expect(Math.abs((correct ?? Number.NaN) - expected), `γ=${params["gamma"]} C=${params["C"]}`).toBeLessThanOrEqual(allowed);
      expect(values["accuracy"]?.pooled).toBeCloseTo((correct ?? Number.NaN) / 6435, 12);
    }
    // More than a third of the fits have no multiplier at its bound in any pair at a smaller C.
    expect(identicalFits).toBeGreaterThan(80);
  });

  it("wine-kernels finds a configuration above 98 % and judges every trial by both metrics", async () => {
    const { trials } = await run("wine-kernels");
    expect(trials).toHaveLength(40);
    expect(Math.max(...trials.map((trial) => trial.values["accuracy"]?.value ?? 0))).toBeGreaterThan(0.98);
    for (const { params, values } of trials) {
      expect(Object.keys(values)).toEqual(["accuracy", "balanced"]);
      expect("gamma" in params).toBe(params["kernel"] === "rbf");
    }
  });

  it("wine-simplest reports a linear kernel, which its folds can't tell from the best, an RBF one", async () => {
    const snapshot = await run("wine-simplest");
    const reported = JSON.parse(bestJson(snapshot)) as { best: { params: object; trial: number }; selected: { bestTrial: number } };
    expect(reported.best.params).toEqual({ kernel: "linear", C: 1 });
    const [one, best] = [reported.best.trial, reported.selected.bestTrial].map((trial) => snapshot.trials[trial]);
    expect(best?.params["kernel"]).toBe("rbf");
    const { value = 0, standardError } = best?.values["accuracy"] ?? {};
    expect(one?.values["accuracy"]?.value).toBeGreaterThanOrEqual(value - (standardError ?? 0));
  });

  it("digits-pipeline fits each scaling and each number of components once a fold, and finds a configuration above 98.5 %", async () => {
    const { trials, counts } = await run("digits-pipeline");
    expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 24 }, () => "complete"));
    expect(Math.max(...trials.map((trial) => trial.values["accuracy"]?.value ?? 0))).toBeGreaterThan(0.985);
    const asked = new Set(trials.map(({ params }) => params["pca.components"])).size;
    expect(counts).toMatchObject({ "step fits": 5 + 5 * asked, "step fits shared": 24 * 10 - 5 - 5 * asked });
  });

  it("ridge-loo finds the penalty of the least leave-one-out error, with the derivatives of a fit a row left out", async () => {
    const { trials, state } = await run("ridge-loo");
    expect([state, trials.length]).toEqual(["complete", 40]);
    const judge = ridgeLoo.judge.kind === "objective" ? ridgeLoo.judge.objective : () => Number.NaN;
    const checkpoint = { read: () => undefined, write: () => undefined };
    const trial = { number: 0, repeat: 0, seed: 0, signal: AbortSignal.abort(), report: () => false, checkpoint };
    const told = async (penalty: number): Promise<{ value: number; gradient: { penalty: number } }> => {
      return (await judge({ ...trial, params: { penalty } })) as { value: number; gradient: { penalty: number } };
    };
    const design = diabetesDesign();
    for (const penalty of [0.1, 90]) {
      const { value, gradient } = await told(penalty);
      // Features are kept in 32 bits, here read in 64.
      expect(value / leaveOneOutByFits(design, penalty)).toBeCloseTo(1, 6);
      const [above, below] = [await told(penalty * 1.0001), await told(penalty / 1.0001)];
      // Central differences of a function whose third derivative by the logarithm is of its size: 1e-8 of it.
      const quotient = (above.value - below.value) / (penalty * (1.0001 - 1 / 1.0001));
      expect(Math.abs(gradient.penalty - quotient) * penalty).toBeLessThan(1e-6 * value);
    }
    const values = trials.map((one) => one.values["value"]?.value ?? Number.NaN);
    const along = await Promise.all(Array.from({ length: 31 }, (_, i) => told(10 ** (1.8 + i / 50))));
    expect(Math.min(...values)).toBeLessThanOrEqual(Math.min(...along.map(({ value }) => value)) + 1e-9);
  });

  it("vowel-speakers judges by speakers who were never heard, and is no better than that", async () => {
    const { trials, fits, description, estimate } = await run("vowel-speakers");
    expect([description.cv, trials.length, fits]).toMatchObject([{ label: "leave-one-group-out", folds: 15 }, 20, 300]);
    const best = Math.max(...trials.map((trial) => trial.values["accuracy"]?.value ?? 0));
    // 0.99 where speakers are mixed.
    expect(best).toBeGreaterThan(0.6);
    expect(best).toBeLessThan(0.7);
    expect(trials.every(({ testRows }) => testRows === 990)).toBe(true);
    expect(estimate?.value).toBeLessThan(best);
  });

  it("digits-race saves half of its fits and more, and says of each stopped trial why", async () => {
    const { trials, fits, runs } = await run("digits-race");
    expect(trials).toHaveLength(40);
    expect(fits).toBeLessThan(200);
    expect(runs[0]?.notes.some((note) => note.startsWith("race is on"))).toBe(true);
    const best = Math.max(...trials.flatMap(({ state, values }) => (state === "complete" ? [values["accuracy"]?.value ?? 0] : [])));
    expect(best).toBeGreaterThan(0.98);
    for (const { state, incident } of trials) if (state === "pruned") expect(incident).toMatch(/^race: .* of 10 folds saved$/u);
  });

  it("wine-nested judges the whole search below its best value, by five searches that chose for themselves", async () => {
    const { estimate, trials } = await run("wine-nested");
    const best = Math.max(...trials.map(({ values }) => values["accuracy"]?.value ?? 0));
    const { folds, values } = estimate?.nested ?? {};
    const found = values?.["accuracy"];
    expect(folds?.map(({ candidates, testRows }) => [candidates, testRows])).toEqual([36, 36, 36, 35, 35].map((rows) => [20, rows]));
    expect(found?.value).toBeGreaterThan(0.92);
    expect(found?.value).toBeLessThan(best);
    expect(found?.low).toBeLessThanOrEqual(found?.plainLow ?? 0);
    expect(found?.high).toBeGreaterThanOrEqual(found?.plainHigh ?? 1);
  });

  it("branin comes near its least value, 0.397887", async () => {
    const { trials } = await run("branin");
    const values = trials.map((trial) => trial.values["value"]?.value ?? Number.NaN);
    expect(values).toHaveLength(200);
    expect(Math.min(...values)).toBeGreaterThan(0.397887);
    expect(Math.min(...values)).toBeLessThan(2);
  });

  it("digits-training trains eight networks to fewer than a tenth of errors, the best by a schedule of rates", async () => {
    const { trials } = await run("digits-training");
    expect(trials.every(({ state }) => state === "complete")).toBe(true);
    const best = trials.reduce((a, b) => ((b.values["logLoss"]?.value ?? Infinity) < (a.values["logLoss"]?.value ?? Infinity) ? b : a));
    expect(best.values["errors"]?.value).toBeLessThan(60);
    expect(best.values["logLoss"]?.value).toBeLessThan(0.35);
    const rates = new Set<unknown>();
    for (let one: typeof best | undefined = best; one !== undefined; one = one.parent === null ? undefined : trials[one.parent]) {
      rates.add(one.params["rate"]);
    }
    expect(rates.size).toBeGreaterThan(2);
  });
});
