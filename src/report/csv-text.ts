import { stringify } from "csv-stringify/sync";
import type { ParamValue } from "../core/space.ts";
import { plainText } from "./plain-text.ts";

export type CsvValue = ParamValue | undefined;

/**
 * RFC 4180 with "\n" line ends. Numbers at full precision, negative ones too; NaN, null and missing values are empty. A text that a
 * spreadsheet would take for a formula, in full width too, gets an apostrophe before it; control characters are written out.
 */
export function csvText(header: readonly string[], lines: readonly (readonly CsvValue[])[]): string {
  return stringify([header.map((name) => csvField(name)), ...lines.map((line) => line.map(csvField))]);
}

function csvField(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "" : value > 0 ? "inf" : "-inf";
  if (typeof value === "boolean") return String(value);
  const text = plainText(value);
  return /^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
}
