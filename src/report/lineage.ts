import { ownMember } from "../core/own-member.ts";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { mainMetric, unitOf } from "./best-trial.ts";
import { columnsText, type TextColumn } from "./columns-text.ts";
import { greek } from "./greek.ts";
import { count, formatParam, formatValue, numberFormat, type NumberFormat } from "./number-format.ts";
import { plainText } from "./plain-text.ts";
import { paramOf, parameterNames } from "./table-axes.ts";

/** Whether any trial continues another. */
export function hasLineage({ trials }: StudySnapshot): boolean {
  return trials.some(({ parent }) => parent !== null);
}

/** The trials that a trial goes back to, the first one first, itself last: the schedule of parameters that it was trained with. */
export function lineageOf({ trials }: StudySnapshot, trial: TrialSnapshot): readonly TrialSnapshot[] {
  const line = [trial];
  for (let last = trial; last.parent !== null; ) {
    const { parent, number } = last;
    const found = trials.find((one) => one.number === parent);
    // A parent is always older; what a damaged database says otherwise ends the line.
    if (found === undefined || found.number >= number) break;
    line.unshift(found);
    last = found;
  }
  return line;
}

/** The line of a trial, one trial a line, the last `limit` of them; nothing for a trial that continues none. */
export function lineageLines(
  snapshot: StudySnapshot,
  trial: TrialSnapshot,
  { width, limit }: { readonly width: number; readonly limit: number },
): string[] {
  const line = lineageOf(snapshot, trial);
  if (line.length < 2) return [];
  const shown = line.slice(-limit);
  const metric = mainMetric(snapshot);
  const format = numberFormat(
    shown.map((one) => ownMember(one.values, metric)?.value ?? Number.NaN),
    unitOf(snapshot, metric),
  );
  const names = parameterNames(snapshot).filter((name) => shown.some((one) => Object.hasOwn(one.params, name)));
  const columns: TextColumn[] = [
    { title: "trial", align: "right" },
    { title: plainText(metric), align: "right", least: 6 },
    ...names.map((name): TextColumn => ({ title: greek(name), align: "right", least: 6 })),
    { title: "why", least: 8 },
  ];
  const rows = shown.map((one) => [
    String(one.number),
    valueText(ownMember(one.values, metric)?.value, format),
    ...names.map((name) => formatParam(paramOf(one.params, name))),
    plainText(one.why),
  ]);
  const hidden = line.length - shown.length;
  const continued = snapshot.trials.filter(({ parent }) => parent !== null).length;
  const head = `${count(line.length, "interval")}; ${continued} of ${count(snapshot.trials.length, "trial")} continue another`;
  return [
    hidden > 0 ? `${head}; the ${count(hidden, "interval")} before these: hpo trials ${plainText(snapshot.name)}` : head,
    ...columnsText(columns, rows, width),
  ];
}

function valueText(value: number | undefined, format: NumberFormat): string {
  return value === undefined ? "–" : formatValue(value, format);
}
