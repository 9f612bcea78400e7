import { accuracy, type Metric, rng } from "hpo";
import { foldPlan } from "#hpo/validation/fold-plan";
import { judging } from "#hpo/validation/judging";
import { type FoldAnswer, foldComparison } from "#hpo/validation/racing/fold-difference";
import { meanDifference } from "#hpo/validation/racing/mean-difference";
import { describe, expect, it } from "vitest";
import { groupKFold, stratifiedKFold } from "hpo";
import { coinData } from "./coin.ts";

/** Accuracy that does not say that it is a mean over rows. */
function closed(): Metric {
  const { rowScores: _, rowBounds: __, ...metric } = accuracy();
  return metric;
}

async function setting(groups?: number) {
  const rows = 800;
  const data = await coinData(rows, groups === undefined ? {} : { groups }).load({ folder: ".", task: "classification" });
  const cv = groups === undefined ? stratifiedKFold({ folds: 4 }) : groupKFold({ folds: 4 });
  const judged = judging(data, foldPlan(data, cv, 0, 0), { accuracy: accuracy(), closed: closed() });
  const truth = (row: number): number => (data.targets[0]?.kind === "class" ? (data.targets[0].codes[row] as number) : 0);
  /** A trial that is wrong on these rows. */
  const answers = (wrong: (row: number) => boolean): FoldAnswer[] =>
    judged.plan.folds.map(({ test }) => {
      const predicted = Float64Array.from(test, (row) => (wrong(row) ? 1 - truth(row) : truth(row)));
      const right = predicted.reduce((sum, label, i) => sum + (label === truth(test[i] as number) ? 1 : 0), 0);
      return { value: right / test.length, predicted, scores: null };
    });
  return { judged, answers };
}

describe("foldComparison()", () => {
  it("finds by the bootstrap about the error that rows tell, and the same samples for every trial", async () => {
    const { judged, answers } = await setting();
    const stream = rng(4);
    const luck = Float64Array.from({ length: 800 }, () => stream.uniform());
    const good = answers((row) => (luck[row] as number) < 0.1);
    const bad = answers((row) => (luck[row] as number) < 0.25 && (luck[row] as number) > 0.03);
    const errors = (["accuracy", "closed"] as const).map((name) => {
      const metric = judged.metrics[name] as Metric;
      const compare = foldComparison(good, { judging: judged, metric, unit: "row", seed: 0 });
      return meanDifference([compare(2, bad[2] as FoldAnswer)], 4);
    });
    expect(errors[1]?.difference).toBeCloseTo(errors[0]?.difference ?? Number.NaN, 12);
    // 200 samples tell a standard deviation to 5 %, and 0.2 is four times that.
    expect((errors[1]?.standardError ?? 0) / (errors[0]?.standardError ?? 1)).toBeCloseTo(1, 0.4);
    // A trial that says the same as the incumbent has no error at all, since both are drawn alike.
    const metric = judged.metrics["closed"] as Metric;
    const same = foldComparison(good, { judging: judged, metric, unit: "row", seed: 0 })(1, good[1] as FoldAnswer);
    expect([Math.abs(same.mean), same.variance()]).toEqual([0, 0]);
  });

  it("draws whole groups where rows of a group stay together", async () => {
    const { judged, answers } = await setting(40);
    const codes = judged.data.roles.group?.codes ?? new Int32Array(0);
    const good = answers(() => false);
    const bad = answers((row) => (codes[row] as number) % 2 === 0);
    for (const name of ["accuracy", "closed"]) {
      const metric = judged.metrics[name] as Metric;
      const byRows = foldComparison(good, { judging: judged, metric, unit: "row", seed: 0 })(0, bad[0] as FoldAnswer);
      const byGroups = foldComparison(good, { judging: judged, metric, unit: "group", seed: 0 })(0, bad[0] as FoldAnswer);
      expect([byRows.units, byGroups.units]).toEqual([200, 10]);
      const [rows, groups] = [byRows, byGroups].map((one) => meanDifference([one], 4));
      // Ten groups of twenty rows that stand or fall together: √20 times the error.
      expect((groups?.standardError ?? 0) / (rows?.standardError ?? 1)).toBeGreaterThan(3.5);
      expect((groups?.standardError ?? 0) / (rows?.standardError ?? 1)).toBeLessThan(5.5);
    }
  });

  it("says nothing of single rows where folds were dealt by no chance", async () => {
    const { judged, answers } = await setting();
    const metric = judged.metrics["accuracy"] as Metric;
    const compare = foldComparison(
      answers(() => false),
      { judging: judged, metric, unit: "fold", seed: 0 },
    );
    const bad = answers((row) => row % 2 === 0);
    expect(compare(0, bad[0] as FoldAnswer)).toMatchObject({ rows: null, units: 1 });
    expect(meanDifference([compare(0, bad[0] as FoldAnswer)], 4).deviate).toBe(0);
  });

  it("trusts no bootstrap in which the metric is hardly ever defined", async () => {
    const { judged, answers } = await setting();
    const picky: Metric = { ...closed(), evaluate: () => Number.NaN };
    const good = answers(() => false);
    const compare = foldComparison(good, { judging: judged, metric: picky, unit: "row", seed: 0 });
    expect(compare(0, good[0] as FoldAnswer).variance()).toBe(Infinity);
  });
});
