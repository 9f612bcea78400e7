import { columnsText, type TextColumn } from "./columns-text.ts";
import { count } from "./number-format.ts";
import { plainText, textWidth, truncate } from "./plain-text.ts";

/** How often class `row` was taken for class `column`, over all out-of-fold predictions. */
export interface ConfusionCounts {
  readonly classes: readonly string[];
  /** classes × classes. */
  readonly counts: readonly (readonly number[])[];
}

/** Wider matrices are told by their most frequent mistakes. */
const matrixLimit = 20;
/** How many of those. */
const mistakesShown = 10;

/**
 * The matrix with recall and precision of each class (of the rows that are it, those found; of the rows taken for it, those that are it); rows are the truth, columns what was predicted. Where the names of the classes don't fit
 * above their columns, numbers stand for them; many classes are told by the mistakes made most often.
 */
export function confusionText(confusion: ConfusionCounts, width: number): string[] {
  const names = confusion.classes.map(plainText);
  if (names.length > matrixLimit) return mistakes(confusion, names, width);
  const named = matrixColumns(names);
  const digits = Math.max(0, ...confusion.counts.flat().map((one) => String(one).length));
  const needed = names.reduce((sum, name) => sum + 2 + Math.max(digits, textWidth(name)), 0);
  const label = Math.max(textWidth("true \\ predicted"), ...names.map(textWidth));
  const fits = needed + label + textWidth("  recall %  precision %") <= width && names.every((name) => textWidth(name) <= 14);
  if (fits) return columnsText(named, matrixRows(confusion, names), width);
  const numbers = names.map((_, i) => String(i + 1));
  const wide = String(names.length).length;
  const labels = names.map((name, i) => `${String(i + 1).padStart(wide)} ${truncate(name, 32)}`);
  return columnsText(matrixColumns(numbers), matrixRows(confusion, labels), width);
}

function matrixColumns(titles: readonly string[]): TextColumn[] {
  return [
    { title: "true \\ predicted", least: 6 },
    ...titles.map((title) => ({ title, align: "right" as const, least: 4 })),
    { title: "recall %", align: "right" as const },
    { title: "precision %", align: "right" as const },
  ];
}

function matrixRows(confusion: ConfusionCounts, labels: readonly string[]): string[][] {
  return confusion.counts.map((row, i) => {
    const right = row[i] ?? 0;
    const all = row.reduce((sum, one) => sum + one, 0);
    const taken = confusion.counts.reduce((sum, other) => sum + (other[i] ?? 0), 0);
    // Zeros are what a reader looks past.
    const cells = row.map((one) => (one === 0 ? "·" : String(one)));
    return [labels[i] ?? String(i), ...cells, percent(right, all), percent(right, taken)];
  });
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : ((part / whole) * 100).toFixed(1);
}

function mistakes({ counts }: ConfusionCounts, names: readonly string[], width: number): string[] {
  const wrong = counts
    .flatMap((row, i) => row.map((number, j) => ({ i, j, number })))
    .filter(({ i, j, number }) => i !== j && number > 0)
    .sort((a, b) => b.number - a.number || a.i - b.i || a.j - b.j);
  if (wrong.length === 0) return [`${count(names.length, "class").replace("classs", "classes")}, none mistaken`];
  const rows = wrong
    .slice(0, mistakesShown)
    .map(({ i, j, number }) => [names[i] ?? String(i), names[j] ?? String(j), String(number), rowShare(counts[i] ?? [], number)]);
  const columns: TextColumn[] = [
    { title: "true", least: 6 },
    { title: "taken for", least: 6 },
    { title: "rows", align: "right" },
    { title: "% of true", align: "right" },
  ];
  const left = wrong.length - rows.length;
  return [...columnsText(columns, rows, width), ...(left > 0 ? [`… and ${count(left, "rarer mistake")}`] : [])];
}

function rowShare(row: readonly number[], number: number): string {
  return ((number / row.reduce((sum, one) => sum + one, 0)) * 100).toFixed(1);
}
