import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { parse } from "csv-parse/sync";
import { openStudy, type StudySnapshot } from "hpo";
import { describe, expect, it } from "vitest";

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

  it("digits-pipeline fits each scaling and each number of components once a fold, and finds a configuration above 98.5 %", async () => {
    const { trials, counts } = await run("digits-pipeline");
    expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 24 }, () => "complete"));
    expect(Math.max(...trials.map((trial) => trial.values["accuracy"]?.value ?? 0))).toBeGreaterThan(0.985);
    const asked = new Set(trials.map(({ params }) => params["pca.components"])).size;
    expect(counts).toMatchObject({ "step fits": 5 + 5 * asked, "step fits shared": 24 * 10 - 5 - 5 * asked });
  });

  it("branin comes near its least value, 0.397887", async () => {
    const { trials } = await run("branin");
    const values = trials.map((trial) => trial.values["value"]?.value ?? Number.NaN);
    expect(values).toHaveLength(200);
    expect(Math.min(...values)).toBeGreaterThan(0.397887);
    expect(Math.min(...values)).toBeLessThan(2);
  });
});
