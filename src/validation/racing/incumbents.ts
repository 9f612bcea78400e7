import type { Direction } from "../../core/metric.ts";
import type { EvaluationRecord, KnownOutcome, OutcomeBound, PredictionRecord } from "../../core/records.ts";
import { ownMember } from "../../core/own-member.ts";
import { meetsBounds } from "../../study/outcome-bounds.ts";
import type { OutcomeOf } from "../../study/known-outcome.ts";
import type { FoldAnswer } from "./fold-difference.ts";

/** A complete trial that others are raced against. */
export interface Incumbent {
  readonly trial: number;
  /** Mean over folds. */
  readonly value: number;
  readonly folds: readonly FoldAnswer[];
}

export interface IncumbentOptions {
  readonly metric: string;
  readonly direction: Direction;
  readonly constraints: readonly OutcomeBound[];
  readonly lookahead: number;
  /** Folds that a trial has. */
  readonly folds: number;
  readonly outcomeOf: OutcomeOf;
  readonly evaluations: (trial: number) => readonly EvaluationRecord[];
  readonly predictions: (trial: number) => readonly PredictionRecord[];
}

/** A complete trial with its value of the objective. */
type JudgedTrial = Pick<Incumbent, "trial" | "value">;

/**
 * The incumbent of a trial: the best that is complete of those it sees, 0 … number − lookahead, whatever else has ended by then; undefined where there is none.
 * Trials that it sees must have ended. Repeats of a configuration have folds of their own and are no incumbents. Ties go to the lowest number.
 */
export function incumbents(options: IncumbentOptions): (number: number) => Incumbent | undefined {
  const { lookahead, folds, outcomeOf } = options;
  /** Entry n: the best of trials 0 … n. */
  const bests: (JudgedTrial | null)[] = [];
  let latest: Incumbent | undefined;

  function bestUpTo(last: number): JudgedTrial | null {
    while (bests.length <= last) {
      const trial = bests.length;
      const outcome = outcomeOf(trial);
      if (outcome === undefined) throw new RangeError(`A race was begun before trial ${trial} had its outcome.`);
      const best = bests.at(-1) ?? null;
      bests.push(better(outcome, best, options) ?? best);
    }
    return bests[last] ?? null;
  }

  return (number) => {
    const best = number < lookahead ? null : bestUpTo(number - lookahead);
    if (best === null) return undefined;
    if (latest === undefined || latest.trial !== best.trial) latest = { ...best, folds: foldAnswers(best.trial, options) };
    // A trial that was told its value from outside has no folds to compare with.
    return latest.folds.length === folds ? latest : undefined;
  };
}

/** The trial, where it is better than the best before it. */
function better({ trial, state, values }: KnownOutcome, best: JudgedTrial | null, options: IncumbentOptions): JudgedTrial | undefined {
  const { metric, direction, constraints, evaluations } = options;
  const value = ownMember(values, metric)?.value ?? Number.NaN;
  if (state !== "complete" || Number.isNaN(value) || !meetsBounds(constraints, values)) return undefined;
  if (best !== null && !(direction === "maximize" ? value > best.value : value < best.value)) return undefined;
  return (evaluations(trial)[0]?.repeat ?? 0) > 0 ? undefined : { trial, value };
}

function foldAnswers(trial: number, { metric, evaluations, predictions }: IncumbentOptions): readonly FoldAnswer[] {
  const values = evaluations(trial);
  return predictions(trial).map(({ fold, predicted, scores }) => {
    const value = ownMember(values.find((one) => one.fold === fold)?.values ?? {}, metric) ?? Number.NaN;
    return { value, predicted, scores };
  });
}
