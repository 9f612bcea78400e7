import { plainText, truncate } from "./plain-text.ts";
import { columnsText } from "./columns-text.ts";

/** How often class `row` was taken for class `column`, over all out-of-fold predictions. */
export interface ConfusionCounts {
  readonly classes: readonly string[];
  /** classes × classes. */
  readonly counts: readonly (readonly number[])[];
}

/** The matrix with its recall; rows are the truth, columns what was predicted. */
export function confusionText(confusion: ConfusionCounts, width: number): string[] {
  const names = confusion.classes.map((name) => truncate(plainText(name), 14));
  const columns = [
    { title: "true \\ predicted", least: 6 },
    ...names.map((name) => ({ title: name, align: "right" as const, least: 4 })),
    { title: "recall %", align: "right" as const },
  ];
  const rows = confusion.counts.map((row, i) => {
    const total = row.reduce((sum, one) => sum + one, 0);
    return [names[i] ?? String(i), ...row.map(String), total === 0 ? "–" : (((row[i] ?? 0) / total) * 100).toFixed(1)];
  });
  return columnsText(columns, rows, width);
}
