import type { StudySnapshot } from "#hpo/core/snapshot";
import type { TrialParts } from "#hpo/report/trial-page";
import { landsat, snapshotOf, trialSnapshot } from "./snapshots.ts";

/** Trials with all that a page of one tells, made by hand. */

interface WholeTrial {
  readonly snapshot: StudySnapshot;
  readonly number: number;
  readonly parts: TrialParts;
}

export const foldedTrial: WholeTrial = {
  snapshot: landsat,
  number: 6,
  parts: {
    evaluations: Array.from({ length: 10 }, (_, fold) => ({
      ...{ trial: 6, repeat: 0, fold, rung: 0, testRows: 643, correct: 594, identical: false, startedAt: "", endedAt: "" },
      values: { accuracy: 0.92 + fold / 1000, macroF1: 0.9 - fold / 1000 },
      time: { fitSeconds: 0.1 * fold, predictSeconds: 0.01, wallSeconds: 0.1 * fold + 0.01, cpuSeconds: null },
    })),
    steps: null,
    logs: [],
  },
};

const incident = (message: string) => ({
  kind: "error" as const,
  message,
  code: null,
  stack: `Error: ${message}\n    at objective (file:///home/ada/a-folder-with-a-long-name/another-folder/study.ts:12:31)\nCaused by: a file named \u001b[2J`,
});
const attempt = { task: "objective/0", trials: [0], wallSeconds: 2.5, codeHash: "c0de", endedAt: "2026-01-31T12:00:03.000Z" };
const log = { task: "objective/0", label: "trial 0", trials: [0] };

export const failedTrial: WholeTrial = {
  snapshot: snapshotOf("descent", {
    description: {
      metrics: [{ name: "loss", direction: "minimize", unit: "number" }],
      objectives: [{ metric: "loss", direction: "minimize" }],
      sampler: "tpe",
      data: null,
      cv: null,
    },
    trials: [
      {
        ...trialSnapshot(0, { rate: 0.1, layers: 3, "an odd\nname": "a\u202evalue" }, {}),
        state: "failed",
        by: "tpe",
        why: "drawn, since fewer than 10 trials have ended",
        note: "given by hand",
        incident: "the loss is NaN after 3 of 200 epochs, which says that the rate of 0.1 is too high for layers without normalization",
        wallSeconds: 5,
      },
    ],
    attempts: [
      { ...attempt, attempt: 1, incident: incident("the loss is NaN after 2 of 200 epochs") },
      { ...attempt, attempt: 2, incident: incident("the loss is NaN after 3 of 200 epochs") },
      { ...attempt, task: "objective/1", trials: [1], attempt: 1, incident: incident("another trial's") },
    ],
  }),
  number: 0,
  parts: {
    evaluations: [],
    steps: { steps: Array.from({ length: 50 }, (_, i) => 2 * i), values: Array.from({ length: 50 }, (_, i) => 1 / (i + 1)) },
    logs: [
      {
        ...log,
        attempt: 1,
        head: "\u001b[1mepoch\u001b[0m 1\r\n\u001b[2J\u0007\tloss 3.5\n10 %\r20 %\r30 %\n\u202egpj.exe",
        dropped: 0,
        tail: "",
      },
      { ...log, attempt: 2, head: "epoch 1\nepo", dropped: 123_456, tail: "och 3\nloss NaN\n" },
    ],
  },
};
