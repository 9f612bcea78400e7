import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import type { AccuracyTable, TableCell } from "./accuracy-table.ts";
import { constraintsText, directionOf, mainMetric, unitOf } from "./best-trial.ts";
import { formatSeconds } from "./duration.ts";
import { greek } from "./greek.ts";
import { count, formatEstimate, formatParam, formatParams } from "./number-format.ts";
import { plainText } from "./plain-text.ts";
import { selectionText } from "./selected-trial.ts";
import { parameterNames } from "./table-axes.ts";

/** What is measured: "accuracy % (seconds)". */
export function measureLabel(table: Pick<AccuracyTable, "metric" | "unit">): string {
  return `${plainText(table.metric)}${table.unit === "fraction" ? " %" : ""} (seconds)`;
}

/** The parts of the line above a table: study, measure, folds, data. How features were scaled stands in `scalingLabel`. */
export function titleParts(snapshot: StudySnapshot, table?: Pick<AccuracyTable, "metric" | "unit">): string[] {
  const { cv, data } = snapshot.description;
  const parts = [plainText(snapshot.name)];
  if (table !== undefined) parts.push(measureLabel(table));
  if (cv !== null) parts.push(plainText(cv.label));
  if (data !== null) parts.push(`${data.rows} × ${data.features}${data.classes === null ? "" : `, ${data.classes.length} classes`}`);
  return parts;
}

/** "scaled to [0,1] on all rows", or empty. */
export function scalingLabel(snapshot: StudySnapshot): string {
  return snapshot.description.data?.scaling === "min-max" ? "scaled to [0,1] on all rows" : "";
}

/** "γ=4 C=10  92.43 ± 0.31 %": the best cell of a table; null for an empty table. */
export function bestOfTable(snapshot: StudySnapshot, table: AccuracyTable): string | null {
  const cell = table.best === null ? null : table.cells[table.best.row]?.[table.best.column];
  const trial = snapshot.trials.find((one) => one.number === cell?.trial);
  return trial === undefined || cell === undefined || cell === null ? null : cellLine(snapshot, trial, { cell, metric: table.metric });
}

function cellLine(
  snapshot: StudySnapshot,
  trial: TrialSnapshot,
  { cell, metric }: { readonly cell: TableCell; readonly metric: string },
): string {
  const estimate = formatEstimate(cell.value, cell.standardError, unitOf(snapshot, metric));
  const value = cell.repeats > 1 ? `${estimate} (mean of ${cell.repeats})` : estimate;
  const params = formatParams(trial.params, parameterNames(snapshot));
  return params === "" ? value : `${params}  ${value}`;
}

/** "25 cells, 250 fits (137 identical, skipped) · 3,750 solves, 2,055 skipped · wall 3.1 s · CPU 5.6 s", as parts; what is not so good comes first after the counts. */
export function costParts(snapshot: StudySnapshot): string[] {
  const crossValidated = snapshot.description.cv !== null;
  const complete = snapshot.trials.filter((trial) => trial.state === "complete").length;
  const noun = crossValidated ? "cell" : "trial";
  const all = snapshot.trials.length;
  const trials = complete === all ? count(all, noun) : `${complete} of ${count(all, noun)}`;
  const skipped = snapshot.identicalFits === 0 ? "" : ` (${snapshot.identicalFits} identical, skipped)`;
  const parts = [crossValidated ? `${trials}, ${count(snapshot.fits, "fit")}${skipped}` : trials];
  const { solves = 0, skipped: spared = 0 } = snapshot.counts;
  if (solves > 0) parts.push([`${grouped(solves)} solves`, ...(spared === 0 ? [] : [`${grouped(spared)} skipped`])].join(", "));
  const states = (["failed", "pruned"] as const).map(
    (state) => [state, snapshot.trials.filter((one) => one.state === state).length] as const,
  );
  for (const [state, number] of states) if (number > 0) parts.push(`${number} ${state}`);
  parts.push(...raceParts(snapshot));
  if (snapshot.state !== "complete" && snapshot.state !== "new") parts.push(snapshot.state);
  parts.push(`wall ${formatSeconds(snapshot.wallSeconds)}`);
  parts.push(`CPU ${snapshot.cpuSeconds === null ? "not measured" : formatSeconds(snapshot.cpuSeconds)}`);
  return parts;
}

/** "race: 35 of 160 fits saved"; folds that ran past a stop are not saved. */
function raceParts({ declaration, description, trials }: StudySnapshot): string[] {
  if (declaration.race === undefined || description.cv === null) return [];
  const folds = description.cv.folds;
  const ended = trials.filter(({ state }) => state === "complete" || state === "pruned");
  const saved = ended.reduce((sum, trial) => sum + folds - trial.folds, 0);
  return [`race: ${grouped(saved)} of ${grouped(ended.length * folds)} fits saved`];
}

/** One line a trial that ended so, at most `limit` and then how many more there are. */
export function endedLines(snapshot: StudySnapshot, state: "failed" | "pruned", limit: number = 3): string[] {
  const ended = snapshot.trials.filter((trial) => trial.state === state);
  const lines = ended.slice(0, limit).map((trial) => {
    const params = formatParams(trial.params, parameterNames(snapshot));
    return `trial ${trial.number}${params === "" ? "" : ` (${params})`}: ${plainText(trial.incident ?? "no reason stored")}`;
  });
  const more = ended.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more: hpo ${state === "failed" ? "show" : "trials"} ${plainText(snapshot.name)}`] : lines;
}

/** What the cells hide and what was left out: "each cell the best over kernel (2 values)", "only C=10", "smaller is better". */
export function readingNotes(snapshot: StudySnapshot, table: AccuracyTable): string[] {
  const notes: string[] = [];
  if (table.over.length > 0) {
    notes.push(`each cell the best over ${table.over.map((axis) => `${greek(axis.param)} (${axis.values.length} values)`).join(", ")}`);
  }
  const only = Object.entries(table.where).map(([name, value]) => `${greek(name)}=${formatParam(value)}`);
  if (only.length > 0) notes.push(`only ${only.join(" ")}`);
  const repeats = table.cells.flatMap((row) => row.map((cell) => cell?.repeats ?? 1));
  // Not as arguments: a table may have a million cells.
  const most = repeats.reduce((larger, one) => Math.max(larger, one), 0);
  if (most > 1)
    notes.push(`${count(repeats.filter((one) => one > 1).length, "cell")} the mean of 2${most > 2 ? ` to ${most}` : ""} repeats`);
  if (constraintsText(snapshot) !== "") notes.push(`best where ${constraintsText(snapshot)}`);
  const selection = table.metric === mainMetric(snapshot) ? selectionText(snapshot) : null;
  if (selection !== null) notes.push(`best: ${selection}`);
  if (directionOf(snapshot, table.metric) === "minimize") notes.push("smaller is better");
  return notes;
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
