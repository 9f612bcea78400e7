import type { AccuracyTable } from "./accuracy-table.ts";
import { csvText } from "./csv-text.ts";

const measures = ["standardError", "pooled", "correct", "seconds", "folds", "trial"] as const;

/**
 * One line a cell, for spreadsheets and data frames: `gamma,C,accuracy,standardError,pooled,correct,seconds,folds,trial`.
 * Where a configuration was tried more than once `repeats` follows. Scores are fractions at full precision; a cell without a complete trial has empty fields.
 */
export function tableCsv(table: AccuracyTable): string {
  const { rows, columns, cells, metric } = table;
  const repeated = cells.some((row) => row.some((cell) => (cell?.repeats ?? 1) > 1));
  const shown = repeated ? ([...measures, "repeats"] as const) : measures;
  const axes = [rows, columns].filter((axis) => axis !== null);
  const taken = new Set<string>([metric, ...shown]);
  const header = [...axes.map(({ param }) => (taken.has(param) ? `params.${param}` : param)), metric, ...shown];
  const lines = cells.flatMap((row, i) =>
    row.map((cell, j) => [
      ...(rows === null ? [] : [rows.values[i]]),
      ...(columns === null ? [] : [columns.values[j]]),
      cell?.value,
      ...shown.map((measure) => cell?.[measure]),
    ]),
  );
  return csvText(header, lines);
}
