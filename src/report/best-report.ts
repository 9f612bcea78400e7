import picocolors from "picocolors";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { bestTrial, noBestText, paretoFront, unitOf } from "./best-trial.ts";
import { formatSeconds } from "./duration.ts";
import { greek } from "./greek.ts";
import { formatEstimate, formatParam, formatParams, orderedParams } from "./number-format.ts";
import { joinParts, jsonText, pad, plainText, truncate } from "./plain-text.ts";
import { trialSummary } from "./run-summary.ts";
import { costParts, titleParts } from "./study-lines.ts";
import { parameterNames } from "./table-axes.ts";
import type { TextOptions } from "./table-text.ts";

/** The best trial for people: its parameters, every metric, and the front where there are several objectives. */
export function bestReport(snapshot: StudySnapshot, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const colours = picocolors.createColors(options.colour === true);
  const best = bestTrial(snapshot);
  const lines = [colours.bold(truncate(titleParts(snapshot).join(" · "), width))];
  if (best === null) lines.push(`N${noBestText(snapshot).slice(1)} yet.`);
  else lines.push(...bestLines(snapshot, best).map((line) => truncate(line, width)));
  const front = paretoFront(snapshot);
  if (front !== null && front.length > 0) {
    lines.push("", `front: ${front.length} trials that no other beats in every objective`);
    const names = parameterNames(snapshot);
    for (const trial of front) {
      const values = snapshot.description.objectives.map(({ metric }) => `${plainText(metric)} ${estimate(snapshot, trial, metric)}`);
      lines.push(truncate(`  trial ${trial.number}  ${values.join(" · ")}  ${formatParams(trial.params, names)}`, width));
    }
  }
  return `${[...lines, "", ...joinParts(costParts(snapshot), width)].join("\n")}\n`;
}

/** "trial 6", its parameters and its metrics, one a line. */
export function bestLines(snapshot: StudySnapshot, best: TrialSnapshot): string[] {
  const params = orderedParams(best.params, parameterNames(snapshot)).map(
    ([name, value]) => [greek(name), formatParam(value, 17)] as const,
  );
  const metrics = snapshot.description.metrics
    .filter(({ name }) => Object.hasOwn(best.values, name))
    .map(({ name }) => [plainText(name), estimate(snapshot, best, name)] as const);
  const wide = Math.max(0, ...[...params, ...metrics].map(([name]) => [...name].length));
  const correct = best.correct === null ? "" : ` · ${best.correct} of ${best.testRows} rows right`;
  return [
    `best   trial ${best.number} of ${snapshot.trials.length} · ${formatSeconds(best.wallSeconds)}${correct}`,
    ...params.map(([name, value]) => `       ${pad(name, wide)}  ${value}`),
    ...(params.length > 0 && metrics.length > 0 ? [""] : []),
    ...metrics.map(([name, value]) => `       ${pad(name, wide)}  ${value}`),
  ];
}

function estimate(snapshot: StudySnapshot, trial: TrialSnapshot, metric: string): string {
  const found = trial.values[metric];
  if (found === undefined) return "–";
  const unit = unitOf(snapshot, metric);
  const alone = formatEstimate(found.value, null, unit);
  const whole = found.pooled === null ? alone : formatEstimate(found.pooled, null, unit);
  const pooled = whole === alone ? "" : ` (pooled ${whole})`;
  return `${formatEstimate(found.value, found.standardError, unit)}${pooled}`;
}

/** `{ study, best, front }`, as in `hpo run --json`. */
export function bestJson(snapshot: StudySnapshot): string {
  const best = bestTrial(snapshot);
  const front = paretoFront(snapshot);
  const object = {
    study: snapshot.name,
    objectives: snapshot.description.objectives.map(({ metric, direction }) => ({ metric, direction })),
    best: best === null ? null : trialSummary(snapshot, best),
    front: front === null ? null : front.map((trial) => trialSummary(snapshot, trial)),
  };
  return `${jsonText(object, 2)}\n`;
}
