import picocolors from "picocolors";
import type { Json } from "../core/json.ts";
import type { EvaluationRecord, PredictionRecord, RunRecord } from "../core/records.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import { resultLines } from "./best-report.ts";
import { bestTrial, constraintsText, mainMetric, noBestText } from "./best-trial.ts";
import { confusionText } from "./confusion-text.ts";
import { type DeclaredParameter, declaredSpace } from "./declared-space.ts";
import { ruleLines } from "./declared-rules.ts";
import { formatSeconds } from "./duration.ts";
import { greek } from "./greek.ts";
import { lineageLines } from "./lineage.ts";
import { count, formatParam } from "./number-format.ts";
import { nestedPageLines } from "./nested-report.ts";
import { joinParts, jsonText, pad, plainText, textWidth, truncate, wrap } from "./plain-text.ts";
import { costParts, endedLines, scalingLabel, titleParts } from "./study-lines.ts";
import { formatTime } from "./study-list.ts";
import type { TextOptions } from "./table-text.ts";
import { foldScoresText, trialConfusion } from "./trial-folds.ts";

export interface StudyPageOptions extends TextOptions {
  /** What is stored of the folds of the best configuration's trials. */
  readonly evaluations?: readonly EvaluationRecord[];
  readonly predictions?: readonly PredictionRecord[];
  /** Lines of a list (failures, runs, shared work) before "and N more". Default: 10. */
  readonly limit?: number;
}

/** All that is known of a study, for people: result, declaration, cost, what went wrong, runs and environment. */
export function studyPage(snapshot: StudySnapshot, options: StudyPageOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const limit = options.limit ?? 10;
  const colours = picocolors.createColors(options.colour === true);
  const best = bestTrial(snapshot);
  const { evaluations = [], predictions = [] } = options;
  const several = snapshot.description.objectives.length > 1;
  const judged = several ? `trial ${best?.number}, the best by ${plainText(mainMetric(snapshot))}` : "the best trial";
  const confusion = trialConfusion(snapshot.description, predictions);
  const sections: (readonly [string, readonly string[]])[] = [
    ["result", best === null ? [`${noBestText(snapshot)} yet`] : resultLines(snapshot, { width: width - 2, limit })],
    [
      `${snapshot.description.cv === null ? "repeats" : "folds"} of ${judged}`,
      evaluations.length < 2 ? [] : foldScoresText(snapshot.description, evaluations, width - 2),
    ],
    [`confusion of ${judged}, all folds`, confusion === null ? [] : confusionText(confusion, width - 2)],
    ["nested cross-validation", nestedPageLines(snapshot, width - 2)],
    [`lineage of ${judged}`, best === null ? [] : lineageLines(snapshot, best, { width: width - 2, limit })],
    ["declaration", declarationLines(snapshot, width - 2)],
    ["cost", costLines(snapshot, limit, width - 2)],
    ["failed trials", endedLines(snapshot, "failed", limit).flatMap((line) => hanging(line, width - 2))],
    ["pruned trials", endedLines(snapshot, "pruned", limit).flatMap((line) => hanging(line, width - 2))],
    ["failed attempts", attemptLines(snapshot, limit).flatMap((line) => hanging(line, width - 2))],
    ["warnings", more(snapshot.warnings.map(plainText), limit).flatMap((line) => hanging(line, width - 2))],
    ["runs", runLines(snapshot, limit, width - 2)],
    ["environment of the last run", environmentLines(snapshot.runs.at(-1), width - 2)],
  ];
  const title = joinParts([...titleParts(snapshot), snapshot.state], width);
  const lines = title.map((line, i) => (i === 0 ? colours.bold(line) : line));
  for (const [name, content] of sections) {
    if (content.length > 0) lines.push("", colours.bold(name), ...content.map((line) => `  ${truncate(line, width - 2)}`.trimEnd()));
  }
  lines.push("", truncate(`database  ${plainText(snapshot.database)}`, width));
  return `${lines.join("\n")}\n`;
}

/** The whole snapshot as JSON. */
export function studyJson(snapshot: StudySnapshot): string {
  return `${jsonText(snapshot, 2)}\n`;
}

function declarationLines(snapshot: StudySnapshot, width: number): string[] {
  const { declaration, description } = snapshot;
  const parameters = spaceLines(declaredSpace(declaration.space));
  const metrics = description.metrics.map((one) => `${plainText(one.name)} (${one.direction})`).join(", ");
  const objectives = description.objectives.map((one) => `${one.direction} ${plainText(one.metric)}`).join(", ");
  const data = dataLines(snapshot, width - 12).map((line, i) => `${i === 0 ? "data        " : "            "}${line}`);
  return [
    ...data,
    ...(description.cv === null ? [] : [`cv          ${plainText(description.cv.label)}`]),
    `sampler     ${plainText(description.sampler)}`,
    ...prunerLine(declaration.pruner),
    ...raceLine(declaration.race ?? null),
    `objectives  ${objectives}`,
    `metrics     ${metrics}`,
    ...(constraintsText(snapshot) === "" ? [] : [`constraints ${constraintsText(snapshot)}`]),
    ...parameters.map((line, i) => `${i === 0 ? "space       " : "            "}${line}`),
    ...ruleLines(declaration).map(([label, line], i, all) => `${pad(all[i - 1]?.[0] === label ? "" : label, 12)}${line}`),
    `seed        ${plainText(String(declaration.seed))}`,
    `created     ${formatTime(snapshot.createdAt)} UTC · code ${plainText(snapshot.codeHash.slice(0, 12))}`,
    ...(declaration.data === null ? [] : [`            data ${plainText(declaration.data.slice(0, 12))}`]),
  ];
}

/** "pruner      median (startupTrials 5, warmupSteps 0)"; nothing without one. */
function prunerLine(pruner: Json): string[] {
  if (!isObject(pruner) || typeof pruner["name"] !== "string") return [];
  const options = isObject(pruner["options"] ?? null) ? Object.entries(pruner["options"] as Readonly<Record<string, Json>>) : [];
  const told = options.filter(([, value]) => value !== null).map(named);
  return [`pruner      ${plainText(pruner["name"])}${told.length === 0 ? "" : ` (${told.join(", ")})`}`];
}

/** "race        on (spending)"; nothing without one. */
function raceLine(race: Json): string[] {
  if (!isObject(race)) return [];
  const { manner = "" } = race;
  return [`race        on${manner === "exact" ? ", exact" : ""}: hopeless trials stop before their last fold`];
}

function dataLines(snapshot: StudySnapshot, width: number): string[] {
  const { data } = snapshot.description;
  if (data === null) return [];
  const size = joinParts([plainText(data.name), `${data.rows} rows, ${data.features} features`, scalingLabel(snapshot)], width);
  if (data.classes === null) return [...size, "numeric target"];
  return [
    ...size,
    ...joinParts(data.classes.map(plainText), width - 10, ", ").map(
      (line, i, all) => `${i === 0 ? "classes  " : "         "}${line}${i < all.length - 1 ? "," : ""}`,
    ),
  ];
}

/** "γ  2, 4, 8", "C  1 … 1000, log", with the parameters of a branch indented under it. */
function spaceLines(parameters: readonly DeclaredParameter[], indent: string = ""): string[] {
  const wide = Math.max(0, ...parameters.map(({ name }) => textWidth(greek(name))));
  return parameters.flatMap((parameter) => [
    `${indent}${pad(greek(parameter.name), wide)}  ${domain(parameter)}`,
    ...parameter.branches
      .filter((branch) => branch.parameters.length > 0)
      .flatMap((branch) => [`${indent}  ${plainText(branch.value)}:`, ...spaceLines(branch.parameters, `${indent}    `)]),
  ]);
}

function domain({ kind, values, low, high, log, step }: DeclaredParameter): string {
  if (values.length > 0) return values.map((value) => formatParam(value, 17)).join(", ");
  if (low === null || high === null) return plainText(kind);
  const stepped = step !== null && step !== 1 ? `, step ${step}` : "";
  return `${low} … ${high} (${plainText(kind)}${log ? ", log" : ""}${stepped})`;
}

function costLines(snapshot: StudySnapshot, limit: number, width: number): string[] {
  const lines = joinParts(costParts(snapshot), width);
  const counts = Object.entries(snapshot.counts).map(([name, value]) => `${plainText(name)} ${value.toLocaleString("en-US")}`);
  lines.push(...joinParts(counts, width));
  // Rows that merely count took no time.
  const shared = snapshot.shared.filter(({ wallSeconds }) => wallSeconds > 0).sort((a, b) => b.wallSeconds - a.wallSeconds);
  if (shared.length > 0) {
    const total = shared.reduce((sum, one) => sum + one.wallSeconds, 0);
    lines.push(`shared work: ${count(shared.length, "piece")}, ${formatSeconds(total)}; the longest:`);
    for (const one of shared.slice(0, Math.min(limit, 5))) {
      lines.push(`  ${formatSeconds(one.wallSeconds)}  ${plainText(one.label)} · used by ${count(one.uses, "trial")}`);
    }
  }
  return lines;
}

function attemptLines(snapshot: StudySnapshot, limit: number): string[] {
  const lines = snapshot.attempts.map(
    (one) =>
      `${plainText(one.task)}, attempt ${one.attempt} after ${formatSeconds(one.wallSeconds)}: ${plainText(one.incident.kind)}: ${plainText(one.incident.message)}`,
  );
  return more(lines, limit);
}

function runLines(snapshot: StudySnapshot, limit: number, width: number): string[] {
  const hidden = Math.max(0, snapshot.runs.length - limit);
  const lines = snapshot.runs.slice(hidden).flatMap((run) => {
    const state = run.state ?? (run.endedAt === null && snapshot.state === "running" ? "running" : "cut off");
    const code = run.codeHash === snapshot.codeHash ? "" : ` · code ${plainText(run.codeHash.slice(0, 12))}`;
    const told = [...(run.end === null ? [] : [run.end.reason]), ...run.notes];
    return [
      `${formatTime(run.startedAt)} UTC  ${state}  ${formatSeconds(run.wallSeconds)} · ${count(run.workers, "worker")}${code}`,
      ...told.flatMap((line) => wrap(plainText(line), width - 2)).map((line) => `  ${line}`),
    ];
  });
  return hidden > 0 ? [`${hidden} earlier runs`, ...lines] : lines;
}

/** "node v20.20.2 · os linux x64", with the members of an object on lines of their own behind its name. */
function environmentLines(run: RunRecord | undefined, width: number): string[] {
  if (run === undefined || !isObject(run.environment)) return [];
  const members = Object.entries(run.environment);
  const flat = members.filter(([, value]) => !isObject(value) && value !== null);
  const nested = members.flatMap(([name, value]) => (isObject(value) ? [[plainText(name), value] as const] : []));
  return [
    ...joinParts(flat.map(named), width),
    ...nested.flatMap(([name, value]) => {
      const room = width - textWidth(name) - 2;
      const lines = joinParts(Object.entries(value).map(named), room);
      return lines.map((line, i) => `${i === 0 ? name : " ".repeat(textWidth(name))}  ${line}`);
    }),
  ];
}

function named([name, value]: readonly [string, Json]): string {
  return plainText(`${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
}

function isObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function more(lines: readonly string[], limit: number): string[] {
  const hidden = lines.length - limit;
  return hidden > 0 ? [...lines.slice(0, limit), `and ${hidden} more`] : [...lines];
}

function hanging(line: string, width: number): string[] {
  return wrap(line, width - 2).map((one, i) => (i === 0 ? one : `  ${one}`));
}
