import type { Metric } from "../../core/metric.ts";
import { lowerConfidenceSequence } from "../../math/without-replacement.ts";
import type { Judging } from "../judging.ts";
import { type FoldAnswer, type FoldComparison, foldComparison, type RaceUnit } from "./fold-difference.ts";
import type { Incumbent } from "./incumbents.ts";
import { type FoldDifference, meanDifference } from "./mean-difference.ts";
import { raceLooks } from "./race-bounds.ts";
import { type RaceOrder, raceOrder } from "./race-order.ts";

/** The probability with which a trial that is no worse than its incumbent may be stopped. */
export const raceError = 0.05;

export interface RaceOptions {
  readonly judging: Judging;
  /** The name of the objective's metric. */
  readonly metric: string;
  readonly manner: RaceManner;
  readonly unit: RaceUnit;
  readonly seed: number;
}

/** "spending": bounds by error spending; "exact": a confidence sequence without assumptions on the losses but their bounds. */
export type RaceManner = "spending" | "exact";

/** How all trials of a study are raced. */
export interface Race extends RaceOrder {
  /** A trial's course against its incumbent. */
  against(incumbent: Incumbent): RaceCourse;
}

/** The folds of one trial, in the order of the race. */
export interface RaceCourse {
  /** The answer of the next fold; why the trial stops, or undefined: it goes on. Not called again after a stop. */
  take(answer: FoldAnswer): RaceStop | undefined;
}

export interface RaceStop {
  readonly reason: string;
  /** Of the metric over all folds, as far as can be told: the incumbent's value and the mean difference. */
  readonly value: number;
  readonly standardError: number;
  /** After how many folds it was looked at, and the estimate there. */
  readonly folds: readonly number[];
  readonly values: readonly number[];
}

export function race(options: RaceOptions): Race {
  const { judging, seed } = options;
  const metric = judging.metrics[options.metric] as Metric;
  const { order, rowsAfter } = raceOrder(judging.plan, seed);
  const scale = lossScale(metric);
  const looks = raceLooks(order.length, raceError);
  /** Trials that are raced against the same incumbent share what it costs. */
  const comparisons = new WeakMap<Incumbent, FoldComparison>();

  function comparisonWith(incumbent: Incumbent): FoldComparison {
    let comparison = comparisons.get(incumbent);
    if (comparison === undefined) {
      comparison = foldComparison(incumbent.folds, { judging, metric, unit: options.unit, seed });
      comparisons.set(incumbent, comparison);
    }
    return comparison;
  }

  return {
    order,
    rowsAfter,
    against(incumbent) {
      const compare = comparisonWith(incumbent);
      const differences: FoldDifference[] = [];
      const own: number[] = [];
      const seen: number[] = [];
      const values: number[] = [];
      return {
        take(answer) {
          const position = differences.length;
          differences.push(compare(order[position] as number, answer));
          own.push(scale?.loss(answer.value) ?? Number.NaN);
          const look = looks.folds.indexOf(position + 1);
          if (look < 0) return undefined;
          const { difference, standardError, deviate } = meanDifference(differences, order.length);
          const value = incumbent.value + (metric.direction === "minimize" ? difference : -difference);
          seen.push(position + 1);
          values.push(value);
          const told = { look, looks: looks.folds.length, folds: position + 1, of: order.length, rows: rowsAfter[position + 1] as number };
          const bound = looks.bounds[look] as number;
          const reason =
            outOfReach(metric, incumbent, { losses: own, folds: order.length, certain: options.manner === "spending" }) ??
            (options.manner === "spending" && deviate > bound
              ? clearlyWorse(metric, incumbent, { difference, standardError, deviate, bound })
              : undefined);
          return reason === undefined
            ? undefined
            : { reason: `race: ${reason}; ${lookText(told)}`, value, standardError, folds: seen, values };
        },
      };
    },
  };
}

interface ToldLook {
  readonly look: number;
  readonly looks: number;
  readonly folds: number;
  readonly of: number;
  readonly rows: number;
}

function clearlyWorse(
  metric: Metric,
  incumbent: Incumbent,
  found: { readonly difference: number; readonly standardError: number; readonly deviate: number; readonly bound: number },
): string {
  const { difference, standardError, deviate, bound } = found;
  const [by, error] = [shown(difference, metric), shown(standardError, metric)];
  const unit = metric.unit === "fraction" ? " %" : "";
  return `worse than trial ${incumbent.trial} by ${by} ± ${error}${unit}, ${deviate.toFixed(1)} standard errors where ${bound.toFixed(1)} are enough`;
}

/**
 * The trial can't reach its incumbent any more, whatever its other folds bring: for certain, since no row has less loss than the least that there is, or with
 * the race's error. Holds whatever the losses are. undefined where it can.
 */
function outOfReach(
  metric: Metric,
  incumbent: Incumbent,
  { losses, folds, certain }: { readonly losses: readonly number[]; readonly folds: number; readonly certain: boolean },
): string | undefined {
  const scale = lossScale(metric);
  if (scale === undefined) return undefined;
  const least = certain
    ? losses.reduce((sum, loss) => sum + loss, 0) / folds
    : (lowerConfidenceSequence(losses, folds, raceError).at(-1) as number);
  const other = incumbent.folds.reduce((sum, { value }) => sum + scale.loss(value), 0) / folds;
  // A tie that rounding tears apart is none.
  if (!(least > other + 1e-12 * Math.abs(other))) return undefined;
  const unit = metric.unit === "fraction" ? " %" : "";
  const [own, its] = [shown(scale.value(least), metric), shown(scale.value(other), metric)];
  return `can't reach trial ${incumbent.trial}: ${own}${unit} over all folds at best, where that has ${its}${unit}`;
}

/** "look 2 of 9, 1287 rows of 2 folds, 8 of 10 folds saved". */
function lookText({ look, looks, folds, of, rows }: ToldLook): string {
  return `look ${look + 1} of ${looks}, after ${folds === 1 ? "1 fold" : `${folds} folds`} (${rows} rows), ${of - folds} of ${of} folds saved`;
}

function shown(value: number, { unit }: Metric): string {
  return unit === "fraction" ? (100 * value).toFixed(2) : String(Number(value.toPrecision(4)));
}

/** Losses from 0, the least that a row can have, to 1 where there is a most; undefined where the metric is no mean over rows, or there is no least. */
function lossScale({ rowScores, rowBounds, direction }: Metric): { loss(value: number): number; value(loss: number): number } | undefined {
  if (rowScores === undefined || rowBounds === undefined) return undefined;
  const [low, high] = rowBounds;
  const [best, worst] = direction === "minimize" ? [low, high] : [high, low];
  if (!Number.isFinite(best)) return undefined;
  const size = Number.isFinite(worst) ? Math.abs(worst - best) : 1;
  return {
    loss: (value) => Math.abs(value - best) / size,
    value: (loss) => (direction === "minimize" ? best + loss * size : best - loss * size),
  };
}
