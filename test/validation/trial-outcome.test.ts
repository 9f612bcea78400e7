import { accuracy, bootstrap, inMemory, kFold, leavePOut, type Metric, repeated, rng, rocAuc, shuffleSplit } from "hpo";
import { foldPlan } from "#hpo/validation/fold-plan";
import { judging } from "#hpo/validation/judging";
import { trialOutcome } from "#hpo/validation/trial-outcome";
import { describe, expect, it } from "vitest";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "#hpo/core/records";

const at = "2026-01-01T00:00:00.000Z";

function evaluation(fold: number, values: Record<string, number>): EvaluationRecord {
  const time = { fitSeconds: 0, predictSeconds: 0, wallSeconds: 0, cpuSeconds: null };
  return { trial: 3, repeat: 0, fold, rung: 0, values, testRows: 2, correct: null, time, identical: false, startedAt: at, endedAt: at };
}

function prediction(fold: number, rows: number[], predicted: number[], scores: number[] | null = null): PredictionRecord {
  return {
    trial: 3,
    repeat: 0,
    fold,
    rows: Uint32Array.from(rows),
    truth: Float64Array.from(rows, (row) => row % 2),
    predicted: Float64Array.from(predicted),
    scores: scores === null ? null : Float64Array.from(scores),
  };
}

async function outcome(
  folds: EvaluationRecord[],
  predictions: PredictionRecord[],
  metrics: Record<string, Metric> = { accuracy: accuracy() },
  objectives = ["accuracy"],
): Promise<OutcomeRecord> {
  const data = await inMemory({ name: "tiny", features: [[0], [1], [2], [3]], target: ["a", "b", "a", "b"] }).load({
    folder: ".",
    task: "classification",
  });
  return trialOutcome(3, folds, { judging: judging(data, { folds: [] }, metrics), predictions, objectives, endedAt: at });
}

describe("trialOutcome()", () => {
  it("gives mean, standard error and the pooled value", async () => {
    const folds = [0.5, 0.75, 1, 0.75].map((value, fold) => evaluation(fold, { accuracy: value }));
    // Rows out of order: pooled in row order, 3 of 4 right.
    const { values, state } = await outcome(folds, [prediction(0, [1, 3], [1, 0]), prediction(1, [0, 2], [0, 0])]);
    expect(state).toBe("complete");
    expect(values["accuracy"]?.value).toBeCloseTo(0.75, 15);
    // s² = (0.0625 + 0 + 0.0625 + 0) / 3; s / √4.
    expect(values["accuracy"]?.standardError).toBeCloseTo(Math.sqrt(0.125 / 3) / 2, 15);
    expect(values["accuracy"]?.pooled).toBe(0.75);
  });

  // Nothing is learnt here: a row's loss is 0 or 1 whatever was trained on, and the truth is how far the mean over splits goes from one data set to the next.
  it.each([
    shuffleSplit({ splits: 12, test: 0.3 }),
    shuffleSplit({ splits: 40, test: 3 }),
    leavePOut({ rows: 2 }),
    bootstrap({ samples: 20 }),
    repeated(kFold({ folds: 6 }), { repeats: 4 }),
  ])("has the standard error of splits that share rows: $label", async (splitter) => {
    const rows = 30;
    const data = await inMemory({
      name: "coins",
      features: Array.from({ length: rows }, (_, row) => [row]),
      target: Array.from({ length: rows }, (_, row) => row % 2),
    }).load({
      folder: ".",
      task: "classification",
    });
    const judged = judging(data, foldPlan(data, splitter, 0, 0), { accuracy: accuracy() });
    const random = rng("coins");
    const estimates: number[] = [];
    let squares = 0;
    const times = 500;
    for (let time = 0; time < times; time++) {
      const right = Float64Array.from({ length: rows }, () => (random.uniform() < 0.7 ? 1 : 0));
      const folds = judged.plan.folds.map(({ test }, fold) =>
        evaluation(fold, { accuracy: test.reduce((sum, row) => sum + (right[row] as number), 0) / test.length }),
      );
      const { values } = trialOutcome(3, folds, { judging: judged, predictions: [], objectives: ["accuracy"], endedAt: at });
      estimates.push(values["accuracy"]?.value ?? Number.NaN);
      squares += (values["accuracy"]?.standardError ?? Number.NaN) ** 2 / times;
    }
    const mean = estimates.reduce((sum, value) => sum + value, 0) / times;
    const variance = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (times - 1);
    // The standard deviation of 500 estimates is known to 3 %; that of out-of-bag means is taken for a little too large.
    expect(Math.sqrt(squares / variance)).toBeGreaterThan(0.88);
    expect(Math.sqrt(squares / variance)).toBeLessThan(1.2);
  });

  it("has no standard error for one fold, and no pooled value without predictions or where rows repeat", async () => {
    const one = await outcome([evaluation(0, { accuracy: 0.5 })], []);
    expect(one.values["accuracy"]).toEqual({ value: 0.5, standardError: null, pooled: null });
    const twice = await outcome([evaluation(0, { accuracy: 0.5 })], [prediction(0, [0, 1], [0, 1]), prediction(1, [1, 2], [1, 0])]);
    expect(twice.values["accuracy"]?.pooled).toBeNull();
  });

  it("fails a trial whose objective is not defined on a fold, and keeps one whose other metric is not", async () => {
    const folds = [evaluation(0, { accuracy: 1, auc: 0.5 }), evaluation(1, { accuracy: 1, auc: Number.NaN })];
    const metrics = { accuracy: accuracy(), auc: rocAuc() };
    const failed = await outcome(folds, [], metrics, ["accuracy", "auc"]);
    expect(failed.state).toBe("failed");
    expect(failed.incident).toMatchObject({
      code: "METRIC_UNSUPPORTED",
      message: "auc is not defined on fold 2 of 2; use fewer folds or a stratified splitter, so that every fold has what the metric needs.",
    });
    const kept = await outcome(folds, [], metrics);
    expect([kept.state, kept.values["accuracy"]?.value, kept.values["auc"]?.value]).toEqual(["complete", 1, Number.NaN]);
  });

  it("pools scores as they are stored, in 32 bits", async () => {
    const witness: Metric = { ...rocAuc(), evaluate: ({ scores }) => scores?.[0] ?? -1 };
    const { values } = await outcome([evaluation(0, { w: 1 })], [prediction(0, [0], [0], [0.1, 0.9])], { w: witness }, ["w"]);
    expect(values["w"]?.pooled).toBe(Math.fround(0.1));
  });
});
