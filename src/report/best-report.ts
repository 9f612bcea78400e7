import picocolors from "picocolors";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { ownMember } from "../core/own-member.ts";
import { bestTrial, mainMetric, noBestText, paretoFront, unitOf } from "./best-trial.ts";
import { formatSeconds } from "./duration.ts";
import { fairEstimate, fairJson, fairNote } from "./fair-estimate.ts";
import { greek } from "./greek.ts";
import { choicesText, nestedText } from "./nested-report.ts";
import { formatEstimate, formatParam, orderedParams } from "./number-format.ts";
import { joinParts, jsonText, pad, plainText, truncate } from "./plain-text.ts";
import { trialSummary } from "./run-summary.ts";
import { costParts, titleParts } from "./study-lines.ts";
import { parameterNames } from "./table-axes.ts";
import { selectionJson, selectionText } from "./selected-trial.ts";
import type { TextOptions } from "./table-text.ts";
import { frontLabel, trialLines } from "./trials-table.ts";

/** For people: the best trial with its parameters and every metric, or where there are several objectives the whole front, by number. */
export function bestReport(snapshot: StudySnapshot, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const colours = picocolors.createColors(options.colour === true);
  const title = colours.bold(truncate(titleParts(snapshot).join(" · "), width));
  const lines = resultLines(snapshot, { ...options, width }).map((line) => truncate(line, width));
  return `${[title, ...lines, "", ...joinParts(costParts(snapshot), width)].join("\n")}\n`;
}

/** What a study has come to: its best trial or its front, at most `limit` trials of that. */
export function resultLines(snapshot: StudySnapshot, options: TextOptions & { readonly width: number; readonly limit?: number }): string[] {
  const front = paretoFront(snapshot);
  const best = bestTrial(snapshot);
  if (best === null || front?.length === 0) return [`N${noBestText(snapshot).slice(1)} yet.`];
  if (front === null) return bestLines(snapshot, best);
  const shown = front.slice(0, options.limit ?? front.length);
  const more = front.length > shown.length ? [`and ${front.length - shown.length} more: hpo best ${plainText(snapshot.name)}`] : [];
  return [`${frontLabel(front)}, of ${snapshot.trials.length}`, ...trialLines(snapshot, shown, { ...options, marks: false }), ...more];
}

/** "trial 6", its parameters and its metrics, one a line. */
export function bestLines(snapshot: StudySnapshot, best: TrialSnapshot & { readonly repeats?: number }): string[] {
  const params = orderedParams(best.params, parameterNames(snapshot)).map(
    ([name, value]) => [greek(name), formatParam(value, 17)] as const,
  );
  const metrics = snapshot.description.metrics
    .filter(({ name }) => Object.hasOwn(best.values, name))
    .map(({ name }) => [plainText(name), estimate(snapshot, best, name)] as const);
  const wide = Math.max(0, ...[...params, ...metrics].map(([name]) => [...name].length));
  const selection = best.number === bestTrial(snapshot)?.number ? selectionText(snapshot) : null;
  const correct = best.correct === null ? "" : ` · ${best.correct} of ${best.testRows} rows right`;
  const repeats = best.repeats ?? 1;
  const repeated = repeats > 1 ? ` · the mean of ${repeats} repeats` : "";
  return [
    `best   trial ${best.number} of ${snapshot.trials.length} · ${formatSeconds(best.wallSeconds)}${correct}${repeated}`,
    ...(selection === null ? [] : [`       ${selection}`]),
    ...params.map(([name, value]) => `       ${pad(name, wide)}  ${value}`),
    ...(params.length > 0 && metrics.length > 0 ? [""] : []),
    ...metrics.map(([name, value]) => `       ${pad(name, wide)}  ${value}`),
    ...fairLines(snapshot),
    ...nestedLines(snapshot),
  ];
}

function nestedLines(snapshot: StudySnapshot): string[] {
  const lines = [nestedText(snapshot, mainMetric(snapshot)), choicesText(snapshot, 2)].filter((line) => line !== null);
  return lines.map((line, i) => `${i === 0 ? "nested" : "      "} ${line}`);
}

function fairLines(snapshot: StudySnapshot): string[] {
  const lines = [fairEstimate(snapshot, mainMetric(snapshot)), fairNote(snapshot)].filter((line) => line !== null);
  return lines.length === 0 ? [] : ["", ...lines.map((line, i) => `${i === 0 ? "fair " : "     "}  ${line}`)];
}

function estimate(snapshot: StudySnapshot, trial: TrialSnapshot, metric: string): string {
  const found = ownMember(trial.values, metric);
  if (found === undefined) return "–";
  const unit = unitOf(snapshot, metric);
  const alone = formatEstimate(found.value, null, unit);
  const whole = found.pooled === null ? alone : formatEstimate(found.pooled, null, unit);
  const pooled = whole === alone ? "" : ` (pooled ${whole})`;
  return `${formatEstimate(found.value, found.standardError, unit)}${pooled}`;
}

/** `{ study, objectives, best, front, estimate }`, as in `hpo run --json`: `best` is the best by the first objective, `front` null with one objective, `estimate` left out where there is none. */
export function bestJson(snapshot: StudySnapshot): string {
  const best = bestTrial(snapshot);
  const front = paretoFront(snapshot);
  const object = {
    study: snapshot.name,
    objectives: snapshot.description.objectives.map(({ metric, direction }) => ({ metric, direction })),
    best: best === null ? null : trialSummary(snapshot, best),
    ...selectionJson(snapshot),
    front: front === null ? null : front.map((trial) => trialSummary(snapshot, trial)),
    ...fairJson(snapshot),
  };
  return `${jsonText(object, 2)}\n`;
}
