import picocolors from "picocolors";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { ownMember } from "../core/own-member.ts";
import { meetsBounds } from "../study/outcome-bounds.ts";
import { leadingTrials, mainMetric, meetsConstraints, noBestText, paretoFront, rankedTrials, unitOf } from "./best-trial.ts";
import { columnsText, type TextColumn } from "./columns-text.ts";
import { csvText } from "./csv-text.ts";
import { formatSeconds } from "./duration.ts";
import { greek } from "./greek.ts";
import { hasLineage } from "./lineage.ts";
import { count, formatEstimate, formatParam, formatValue, numberFormat, type NumberFormat } from "./number-format.ts";
import { estimateLines } from "./nested-report.ts";
import { joinParts, jsonText, plainText, wrap } from "./plain-text.ts";
import { selectionText } from "./selected-trial.ts";
import { costParts, titleParts } from "./study-lines.ts";
import { paramOf, parameterNames } from "./table-axes.ts";
import type { TextOptions } from "./table-text.ts";
import { troubleLines } from "./trouble-lines.ts";

/** Every trial, by number; the best one, or those on the front of several objectives, have an asterisk. */
export function trialsText(snapshot: StudySnapshot, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const lines = trialLines(snapshot, snapshot.trials, { ...options, width });
  const front = paretoFront(snapshot);
  const title = [...titleParts(snapshot), ...(front === null ? [] : [`* on the front (${count(front.length, "trial")})`])];
  return `${[...joinParts(title, width), ...lines, "", ...joinParts(costParts(snapshot), width)].join("\n")}\n`;
}

/** The best trials, best first, or the front of several objectives, with a foot: what `hpo run` prints where a table can't show the study. */
export function bestTrialsText(snapshot: StudySnapshot, options: TextOptions & { readonly limit?: number } = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const front = paretoFront(snapshot);
  const ranked = front ?? rankedTrials(snapshot);
  const shown = ranked.slice(0, options.limit ?? 10);
  const order = front === null && shown.some(({ repeats = 1 }) => repeats > 1) ? ", means worsened by their noise" : "";
  const what = front === null ? `the best ${count(shown.length, "trial")}${order}` : frontLabel(front);
  const head = [...titleParts(snapshot), shown.length === 0 ? noBestText(snapshot) : what];
  const selection = front === null ? selectionText(snapshot) : null;
  const chosen = selection === null ? [] : wrap(`* ${selection}`, width);
  const command = front === null ? "trials" : "best";
  const more =
    ranked.length > shown.length ? [`  … and ${ranked.length - shown.length} more: hpo ${command} ${plainText(snapshot.name)}`] : [];
  const lines = shown.length === 0 ? [] : trialLines(snapshot, shown, { ...options, width });
  const colours = picocolors.createColors(options.colour === true);
  const trouble = troubleLines(snapshot, { width, colours });
  const estimates = front === null ? estimateLines(snapshot, mainMetric(snapshot), { width, label: colours.bold }) : [];
  const parts = [
    ...joinParts(head, width),
    ...lines,
    ...more,
    ...chosen,
    "",
    ...estimates,
    ...joinParts(costParts(snapshot), width),
    ...trouble,
  ];
  return `${parts.join("\n")}\n`;
}

/** "the front: 5 trials that no other beats". */
export function frontLabel(front: readonly TrialSnapshot[]): string {
  return `the front: ${front.length === 1 ? "1 trial that beats all others" : `${front.length} trials that no other beats`}`;
}

/** One line a trial under a head, with the value of each objective; `options.marks: false` leaves the asterisks out. */
export function trialLines(
  snapshot: StudySnapshot,
  trials: readonly (TrialSnapshot & { readonly repeats?: number })[],
  options: TextOptions & { readonly width: number; readonly marks?: boolean },
): string[] {
  const colours = picocolors.createColors(options.colour === true);
  const names = parameterNames(snapshot).filter((name) => trials.some((trial) => Object.hasOwn(trial.params, name)));
  const objectives = new Set(snapshot.description.objectives.map(({ metric }) => metric));
  const bound = (snapshot.description.constraints ?? []).map((one) => one.metric).filter((name) => !objectives.has(name));
  const leading = options.marks === false ? new Set<number>() : leadingTrials(snapshot);
  const incidents = trials.some((trial) => trial.incident !== null);
  const judged = judgedColumns(snapshot, trials);
  const lineage = trials.some(({ parent }) => parent !== null);
  const repeats = repeatsColumn(trials);
  const columns: TextColumn[] = [
    { title: " trial", align: "right" },
    { title: "state" },
    ...(lineage ? [{ title: "from", align: "right" } as const] : []),
    ...judged.map(({ column }) => column),
    ...(repeats === null ? [] : [repeats.column]),
    ...bound.map((name): TextColumn => ({ title: plainText(name), align: "right", least: 6 })),
    ...names.map((name): TextColumn => ({ title: greek(name), align: "right", least: 6 })),
    { title: "time", align: "right" },
    ...(incidents ? [{ title: "why it ended", least: 8 }] : []),
  ];
  const rows = trials.map((trial) => [
    `${leading.has(trial.number) ? "*" : ""}${trial.number}`,
    trial.state,
    ...(lineage ? [trial.parent === null ? "–" : String(trial.parent)] : []),
    ...judged.map(({ cell }) => cell(trial)),
    ...(repeats === null ? [] : [repeats.cell(trial)]),
    ...bound.map((name) => boundText(snapshot, trial, name)),
    ...names.map((name) => formatParam(paramOf(trial.params, name))),
    trial.state === "waiting" ? "–" : formatSeconds(trial.wallSeconds),
    ...(incidents ? [plainText(trial.incident ?? "")] : []),
  ]);
  return columnsText(columns, rows, options.width).map((line, i) => {
    if (i === 0) return colours.dim(line);
    return leading.has(trials[i - 1]?.number ?? -1) ? colours.bold(line) : line;
  });
}

/** The value of a metric that is bound, with "!" where it misses its bound. */
function boundText(snapshot: StudySnapshot, trial: TrialSnapshot, name: string): string {
  const found = ownMember(trial.values, name);
  if (found === undefined) return "–";
  const bounds = (snapshot.description.constraints ?? []).filter((one) => one.metric === name);
  const unit = unitOf(snapshot, name);
  return `${formatEstimate(found.value, null, unit)}${meetsBounds(bounds, trial.values) ? "" : " !"}`;
}

interface JudgedColumn {
  readonly column: TextColumn;
  readonly cell: (trial: TrialSnapshot & { readonly repeats?: number }) => string;
}

/** How many trials a configuration is the mean of; in a list of single trials, which one each repeats. null where nothing was repeated. */
function repeatsColumn(trials: readonly (TrialSnapshot & { readonly repeats?: number })[]): JudgedColumn | null {
  if (trials.some((trial) => (trial.repeats ?? 1) > 1)) {
    return { column: { title: "repeats", align: "right" }, cell: ({ repeats = 1 }) => String(repeats) };
  }
  if (trials.every(({ repeatOf, repeats }) => repeats !== undefined || repeatOf === null)) return null;
  return { column: { title: "repeats trial", align: "right" }, cell: ({ repeatOf }) => (repeatOf === null ? "" : String(repeatOf)) };
}

/** For each objective its value and standard error; the latter is left out where several objectives have none. */
function judgedColumns(snapshot: StudySnapshot, trials: readonly TrialSnapshot[]): readonly JudgedColumn[] {
  const { objectives } = snapshot.description;
  const metrics = objectives.length > 1 ? objectives.map(({ metric }) => metric) : [mainMetric(snapshot)];
  return metrics.flatMap((metric) => {
    const unit = unitOf(snapshot, metric);
    const values = numberFormat(
      trials.map((trial) => ownMember(trial.values, metric)?.value ?? Number.NaN),
      unit,
    );
    const errors = numberFormat(
      trials.map((trial) => ownMember(trial.values, metric)?.standardError ?? Number.NaN),
      unit,
    );
    const value: JudgedColumn = {
      column: { title: `${plainText(metric)}${unit === "fraction" ? " %" : ""}`, align: "right", least: 8 },
      cell: ({ values: found }) => cellText(ownMember(found, metric)?.value, values),
    };
    const error: JudgedColumn = {
      column: { title: "±", align: "right" },
      cell: ({ values: found }) => cellText(ownMember(found, metric)?.standardError, errors),
    };
    const told = metrics.length === 1 || trials.some((trial) => ownMember(trial.values, metric)?.standardError != null);
    return told ? [value, error] : [value];
  });
}

function cellText(value: number | null | undefined, format: NumberFormat): string {
  return value == null ? "–" : formatValue(value, format);
}

/** `trial,state,value,standardError,params.<name>…,startedAt,endedAt,wallSeconds,cpuSeconds`, one line a trial; the value is the first objective's. Where configurations were tried again, `repeatOf` follows. With several objectives the others' values follow as `values.<metric>`, then `front`; with constraints, `feasible`; where trials continue others, `parent`. */
export function trialsCsv(snapshot: StudySnapshot): string {
  const metric = mainMetric(snapshot);
  const names = parameterNames(snapshot);
  const front = frontNumbers(snapshot);
  const others = snapshot.description.objectives.slice(1).map((one) => one.metric);
  const several = front === null ? [] : [...others.map((name) => `values.${name}`), "front"];
  const bound = (snapshot.description.constraints ?? []).length > 0;
  const feasible = bound ? ["feasible"] : [];
  const lineage = hasLineage(snapshot);
  const parent = lineage ? ["parent"] : [];
  const repeated = snapshot.trials.some(({ repeat }) => repeat > 0);
  const repeats = repeated ? ["repeatOf"] : [];
  const header = [
    "trial",
    "state",
    "value",
    "standardError",
    ...repeats,
    ...several,
    ...feasible,
    ...parent,
    ...names.map((name) => `params.${name}`),
  ];
  return csvText(
    [...header, "startedAt", "endedAt", "wallSeconds", "cpuSeconds"],
    snapshot.trials.map((trial) => [
      trial.number,
      trial.state,
      ownMember(trial.values, metric)?.value,
      ownMember(trial.values, metric)?.standardError,
      ...(repeated ? [trial.repeatOf ?? undefined] : []),
      ...(front === null ? [] : [...others.map((name) => ownMember(trial.values, name)?.value), front.has(trial.number)]),
      ...(bound ? [trial.state === "complete" ? meetsConstraints(snapshot, trial) : undefined] : []),
      ...(lineage ? [trial.parent] : []),
      ...names.map((name) => paramOf(trial.params, name)),
      trial.startedAt,
      trial.endedAt,
      trial.wallSeconds,
      trial.cpuSeconds,
    ]),
  );
}

/** Everything stored of each trial, as a JSON list; with several objectives also whether it is on the front. */
export function trialsJson(snapshot: StudySnapshot): string {
  const metric = mainMetric(snapshot);
  const front = frontNumbers(snapshot);
  const trials = snapshot.trials.map((trial) => {
    const { number, state, params, values, startedAt, endedAt, wallSeconds, cpuSeconds, ...rest } = trial;
    const found = ownMember(values, metric);
    const main = { value: found?.value ?? null, standardError: found?.standardError ?? null };
    const place = front === null ? {} : { front: front.has(number) };
    return { trial: number, state, params, ...main, ...place, values, startedAt, endedAt, wallSeconds, cpuSeconds, ...rest };
  });
  return `${jsonText(trials, 2)}\n`;
}

function frontNumbers(snapshot: StudySnapshot): ReadonlySet<number> | null {
  const front = paretoFront(snapshot);
  return front === null ? null : new Set(front.map((trial) => trial.number));
}
