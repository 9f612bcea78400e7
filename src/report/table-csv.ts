import type { AccuracyTable } from "./accuracy-table.ts";
import { csvText } from "./csv-text.ts";

const measures = ["standardError", "pooled", "correct", "seconds", "folds", "trial"] as const;

/**
 * One line a cell, for spreadsheets and data frames: `gamma,C,accuracy,standardError,pooled,correct,seconds,folds,trial`.
 * Scores are fractions at full precision; a cell without a complete trial has empty fields.
 */
export function tableCsv(table: AccuracyTable): string {
  const { rows, columns, cells, metric } = table;
  const axes = [rows, columns].filter((axis) => axis !== null);
  const taken = new Set<string>([metric, ...measures]);
  const header = [...axes.map(({ param }) => (taken.has(param) ? `params.${param}` : param)), metric, ...measures];
  const lines = cells.flatMap((row, i) =>
    row.map((cell, j) => [
      ...(rows === null ? [] : [rows.values[i]]),
      ...(columns === null ? [] : [columns.values[j]]),
      cell?.value,
      ...measures.map((measure) => cell?.[measure]),
    ]),
  );
  return csvText(header, lines);
}
