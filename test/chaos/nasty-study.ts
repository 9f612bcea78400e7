// A stored study each of whose texts is a stranger's.
import { HpoError } from "#hpo/core/hpo-error";
import type { Json } from "#hpo/core/json";
import type { StudyHeader } from "#hpo/core/records";
import type { ParamValue } from "#hpo/core/space";
import { openStore } from "#hpo/store/open-store";
import { evaluationRow, holder, outcomeRow, runRow, sharedRow, time, trialRow } from "../store/rows.ts";

/** Where a text can stand. */
export interface NastyTexts {
  readonly study: string;
  readonly param: string;
  readonly other: string;
  readonly value: string;
  readonly metric: string;
  readonly second: string;
  readonly label: string;
  readonly message: string;
}

/** How many trials the study has: three complete, one failed, one pruned, one that waits. */
export const nastyTrials = 6;

/** Stores it in a new database; false where such a study can't be stored, which says so as an HpoError. */
export function storeNastyStudy(file: string, texts: NastyTexts): boolean {
  const store = openStore(file);
  try {
    store.create(headerOf(texts));
    fill(store, texts);
    return true;
  } catch (error) {
    if (error instanceof HpoError && error.code === "OPTION_INVALID") return false;
    throw error;
  } finally {
    store.close();
  }
}

function headerOf({ study, param, other, value, metric, second, label, message }: NastyTexts): StudyHeader {
  const metrics = [metric, second].map((name) => ({ name, direction: "maximize" as const, unit: "number" as const }));
  return {
    name: study,
    createdAt: time,
    codeHash: message,
    declaration: {
      space: [
        [param, { kind: "choice", values: [value, "plain"], branches: [[value, [[other, { kind: label, low: 0, high: 9 }]]]] }],
        [other, { kind: "int", low: 0, high: 9 }],
      ],
      cv: { folds: 2 },
      metrics: Object.fromEntries([[metric, {}]]) as Json,
      objectives: [{ metric, direction: "maximize" }],
      sampler: label,
      pruner: { name: label, options: Object.fromEntries([[label, message]]) },
      // A stranger need not keep to the type.
      seed: message as unknown as number,
      lookahead: 1,
      data: message,
      forbid: [Object.fromEntries([[param, [value]]])] as Json,
      limits: [{ sum: Object.fromEntries([[other, 1]]), max: 5 }] as Json,
      enqueue: [Object.fromEntries([[param, value]])] as Json,
      warmStart: { from: [{ study }], trials: 3 },
    },
    description: {
      metrics,
      objectives: [{ metric, direction: "maximize" }],
      constraints: [{ metric, min: -1, max: null }],
      sampler: label,
      data: { name: label, rows: 4, features: 2, classes: [label, value], scaling: "none" },
      cv: { label, folds: 2 },
    },
  };
}

function fill(store: ReturnType<typeof openStore>, { study, param, other, value, metric, second, label, message }: NastyTexts): void {
  const pair = (a: number, b: number): Record<string, number> =>
    Object.fromEntries([
      [metric, a],
      [second, b],
    ]);
  const params = (first: ParamValue, number: number): Record<string, ParamValue> =>
    Object.fromEntries([
      [param, first],
      [other, number],
    ]);
  const judged = (number: number) => ({ value: number, standardError: 0.1, pooled: number });
  const incident = { kind: "error", message, code: message, stack: message } as const;
  const complete = [0, 1, 2];
  store.acquire(study, holder("a"));
  store.commit(study, "a", {
    trials: Array.from({ length: nastyTrials }, (_, i) =>
      trialRow(i, { params: params(i % 2 === 0 ? value : "plain", i), by: label, why: message, note: message, parent: i === 2 ? 0 : null }),
    ),
    started: [{ trial: 0, at: time }],
    evaluations: complete.flatMap((trial) => [0, 1].map((fold) => evaluationRow(trial, fold, { values: pair(trial / 7, fold) }))),
    predictions: complete.flatMap((trial) =>
      [0, 1].map((fold) => ({
        trial,
        repeat: 0,
        fold,
        rows: Uint32Array.of(fold, fold + 2),
        predicted: Float64Array.of(0, trial === 0 ? 1 : 0),
        truth: Float64Array.of(0, 1),
        scores: null,
      })),
    ),
    shared: [sharedRow(label, [0, 1], { label, counts: Object.fromEntries([[label, 3]]), warnings: [message, label] })],
    outcomes: [
      ...complete.map((trial) =>
        outcomeRow(trial, {
          // The last has only one of the two.
          values: Object.fromEntries([[metric, judged(trial / 7)], ...(trial === 2 ? [] : [[second, judged(trial)]])]),
          gradients: Object.fromEntries([[metric, Object.fromEntries([[other, 0.5]])]]),
        }),
      ),
      outcomeRow(3, { state: "failed", values: {}, incident }),
      outcomeRow(4, { state: "pruned", values: {}, incident: { ...incident, kind: "pruned" } }),
    ],
    attempts: [{ task: label, trials: [3], attempt: 1, incident, wallSeconds: 1, codeHash: message, endedAt: time }],
  });
  store.commit(study, "a", {
    run: runRow(label, {
      state: "complete",
      end: { by: "time", reason: message },
      codeHash: label,
      environment: Object.fromEntries([
        [label, message],
        ["packages", Object.fromEntries([[label, message]])],
      ]) as Json,
      notes: [message, label],
    }),
    estimate: {
      metric,
      trial: 2,
      candidates: 3,
      value: null,
      low: null,
      high: null,
      resamples: 0,
      adaptive: true,
      why: message,
      nested: {
        declared: label,
        outer: label,
        inner: label,
        folds: [{ study, trial: 0, candidates: 2, params: params(value, 1), chosenBy: 0.5, values: pair(0.5, 0.5), testRows: 2 }],
        values: Object.fromEntries([
          [metric, { value: 0.5, standardError: 0.1, plainLow: 0.4, plainHigh: 0.6, inflation: null, low: 0.3, high: 0.7, why: message }],
          [
            second,
            { value: null, standardError: null, plainLow: null, plainHigh: null, inflation: null, low: null, high: null, why: message },
          ],
        ]),
      },
    },
    model: { trial: 2, json: JSON.stringify({ kind: "svm", labels: [label, value, message] }) },
  });
  store.release(study, "a");
}
