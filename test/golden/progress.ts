import type { RunProgress } from "#hpo/core/snapshot";

/** A run in its middle. */
export const midway: RunProgress = {
  study: "landsat-svm",
  elapsedSeconds: 1.52,
  done: 12,
  running: 2,
  failed: 1,
  total: 25,
  tasksDone: 143,
  rate: 8.12,
  secondsLeft: 1.6,
  best: { trial: 6, params: { gamma: 4, C: 10 }, metric: "accuracy", unit: "fraction", value: 0.92432, standardError: 0.0031 },
  slots: [
    { label: "γ=8 · pair 1–4", seconds: 0.31 },
    { label: null, seconds: 0 },
  ],
  stopping: false,
  notes: [],
};

/** An open-ended night with many slots and long names, while it is being stopped. */
export const night: RunProgress = {
  study: "a-study-with-a-name-that-is-much-longer-than-anyone-would-like-to-read-on-one-line",
  elapsedSeconds: 32_000,
  done: 12_345,
  running: 12,
  failed: 0,
  total: null,
  tasksDone: 99_999,
  rate: 0.0123,
  secondsLeft: null,
  best: {
    trial: 12_001,
    params: { learning_rate: 0.00123456789, optimizer: "a very long label of one option among many", epsilon: 1e-8 },
    metric: "validation loss",
    unit: "number",
    value: 0.0123456,
    standardError: null,
  },
  slots: Array.from({ length: 12 }, (_, i) => ({
    label: `trial ${12_346 + i} · fold ${i} · 神経回路網の学習と評価と再学習と再評価と最終評価`,
    seconds: 4000 - i,
  })),
  stopping: true,
  notes: ["distances kept: 166 MB; 20 MB a worker", "no room for distances; 20 MB a worker"],
};
