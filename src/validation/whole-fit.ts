import type { FoldPlan } from "../core/estimator.ts";
import type { PlannedTrial } from "../core/evaluation.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import type { ModelJudge } from "../core/study-spec.ts";
import { rng } from "../math/rng.ts";
import { checkEstimator, type Judging } from "./judging.ts";

/** Fits the model of a trial, in this process and thread, to every row that the folds train on or test; rows that a hold-out keeps back stay so. */
export async function fitWhole(
  { number, params }: PlannedTrial,
  study: { readonly judge: ModelJudge; readonly judging: Judging; readonly seed: number; readonly signal: AbortSignal },
): Promise<Json> {
  const { judge, judging, seed, signal } = study;
  const { data, target, plan, answer } = judging;
  const estimator = judge.model(params);
  checkEstimator(estimator, judging);
  const rows = knownRows(plan, data.rows);
  const weight = data.roles.weight;
  const weights = weight === null ? null : Float64Array.from(rows, (row) => weight[row] as number);
  const model = await estimator.fit({ data, rows, target, weights }, { rng: rng(seed).fork("fit", number), signal, answer });
  try {
    if (typeof model.toJSON === "function") return model.toJSON();
    throw new HpoError("MODEL_UNSUPPORTED", `${estimator.name}(): a model must have toJSON() to be written; it has none.`, {
      data: { model: estimator.name },
    });
  } finally {
    model.dispose();
  }
}

/** Rows that any fold trains on or tests, ascending. */
function knownRows({ folds }: FoldPlan, count: number): Uint32Array {
  const known = new Uint8Array(count);
  for (const { train, test } of folds) for (const rows of [train, test]) for (const row of rows) known[row] = 1;
  return Uint32Array.from(known.keys()).filter((row) => known[row] === 1);
}
