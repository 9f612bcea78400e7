// Races over kept losses: what a search of 60 trials would have done, without a fit.
import { readFileSync } from "node:fs";
import { type Direction, type Metric, rng } from "hpo";
import type { Judging } from "#hpo/validation/judging";
import { type Race, race, type RaceManner } from "#hpo/validation/racing/race";
import type { LossFile } from "./racing-losses.ts";

export interface Losses extends LossFile {
  /** configurations × rows. */
  readonly losses: Float32Array;
}

export function readLosses(file: string): Losses {
  const bytes = readFileSync(file);
  const end = bytes.indexOf(10);
  const head = JSON.parse(bytes.subarray(0, end).toString()) as LossFile;
  return { ...head, losses: new Float32Array(new Uint8Array(bytes.subarray(end + 1)).buffer) };
}

/** What one search came to. */
export interface Replayed {
  /** Of all fits that a search without a race makes, the part that this one did not; what ran past a stop counts as made. */
  readonly saved: number;
  readonly surplus: number;
  /** The trial that the search ends with is the one that all folds of all trials would have ended with. */
  readonly sameWinner: boolean;
  /** How much worse it is, in standard errors of the paired difference; 0 for the same. */
  readonly standardErrorsOff: number;
}

export interface ReplayOptions {
  readonly trials: number;
  readonly lookahead: number;
  readonly workers: number;
  readonly manner: RaceManner;
}

/** The losses as a metric that is a mean over rows, with the folds that they were made on: what the engine's race takes. */
export function replayer(kept: Losses): (seed: number, options: ReplayOptions) => Replayed {
  const folds = [...new Set(kept.folds)]
    .sort((a, b) => a - b)
    .map((fold) => ({ train: new Uint32Array(0), test: rowsOf(kept.folds, fold) }));
  const loss = {
    name: "loss",
    direction: "minimize" as Direction,
    task: "regression",
    needs: "labels",
    options: {},
    unit: "number",
    rowBounds: [0, 1],
    rowScores: ({ predicted }) => predicted,
    evaluate: ({ predicted }) => predicted.reduce((sum, one) => sum + one, 0) / predicted.length,
  } satisfies Metric;
  const data = { rows: kept.rows, roles: { group: null, weight: null } };
  const target = { kind: "value", values: new Float64Array(kept.rows) };
  const judging = { data, target, plan: { folds }, metrics: { loss } } as unknown as Judging;
  const answers = Array.from({ length: kept.configurations }, (_, one) =>
    folds.map(({ test }) => {
      const predicted = Float64Array.from(test, (row) => kept.losses[one * kept.rows + row] as number);
      return { value: predicted.reduce((sum, x) => sum + x, 0) / predicted.length, predicted, scores: null };
    }),
  );
  const values = answers.map((own) => own.reduce((sum, { value }) => sum + value, 0) / own.length);

  return (seed, options) => {
    const chosen = rng(seed)
      .fork("replay")
      .shuffle(Array.from({ length: kept.configurations }, (_, one) => one))
      .slice(0, options.trials);
    const made = search(race({ judging, metric: "loss", manner: options.manner, unit: "row", seed }), chosen, {
      ...options,
      answers,
      values,
    });
    const valueOf = (trial: number): number => values[chosen[trial] as number] as number;
    const best = (trials: readonly number[]): number => trials.reduce((one, other) => (valueOf(other) < valueOf(one) ? other : one));
    const winner = best(chosen.map((_, trial) => trial));
    const found = best(made.complete);
    const whole = chosen.length * folds.length;
    return {
      saved: 1 - made.fits / whole,
      surplus: made.surplus / whole,
      sameWinner: found === winner,
      standardErrorsOff: pairedErrors(kept, chosen[found] as number, chosen[winner] as number),
    };
  };
}

function rowsOf(folds: readonly number[], fold: number): Uint32Array {
  return Uint32Array.from(folds.flatMap((of, row) => (of === fold ? [row] : [])));
}

/** (mean loss of one − of the other) / its standard error over the rows. */
function pairedErrors({ losses, rows }: Losses, one: number, other: number): number {
  if (one === other) return 0;
  let [sum, squares] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const difference = (losses[one * rows + row] as number) - (losses[other * rows + row] as number);
    sum += difference;
    squares += difference * difference;
  }
  const mean = sum / rows;
  const variance = (squares / rows - mean * mean) / (rows - 1);
  return mean === 0 ? 0 : mean / Math.sqrt(variance);
}

interface SearchParts extends ReplayOptions {
  readonly answers: readonly (readonly { readonly value: number; readonly predicted: Float64Array; readonly scores: null }[])[];
  readonly values: readonly number[];
}

interface OpenTrial {
  readonly number: number;
  readonly course: ReturnType<Race["against"]> | null;
  /** Positions of the order that have been fitted, and judged. */
  readonly fitted: Set<number>;
  handed: number;
  judged: number;
}

/**
 * The engine's schedule in turns of one fit: open trials up to the lookahead, early folds first, so many fits at once, each taking as long as any other; a trial's
 * stop is seen at the end of the turn.
 */
function search(
  raced: Race,
  chosen: readonly number[],
  parts: SearchParts,
): { readonly fits: number; readonly surplus: number; readonly complete: readonly number[] } {
  const { answers, values, lookahead, workers } = parts;
  const folds = raced.order.length;
  const ended = new Map<number, "complete" | "pruned">();
  const open: OpenTrial[] = [];
  const incumbents = new Map<number, { readonly trial: number; readonly value: number; readonly folds: SearchParts["answers"][number] }>();
  let next = 0;
  let seen = 0;
  let best = -1;
  let [fits, surplus] = [0, 0];

  function openTrials(): void {
    while (open.length < lookahead && next < chosen.length && (next < lookahead || ended.has(next - lookahead))) {
      for (; seen <= next - lookahead; seen++) {
        // A trial sees those before it in order; the loop above waits for the last of them alone, so that all must be asked for.
        if (!ended.has(seen)) return;
        const value = values[chosen[seen] as number] as number;
        if (ended.get(seen) === "complete" && (best < 0 || value < (values[chosen[best] as number] as number))) best = seen;
      }
      const known =
        best < 0
          ? undefined
          : (incumbents.get(best) ?? {
              trial: best,
              value: values[chosen[best] as number] as number,
              folds: answers[chosen[best] as number] as SearchParts["answers"][number],
            });
      if (known !== undefined) incumbents.set(best, known);
      open.push({ number: next, course: known === undefined ? null : raced.against(known), fitted: new Set(), handed: 0, judged: 0 });
      next++;
    }
  }

  for (openTrials(); open.length > 0; openTrials()) {
    const turn: OpenTrial[] = [];
    for (let slot = 0; slot < workers; slot++) {
      const waiting = open.filter(({ handed }) => handed < folds);
      if (waiting.length === 0) break;
      const first = waiting.reduce((one, other) => (other.handed < one.handed ? other : one));
      first.fitted.add(first.handed++);
      turn.push(first);
    }
    fits += turn.length;
    for (const trial of new Set(turn)) {
      const own = answers[chosen[trial.number] as number] as SearchParts["answers"][number];
      while (trial.fitted.has(trial.judged) && !ended.has(trial.number)) {
        const stop = trial.course?.take(own[raced.order[trial.judged] as number] as (typeof own)[number]);
        trial.judged++;
        if (stop !== undefined) ended.set(trial.number, "pruned");
        else if (trial.judged === folds) ended.set(trial.number, "complete");
      }
      if (!ended.has(trial.number)) continue;
      surplus += trial.handed - trial.judged;
      open.splice(open.indexOf(trial), 1);
    }
  }
  return { fits, surplus, complete: [...ended].flatMap(([trial, state]) => (state === "complete" ? [trial] : [])) };
}
