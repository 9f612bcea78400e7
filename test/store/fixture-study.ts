import { evaluationRow, outcomeRow, runRow, sharedRow, time, trialRow } from "./rows.ts";
import { studyHeader, type RandomStudy } from "./random-study.ts";

/**
 * The study in fixtures/schema-1.sqlite to schema-8.sqlite, which `tsx test/store/fixtures/make.ts FILE` wrote with that schema.
 * Never change it: make another file for the next schema.
 */
export const fixtureStudy: RandomStudy = {
  header: studyHeader('wine · it\'s "first"'),
  batches: [
    {
      trials: [
        trialRow(0, { params: { gamma: 0.5, kernel: "rbf", shrink: true, none: null } }),
        trialRow(1, { parent: 0, budget: 9, note: "again", why: "next to the best" }),
        trialRow(2, { group: 1, params: { gamma: Infinity } }),
      ],
      started: [{ trial: 0, at: time }],
      run: runRow("first"),
    },
    {
      shared: [
        sharedRow("pair 1", [0, 1], { warnings: ["The iteration limit was reached."] }),
        sharedRow("pair 2", [2], { group: 1 }),
        sharedRow("distances", [0, 1, 2], { bytes: null, cpuSeconds: null }),
      ],
      evaluations: [
        evaluationRow(0, 0),
        evaluationRow(0, 1, { identical: true, values: { accuracy: 1, "log loss": NaN } }),
        evaluationRow(2, 0, { repeat: 1, rung: 2, correct: null, values: { accuracy: -0, extra: -Infinity } }),
      ],
      predictions: [
        {
          trial: 0,
          repeat: 0,
          fold: 0,
          rows: Uint32Array.of(0, 2, 4),
          predicted: Float64Array.of(0, 1, 2),
          truth: Float64Array.of(0, 1, 1),
          scores: null,
        },
        {
          trial: 0,
          repeat: 0,
          fold: 1,
          rows: Uint32Array.of(1, 3),
          predicted: Float64Array.of(0, 300),
          truth: Float64Array.of(1, 300),
          scores: Float64Array.of(0.5, -1, 2, 0.25),
        },
        {
          trial: 1,
          repeat: 0,
          fold: 0,
          rows: Uint32Array.of(0, 2, 4),
          predicted: Float64Array.of(0.5, -0, NaN),
          truth: Float64Array.of(0.1, 2, -3.5),
          scores: null,
        },
      ],
      outcomes: [
        outcomeRow(0, {
          values: {
            accuracy: { value: 0.875, standardError: 0.125, pooled: 0.8 },
            "log loss": { value: NaN, standardError: null, pooled: NaN },
          },
        }),
        outcomeRow(1, {
          state: "failed",
          values: {},
          incident: { kind: "timeout", message: "It took too long.", code: "ABORTED", stack: "at x" },
        }),
      ],
      attempts: [
        {
          task: "trial 1 · fold 0",
          trials: [1],
          attempt: 1,
          incident: { kind: "timeout", message: "It took too long.", code: null, stack: null },
          wallSeconds: 3,
          codeHash: "c0de",
          endedAt: time,
        },
        {
          task: "trial 2 · fold 1",
          trials: [2],
          attempt: 1,
          incident: { kind: "out-of-memory", message: "The memory was used up.", code: null, stack: null },
          wallSeconds: 1,
          codeHash: "c0de",
          endedAt: time,
        },
      ],
      run: runRow("first", { wallSeconds: 7, state: "stopped", endedAt: time }),
      finishedGroups: [0],
    },
    { run: runRow("second") },
  ],
};
