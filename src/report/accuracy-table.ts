import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { ownMember } from "../core/own-member.ts";
import { goodnessOf } from "../study/best-outcome.ts";
import {
  bestTrial,
  completeConfigurations,
  type ConfigurationSnapshot,
  directionOf,
  mainMetric,
  meetsConstraints,
  repeatDeviation,
  unitOf,
} from "./best-trial.ts";
import { plainText } from "./plain-text.ts";
import { type AxisOptions, paramOf, type TableAxis, tableAxes, valueKey } from "./table-axes.ts";

export interface AccuracyTableOptions extends AxisOptions {
  /** Default: the first objective's metric. */
  readonly metric?: string;
}

/** The value of the best configuration of a cell, the mean where it was tried more than once. Fractions stay fractions. */
export interface TableCell {
  readonly value: number;
  readonly standardError: number | null;
  readonly pooled: number | null;
  readonly correct: number | null;
  /** Wall seconds of its trials: their own and their share of shared work. */
  readonly seconds: number;
  readonly folds: number;
  /** The first of them. */
  readonly trial: number;
  /** How many complete trials it is the mean of. */
  readonly repeats: number;
}

/** A table of one metric over two parameters, as plain data: every format is written from this and the snapshot. */
export interface AccuracyTable {
  readonly metric: string;
  readonly unit: "fraction" | "number";
  /** null where no parameter varies. */
  readonly rows: TableAxis | null;
  readonly columns: TableAxis | null;
  /** Rows × columns, at least 1 × 1; null where no trial is complete. */
  readonly cells: readonly (readonly (TableCell | null)[])[];
  /** Where the best cell stands. */
  readonly best: { readonly row: number; readonly column: number } | null;
  /** Varying parameters on neither axis. */
  readonly over: readonly TableAxis[];
  readonly where: Readonly<Record<string, string>>;
}

/**
 * Arranges a study's complete trials by two parameters. A cell shows the best configuration over all others (`bestTrial`), ties to the
 * lowest number; NaN, and one that misses the study's constraints, is shown only where a cell has nothing better.
 * @throws HpoError USAGE for an unknown parameter or metric and for a filter that fits no trial.
 */
export function accuracyTable(snapshot: StudySnapshot, options: AccuracyTableOptions = {}): AccuracyTable {
  const metric = options.metric ?? mainMetric(snapshot);
  const known = snapshot.description.metrics.map((one) => one.name);
  if (!known.includes(metric) && options.metric !== undefined) {
    throw new HpoError("USAGE", `metric must be one of ${known.map(plainText).join(", ")}; got ${showValue(plainText(metric))}.`);
  }
  const { rows, columns, over, trials } = tableAxes(snapshot, options);
  const direction = directionOf(snapshot, metric);
  const deviation = repeatDeviation(snapshot, metric);
  const goodness = ({ values, repeats = 1 }: ConfigurationSnapshot): number =>
    goodnessOf({ value: ownMember(values, metric)?.value ?? Number.NaN, repeats }, direction, deviation);
  const isBetter = (trial: ConfigurationSnapshot, current: ConfigurationSnapshot): boolean => {
    const [meets, met] = [meetsConstraints(snapshot, trial), meetsConstraints(snapshot, current)];
    return meets === met ? exceeds(goodness(trial), goodness(current)) : meets;
  };
  // What the study selects is its best trial, in its own cell too, as long as that metric is shown.
  const selects = snapshot.description.selection !== undefined && metric === mainMetric(snapshot);
  const selected = selects ? bestTrial(snapshot)?.number : undefined;
  const isSelected = trials.some(({ number }) => number === selected);
  const chosen = new Map<string, ConfigurationSnapshot>();
  for (const trial of completeConfigurations(trials)) {
    const key = cellKey(trial, rows, columns);
    const current = chosen.get(key);
    const isChosen = trial.number === selected || (current?.number !== selected && current !== undefined && isBetter(trial, current));
    if (current === undefined || isChosen) chosen.set(key, trial);
  }
  let best: { row: number; column: number; goodness: number; trial: number } | null = null;
  const cells = (rows?.values ?? [undefined]).map((rowValue, row) =>
    (columns?.values ?? [undefined]).map((columnValue, column): TableCell | null => {
      const trial = chosen.get(`${rows === null ? "" : valueKey(rowValue)}\n${columns === null ? "" : valueKey(columnValue)}`);
      if (trial === undefined) return null;
      const score = goodness(trial);
      if (isSelected && trial.number !== selected) return cell(trial, metric);
      const better = best === null || score > best.goodness || (score === best.goodness && trial.number < best.trial);
      if (!Number.isNaN(score) && better && meetsConstraints(snapshot, trial)) best = { row, column, goodness: score, trial: trial.number };
      return cell(trial, metric);
    }),
  );
  const place = best as { row: number; column: number } | null;
  return {
    metric,
    unit: unitOf(snapshot, metric),
    rows,
    columns,
    cells,
    best: place === null ? null : { row: place.row, column: place.column },
    over,
    where: options.where ?? {},
  };
}

function exceeds(candidate: number, current: number): boolean {
  return Number.isNaN(current) ? !Number.isNaN(candidate) : candidate > current;
}

function cellKey(trial: TrialSnapshot, rows: TableAxis | null, columns: TableAxis | null): string {
  const side = (axis: TableAxis | null) => (axis === null ? "" : valueKey(paramOf(trial.params, axis.param)));
  return `${side(rows)}\n${side(columns)}`;
}

function cell(trial: ConfigurationSnapshot, metric: string): TableCell {
  const found = ownMember(trial.values, metric);
  return {
    value: found?.value ?? Number.NaN,
    standardError: found?.standardError ?? null,
    pooled: found?.pooled ?? null,
    correct: trial.correct,
    seconds: trial.wallSeconds,
    folds: trial.folds,
    trial: trial.number,
    repeats: trial.repeats ?? 1,
  };
}
