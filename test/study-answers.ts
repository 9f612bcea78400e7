import { canonicalJson } from "#hpo/core/json";
import { openStore } from "#hpo/store/open-store";
import type { Store } from "#hpo/core/store";

/**
 * All that a study has answered, without times: equal texts mean equal bits. `surplus: false` leaves out what hangs on speed where trials are raced: folds
 * that ended past a trial's stop, which count as spent and are used by nothing.
 */
export function studyAnswers(store: Store, name: string, { surplus = true }: { readonly surplus?: boolean } = {}): string[] {
  const { trials, fits, identicalFits, estimate } = store.snapshot(name);
  const lines = trials.map(({ number, state, params, parent, values, correct, incident }) => {
    const evaluations = store
      .evaluations(name, number)
      .map(({ fold, values: scores, correct: right, identical }) => [fold, bits(scores), right, identical]);
    const predictions = store.predictions(name, number).map(({ fold, rows, predicted, scores }) => {
      return [fold, hex(rows), hex(predicted), scores === null ? null : hex(scores)];
    });
    const judged = Object.entries(values).map(([metric, { value, standardError, pooled }]) => [
      metric,
      bits({ value, standardError, pooled }),
    ]);
    const folds = surplus || state !== "pruned" ? { evaluations, predictions } : {};
    return JSON.stringify({ number, state, params, parent, judged, correct, incident, ...folds });
  });
  // Whether the search was led by its results is declared, not answered.
  const numbers = estimate === null ? null : { ...estimate, adaptive: null };
  const model = store.model(name);
  const kept = model === undefined ? "no model" : `model of trial ${model.trial}: ${model.json}`;
  const checkpoints = store.load(name).checkpoints.map((trial) => `checkpoint of trial ${trial}: ${store.checkpoint(name, trial)?.sha256}`);
  const counts = surplus ? [`${fits} fits, ${identicalFits} identical`] : [];
  return [...lines, ...checkpoints, ...counts, kept, canonicalJson(numbers)];
}

/** The same, read from a database file. */
export function databaseAnswers(file: string, name: string, options: { readonly surplus?: boolean } = {}): string[] {
  const store = openStore(file, { readonly: true });
  try {
    return studyAnswers(store, name, options);
  } finally {
    store.close();
  }
}

function bits(values: Readonly<Record<string, number | null>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === null ? null : hex(Float64Array.of(value))]));
}

function hex(array: Uint32Array | Float64Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex");
}
