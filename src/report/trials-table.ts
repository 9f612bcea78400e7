import picocolors from "picocolors";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { meetsBounds } from "../study/outcome-bounds.ts";
import { bestTrial, mainMetric, meetsConstraints, noBestText, rankedTrials, unitOf } from "./best-trial.ts";
import { columnsText, type TextColumn } from "./columns-text.ts";
import { csvText } from "./csv-text.ts";
import { formatSeconds } from "./duration.ts";
import { greek } from "./greek.ts";
import { count, formatEstimate, formatParam, formatValue, numberFormat } from "./number-format.ts";
import { joinParts, jsonText, plainText } from "./plain-text.ts";
import { costParts, titleParts } from "./study-lines.ts";
import { paramOf, parameterNames } from "./table-axes.ts";
import type { TextOptions } from "./table-text.ts";
import { troubleLines } from "./trouble-lines.ts";

/** Every trial, by number; the best one has an asterisk. */
export function trialsText(snapshot: StudySnapshot, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const lines = trialLines(snapshot, snapshot.trials, { ...options, width });
  return `${[...joinParts(titleParts(snapshot), width), ...lines, "", ...joinParts(costParts(snapshot), width)].join("\n")}\n`;
}

/** The best trials, best first, with a foot: what `hpo run` prints where a table can't show the study. */
export function bestTrialsText(snapshot: StudySnapshot, options: TextOptions & { readonly limit?: number } = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const ranked = rankedTrials(snapshot);
  const shown = ranked.slice(0, options.limit ?? 10);
  const head = [...titleParts(snapshot), shown.length === 0 ? noBestText(snapshot) : `the best ${count(shown.length, "trial")}`];
  const more = ranked.length > shown.length ? [`  … and ${ranked.length - shown.length} more: hpo trials ${plainText(snapshot.name)}`] : [];
  const lines = shown.length === 0 ? [] : trialLines(snapshot, shown, { ...options, width });
  const trouble = troubleLines(snapshot, { width, colours: picocolors.createColors(options.colour === true) });
  return `${[...joinParts(head, width), ...lines, ...more, "", ...joinParts(costParts(snapshot), width), ...trouble].join("\n")}\n`;
}

function trialLines(
  snapshot: StudySnapshot,
  trials: readonly TrialSnapshot[],
  options: TextOptions & { readonly width: number },
): string[] {
  const colours = picocolors.createColors(options.colour === true);
  const metric = mainMetric(snapshot);
  const unit = unitOf(snapshot, metric);
  const format = numberFormat(
    trials.map((trial) => trial.values[metric]?.value ?? Number.NaN),
    unit,
  );
  const errorFormat = numberFormat(
    trials.map((trial) => trial.values[metric]?.standardError ?? Number.NaN),
    unit,
  );
  const names = parameterNames(snapshot).filter((name) => trials.some((trial) => Object.hasOwn(trial.params, name)));
  const bound = (snapshot.description.constraints ?? []).map((one) => one.metric).filter((name) => name !== metric);
  const best = bestTrial(snapshot);
  const incidents = trials.some((trial) => trial.incident !== null);
  const columns: TextColumn[] = [
    { title: " trial", align: "right" },
    { title: "state" },
    { title: `${plainText(metric)}${unit === "fraction" ? " %" : ""}`, align: "right", least: 8 },
    { title: "±", align: "right" },
    ...bound.map((name): TextColumn => ({ title: plainText(name), align: "right", least: 6 })),
    ...names.map((name): TextColumn => ({ title: greek(name), align: "right", least: 6 })),
    { title: "time", align: "right" },
    ...(incidents ? [{ title: "why it ended", least: 8 }] : []),
  ];
  const rows = trials.map((trial) => {
    const found = trial.values[metric];
    return [
      `${trial.number === best?.number ? "*" : ""}${trial.number}`,
      trial.state,
      found === undefined ? "–" : formatValue(found.value, format),
      found?.standardError == null ? "–" : formatValue(found.standardError, errorFormat),
      ...bound.map((name) => boundText(snapshot, trial, name)),
      ...names.map((name) => formatParam(paramOf(trial.params, name))),
      trial.state === "waiting" ? "–" : formatSeconds(trial.wallSeconds),
      ...(incidents ? [plainText(trial.incident ?? "")] : []),
    ];
  });
  return columnsText(columns, rows, options.width).map((line, i) => {
    if (i === 0) return colours.dim(line);
    return trials[i - 1]?.number === best?.number ? colours.bold(line) : line;
  });
}

/** The value of a metric that is bound, with "!" where it misses its bound. */
function boundText(snapshot: StudySnapshot, trial: TrialSnapshot, name: string): string {
  const found = trial.values[name];
  if (found === undefined) return "–";
  const bounds = (snapshot.description.constraints ?? []).filter((one) => one.metric === name);
  const unit = unitOf(snapshot, name);
  return `${formatEstimate(found.value, null, unit)}${meetsBounds(bounds, trial.values) ? "" : " !"}`;
}

/** `trial,state,value,standardError,params.<name>…,startedAt,endedAt,wallSeconds,cpuSeconds`, one line a trial; the value is the first objective's. A study with constraints has `feasible` before the parameters. */
export function trialsCsv(snapshot: StudySnapshot): string {
  const metric = mainMetric(snapshot);
  const names = parameterNames(snapshot);
  const bound = (snapshot.description.constraints ?? []).length > 0;
  const header = ["trial", "state", "value", "standardError", ...(bound ? ["feasible"] : []), ...names.map((name) => `params.${name}`)];
  return csvText(
    [...header, "startedAt", "endedAt", "wallSeconds", "cpuSeconds"],
    snapshot.trials.map((trial) => [
      trial.number,
      trial.state,
      trial.values[metric]?.value,
      trial.values[metric]?.standardError,
      ...(bound ? [trial.state === "complete" ? meetsConstraints(snapshot, trial) : undefined] : []),
      ...names.map((name) => paramOf(trial.params, name)),
      trial.startedAt,
      trial.endedAt,
      trial.wallSeconds,
      trial.cpuSeconds,
    ]),
  );
}

/** Everything stored of each trial, as a JSON list. */
export function trialsJson(snapshot: StudySnapshot): string {
  const metric = mainMetric(snapshot);
  const trials = snapshot.trials.map((trial) => {
    const { number, state, params, values, startedAt, endedAt, wallSeconds, cpuSeconds, ...rest } = trial;
    const found = values[metric];
    const main = { value: found?.value ?? null, standardError: found?.standardError ?? null };
    return { trial: number, state, params, ...main, values, startedAt, endedAt, wallSeconds, cpuSeconds, ...rest };
  });
  return `${jsonText(trials, 2)}\n`;
}
