import { inflateRawSync } from "node:zlib";
import { storedJson } from "../../stored-json.ts";

/** A column that holds JSON, and how a sound one looks. */
export interface JsonColumn {
  readonly table: string;
  readonly column: string;
  /** Names the row for people. */
  readonly row: string;
  readonly is: (value: unknown) => boolean;
  /** What an export keeps of a row whose text can't be read: nothing of it, or the row without the text. */
  readonly unreadable: "drop" | "null";
}

/** All columns with JSON, but for the headers of studies, which have a reader of their own. */
export const jsonColumns: readonly JsonColumn[] = [
  { table: "trials", column: "params", row: "'trial ' || trial", is: isObject, unreadable: "drop" },
  { table: "gradients", column: "gradient", row: "'trial ' || trial", is: isObject, unreadable: "drop" },
  { table: "evaluation_gradients", column: "gradient", row: "'trial ' || trial", is: isObject, unreadable: "drop" },
  { table: "shared_work", column: "counts", row: "'shared work ' || key", is: isObject, unreadable: "drop" },
  { table: "shared_work", column: "warnings", row: "'shared work ' || key", is: isTexts, unreadable: "drop" },
  { table: "runs", column: "notes", row: "'the run of ' || started_at", is: isTexts, unreadable: "drop" },
  { table: "environments", column: "content", row: "'environment ' || environment", is: isObject, unreadable: "drop" },
  { table: "models", column: "json", row: "'the model of trial ' || trial", is: isObject, unreadable: "drop" },
  { table: "earlier_studies", column: "content", row: "'what it learns from'", is: Array.isArray, unreadable: "drop" },
  { table: "studies", column: "estimate", row: "'its estimate'", is: isObject, unreadable: "null" },
];

/** Whether a stored value, a text or deflated bytes, reads as its column says. NULL is sound where the column allows it. */
export function isSound({ is }: JsonColumn, stored: unknown): boolean {
  if (stored === null) return true;
  try {
    const text = Buffer.isBuffer(stored) ? inflateRawSync(stored).toString() : stored;
    return typeof text === "string" && is(storedJson<unknown>(text));
  } catch {
    // Neither JSON nor deflated: that is the answer.
    return false;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
