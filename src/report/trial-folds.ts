import type { EvaluationRecord, PredictionRecord, StudyDescription } from "../core/records.ts";
import { confusionMatrix } from "../metrics/confusion-matrix.ts";
import type { ConfusionCounts } from "./confusion-text.ts";
import { formatValue, numberFormat } from "./number-format.ts";
import { pad, plainText, textWidth, truncate } from "./plain-text.ts";

/** The confusion of all out-of-fold predictions; null for regression, without kept predictions, and for what are no codes. */
export function trialConfusion(description: StudyDescription, predictions: readonly PredictionRecord[]): ConfusionCounts | null {
  const classes = description.data?.classes ?? null;
  if (classes === null || predictions.length === 0) return null;
  const classCount = classes.length;
  const counts = classes.map(() => classes.map(() => 0));
  for (const { truth, predicted } of predictions) {
    if (truth.length !== predicted.length || ![...truth, ...predicted].every((code) => isCode(code, classCount))) return null;
    const fold = confusionMatrix(truth, predicted, { classCount }).counts;
    for (const [i, row] of counts.entries()) for (const j of row.keys()) row[j] = (row[j] ?? 0) + (fold[i * classCount + j] ?? 0);
  }
  return { classes, counts };
}

function isCode(code: number, classCount: number): boolean {
  return Number.isInteger(code) && code >= 0 && code < classCount;
}

/** One column a fold, one line a metric, in blocks of at most `width` columns. */
export function foldScoresText(description: StudyDescription, evaluations: readonly EvaluationRecord[], width: number): string[] {
  const repeated = evaluations.some((one) => one.repeat > 0);
  const rows = description.metrics.map(({ name, unit }) => {
    const values = evaluations.map((one) => (Object.hasOwn(one.values, name) ? (one.values[name] ?? Number.NaN) : Number.NaN));
    const format = numberFormat(values, unit);
    return [`${truncate(plainText(name), 24)}${unit === "fraction" ? " %" : ""}`, ...values.map((value) => formatValue(value, format))];
  });
  const header = ["fold", ...evaluations.map(({ repeat, fold }) => (repeated ? `${repeat + 1}.${fold + 1}` : String(fold + 1)))];
  const lines = [header, ...rows];
  const label = Math.max(...lines.map(([first = ""]) => textWidth(first)));
  const wide = Math.max(0, ...lines.flatMap((line) => line.slice(1).map(textWidth)));
  const perBlock = Math.max(1, Math.floor((width - label) / (wide + 2)));
  const blocks: string[] = [];
  for (let from = 1; from < header.length; from += perBlock) {
    for (const [first = "", ...line] of lines) {
      const cells = line.slice(from - 1, from - 1 + perBlock).map((cell) => `  ${pad(cell, wide, "right")}`);
      blocks.push(truncate(`${pad(first, label)}${cells.join("")}`, width));
    }
  }
  return blocks;
}
