import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineStudy, type Estimator, float, inMemory, kFold, lbfgs, mse, openStudy, r2, random, rng, type StudySpec } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { ridge } from "../fixtures/ridge.ts";

describe("a cross-validated study whose model gives slopes", () => {
  const stream = rng(7);
  const features = Array.from({ length: 60 }, () => Array.from({ length: 6 }, () => stream.normal()));
  const target = features.map((row) => (row[0] ?? 0) - 0.5 * (row[1] ?? 0) + 2 * stream.normal());
  const data = inMemory({ name: "noisy", features, target });
  const common = {
    name: "ridge",
    space: { alpha: float(1e-2, 1e4, { log: true }) },
    data,
    model: ({ alpha }: { readonly alpha: number }) => ridge({ alpha }),
    cv: kFold({ folds: 5 }),
    metrics: { mse: mse(), r2: r2() },
    lookahead: 2,
  };
  /** Tries these penalties. */
  const given = (alphas: readonly number[], through = (estimator: Estimator) => estimator) =>
    defineStudy({
      ...common,
      model: ({ alpha }) => through(ridge({ alpha })),
      sampler: random(),
      enqueue: alphas.map((alpha) => ({ alpha })),
      trials: alphas.length,
    });

  it("averages the gradients of folds: the slope of the mean score", async () => {
    const alpha = 7;
    const step = 1 + 1e-5;
    const store = memoryStore();
    const study = await openStudy(given([alpha / step, alpha, alpha * step]), { store });
    const { trials } = await study.run();
    await study.close();
    const told = store.load("ridge").trials[1]?.outcome?.gradients;
    for (const metric of ["mse", "r2"]) {
      const [below = 0, , above = 0] = trials.map(({ values }) => values[metric]?.value ?? Number.NaN);
      const quotient = (above - below) / (alpha * (step - 1 / step));
      expect(told?.[metric]?.["alpha"]).not.toBe(0);
      expect((told?.[metric]?.["alpha"] ?? Number.NaN) / quotient).toBeCloseTo(1, 4);
      const folds = store.evaluations("ridge", 1).map(({ gradients }) => gradients?.[metric]?.["alpha"] ?? Number.NaN);
      expect(folds).toHaveLength(5);
      expect(folds.reduce((sum, slope) => sum + slope, 0) / 5).toBeCloseTo(told?.[metric]?.["alpha"] ?? Number.NaN, 12);
    }
  });

  it("keeps the gradients of folds that ended before a run broke off", async () => {
    const gradientsOf = (store: Store) => store.load("ridge").trials.map(({ outcome }) => outcome?.gradients);
    const straight = memoryStore();
    const whole = await openStudy(given([1, 10, 100]), { store: straight });
    await whole.run();
    await whole.close();
    const folder = mkdtempSync(path.join(tmpdir(), "hpo-gradients-"));
    try {
      for (const cutAt of [3, 9]) {
        const store = openStore(path.join(folder, `${cutAt}.sqlite`));
        const controller = new AbortController();
        let fits = 0;
        const cut = (estimator: Estimator): Estimator => ({
          ...estimator,
          fit(...input) {
            if (++fits === cutAt) controller.abort();
            return estimator.fit(...input);
          },
        });
        const first = await openStudy(given([1, 10, 100], cut), { store });
        expect((await first.run({ signal: controller.signal })).state).toBe("stopped");
        await first.close();
        expect(store.load("ridge").evaluations.some(({ gradients }) => gradients?.["mse"] !== undefined)).toBe(true);
        const second = await openStudy(given([1, 10, 100]), { store });
        await second.run();
        await second.close();
        expect(gradientsOf(store)).toEqual(gradientsOf(straight));
        store.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("finds the penalty that a fine grid finds, in 20 trials", async () => {
    const found = await bestOf(defineStudy({ ...common, sampler: lbfgs(), trials: 20 }));
    const best = await bestOf(given(Array.from({ length: 41 }, (_, i) => 10 ** (1 + i / 20))));
    expect(found.value).toBeLessThanOrEqual(best.value + 1e-12);
    expect(Math.abs(Math.log10(found.alpha / best.alpha))).toBeLessThan(0.06);
  });

  async function bestOf(spec: StudySpec): Promise<{ value: number; alpha: number }> {
    const study = await openStudy(spec, { store: memoryStore() });
    const { trials } = await study.run();
    await study.close();
    const [best] = trials.toSorted((a, b) => (a.values["mse"]?.value ?? Infinity) - (b.values["mse"]?.value ?? Infinity));
    return { value: best?.values["mse"]?.value ?? Number.NaN, alpha: best?.params["alpha"] as number };
  }
});
