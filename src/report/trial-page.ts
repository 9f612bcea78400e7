import picocolors from "picocolors";
import { HpoError } from "../core/hpo-error.ts";
import type { ReportedSteps } from "../core/pruner.ts";
import type { AttemptRecord, EvaluationRecord } from "../core/records.ts";
import type { LogRecord } from "../core/task-log.ts";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { unitOf } from "./best-trial.ts";
import { columnsText, type TextColumn } from "./columns-text.ts";
import { formatSeconds } from "./duration.ts";
import { greek } from "./greek.ts";
import { logLines } from "./log-text.ts";
import { formatEstimate, formatParam, formatValue, numberFormat, orderedParams } from "./number-format.ts";
import { joinParts, jsonText, pad, plainText, textWidth, truncate, wrap } from "./plain-text.ts";
import { formatTime } from "./study-list.ts";
import { titleParts } from "./study-lines.ts";
import { parameterNames } from "./table-axes.ts";
import type { TextOptions } from "./table-text.ts";

/** What is stored of one trial besides its line in the snapshot. */
export interface TrialParts {
  readonly evaluations: readonly EvaluationRecord[];
  readonly steps: ReportedSteps | null;
  readonly logs: readonly LogRecord[];
}

/** Steps from the beginning and from the end that a page shows. */
const stepsShown = 20;

/**
 * All that is known of a trial, for people: how it was proposed, what came of it, what it reported, what went wrong and what it wrote.
 * @throws HpoError TRIAL_NOT_FOUND
 */
export function trialPage(snapshot: StudySnapshot, number: number, options: TrialParts & TextOptions): string {
  const trial = trialOf(snapshot, number);
  const width = Math.max(40, options.width ?? 100);
  const room = width - 2;
  const colours = picocolors.createColors(options.colour === true);
  const params = orderedParams(trial.params, parameterNames(snapshot)).map(
    ([name, value]) => [greek(name), formatParam(value, 17)] as const,
  );
  const metrics = snapshot.description.metrics.filter(({ name }) => Object.hasOwn(trial.values, name));
  const sections: (readonly [string, readonly string[]])[] = [
    ["trial", labelled(trialLines(trial), room)],
    ["parameters", labelled(params, room)],
    [
      "values",
      labelled(
        metrics.map(({ name }) => [plainText(name), valueText(snapshot, trial, name)] as const),
        room,
      ),
    ],
    ["folds", options.evaluations.length > 1 ? foldLines(snapshot, options.evaluations, room) : []],
    ["reported", options.steps === null ? [] : stepLines(snapshot, options.steps, room)],
  ];
  const title = truncate([...titleParts(snapshot).slice(0, 1), `trial ${trial.number}`, trial.state].join(" · "), width);
  const lines = [colours.bold(title)];
  for (const [name, content] of sections) {
    if (content.length > 0) lines.push("", colours.bold(name), ...content.map((line) => `  ${truncate(line, room)}`.trimEnd()));
  }
  // The lines of stacks and logs are not cut: they are what the page was asked for.
  const attempts = attemptsOf(snapshot, trial).flatMap((one) => attemptLines(one, room));
  if (attempts.length > 0) lines.push("", colours.bold("attempts that failed"), ...attempts.map((line) => `  ${line}`));
  for (const log of options.logs) lines.push("", colours.bold(logTitle(log)), ...logLines(log).map((line) => `  ${line}`.trimEnd()));
  if (options.logs.length === 0) {
    const none = "nothing was written to stdout or stderr; of a study that runs without workers it is not kept";
    lines.push("", colours.bold("log"), ...wrap(none, room).map((line) => `  ${line}`));
  }
  lines.push("", truncate(`database  ${plainText(snapshot.database)}`, width));
  return `${lines.join("\n")}\n`;
}

/** The same as JSON. @throws HpoError TRIAL_NOT_FOUND */
export function trialJson(snapshot: StudySnapshot, number: number, parts: TrialParts): string {
  const trial = trialOf(snapshot, number);
  return `${jsonText({ study: snapshot.name, ...trial, ...parts, attempts: attemptsOf(snapshot, trial) }, 2)}\n`;
}

function trialOf({ name, trials }: StudySnapshot, number: number): TrialSnapshot {
  const found = trials.find((one) => one.number === number);
  if (found !== undefined) return found;
  const known = trials.length === 0 ? "it has none yet" : `it has ${trials[0]?.number} to ${trials.at(-1)?.number}`;
  throw new HpoError(
    "TRIAL_NOT_FOUND",
    `The trial must be one of the study ${JSON.stringify(plainText(name))} (${known}); got ${number}.`,
    {
      data: { study: name, trial: number },
    },
  );
}

function attemptsOf({ attempts }: StudySnapshot, { number }: TrialSnapshot): readonly AttemptRecord[] {
  return attempts.filter(({ trials }) => trials.includes(number));
}

function trialLines(trial: TrialSnapshot): (readonly [string, string])[] {
  const { state, incident, by, why, parent, repeat, repeatOf, note, startedAt, endedAt, wallSeconds, cpuSeconds, correct, testRows } =
    trial;
  const cpu = cpuSeconds === null ? "CPU not measured" : `CPU ${formatSeconds(cpuSeconds)}`;
  const rows: (readonly [string, string] | null)[] = [
    ["state", incident === null ? state : `${state}: ${plainText(incident)}`],
    ["proposed", `by ${plainText(by)}${why === "" ? "" : `: ${plainText(why)}`}`],
    parent === null ? null : ["continues", `trial ${parent}`],
    repeatOf === null ? null : ["repeats", `trial ${repeatOf} (repeat ${repeat})`],
    note === null ? null : ["note", plainText(note)],
    ["started", startedAt === null ? "–" : `${formatTime(startedAt)} UTC`],
    ["ended", endedAt === null ? "–" : `${formatTime(endedAt)} UTC`],
    ["time", `wall ${formatSeconds(wallSeconds)} · ${cpu}`],
    correct === null ? null : ["right", `${correct} of ${testRows} rows`],
  ];
  return rows.filter((row) => row !== null);
}

function valueText(snapshot: StudySnapshot, trial: TrialSnapshot, name: string): string {
  const { value, standardError, pooled } = trial.values[name] ?? { value: Number.NaN, standardError: null, pooled: null };
  const unit = unitOf(snapshot, name);
  const all = pooled === null || standardError === null ? "" : `  (all rows pooled ${formatEstimate(pooled, null, unit)})`;
  return `${formatEstimate(value, standardError, unit)}${all}`;
}

/** One fold a line: its metrics and its seconds. */
function foldLines(snapshot: StudySnapshot, evaluations: readonly EvaluationRecord[], width: number): string[] {
  const repeated = evaluations.some(({ repeat }) => repeat > 0);
  const metrics = snapshot.description.metrics.map(({ name, unit }) => {
    const values = evaluations.map((one) => (Object.hasOwn(one.values, name) ? (one.values[name] ?? Number.NaN) : Number.NaN));
    const format = numberFormat(values, unit);
    return { title: `${plainText(name)}${unit === "fraction" ? " %" : ""}`, cells: values.map((value) => formatValue(value, format)) };
  });
  const columns: TextColumn[] = [
    { title: "fold", align: "right" },
    ...metrics.map(({ title }): TextColumn => ({ title, align: "right", least: 8 })),
    { title: "rows", align: "right" },
    { title: "time", align: "right" },
  ];
  const rows = evaluations.map(({ repeat, fold, testRows, time }, i) => [
    repeated ? `${repeat + 1}.${fold + 1}` : `${fold + 1}`,
    ...metrics.map(({ cells }) => cells[i] ?? ""),
    String(testRows),
    formatSeconds(time.wallSeconds),
  ]);
  return columnsText(columns, rows, width);
}

function stepLines(snapshot: StudySnapshot, { steps, values }: ReportedSteps, width: number): string[] {
  const [objective] = snapshot.description.objectives;
  const metric = objective?.metric ?? "";
  const format = numberFormat(values, unitOf(snapshot, metric));
  const shown = steps.map((step, i) => `${step}: ${formatValue(values[i] ?? Number.NaN, format)}`);
  const hidden = shown.length - 2 * stepsShown;
  const some = hidden > 1 ? [...shown.slice(0, stepsShown), `… ${hidden} more`, ...shown.slice(-stepsShown)] : shown;
  return [`${plainText(metric)}${format.unit === "fraction" ? " %" : ""} by step`, ...joinParts(some, width)];
}

function attemptLines({ task, attempt, wallSeconds, incident }: AttemptRecord, width: number): string[] {
  const what = `${plainText(task)}, attempt ${attempt} after ${formatSeconds(wallSeconds)}: ${incident.kind}: ${plainText(incident.message)}`;
  const stack = incident.stack === null ? [] : incident.stack.split("\n");
  return [
    ...wrap(what, width - 2).map((line, i) => (i === 0 ? line : `  ${line}`)),
    ...stack.map((line) => `    ${plainText(line.trimEnd())}`),
  ];
}

function logTitle({ label, attempt }: LogRecord): string {
  return `log of ${plainText(label)}${attempt === 1 ? "" : `, attempt ${attempt}`}`;
}

/** Values behind their labels; what is too long goes on below itself. */
function labelled(rows: readonly (readonly [string, string])[], width: number): string[] {
  const wide = Math.max(0, ...rows.map(([name]) => textWidth(name)));
  return rows.flatMap(([name, text]) =>
    wrap(text, Math.max(20, width - wide - 2)).map((line, i) => `${pad(i === 0 ? name : "", wide)}  ${line}`),
  );
}
