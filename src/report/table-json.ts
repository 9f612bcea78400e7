import type { StudySnapshot } from "../core/snapshot.ts";
import type { Json } from "../core/json.ts";
import type { AccuracyTable, TableCell } from "./accuracy-table.ts";
import { jsonText } from "./plain-text.ts";
import type { TableAxis } from "./table-axes.ts";

/** The table as one JSON object; a cell that is the mean of several trials says of how many (`repeats`); an axis that the study does not have is `{ param: null, values: [null] }`. */
export function tableJson(snapshot: StudySnapshot, table: AccuracyTable): string {
  const object: Json = {
    study: snapshot.name,
    metric: table.metric,
    rows: axis(table.rows),
    columns: axis(table.columns),
    cells: table.cells.map((row) => row.map((one) => (one === null ? null : cell(one)))),
    wallSeconds: snapshot.wallSeconds,
    cpuSeconds: snapshot.cpuSeconds,
  };
  return `${jsonText(object, 2)}\n`;
}

function axis(one: TableAxis | null): Json {
  return one === null ? { param: null, values: [null] } : { param: one.param, values: one.values.map((value) => value ?? null) };
}

function cell(one: TableCell): Json {
  const { value, standardError, pooled, correct, seconds, folds, trial, repeats } = one;
  return { value, standardError, pooled, correct, seconds, folds, trial, ...(repeats > 1 ? { repeats } : {}) };
}
