import type { NestedRecord } from "../core/nested-record.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import { ownMember } from "../core/own-member.ts";
import { mainMetric, unitOf } from "./best-trial.ts";
import { columnsText } from "./columns-text.ts";
import { fairEstimate } from "./fair-estimate.ts";
import { count, formatEstimate, formatParams, formatValue, numberFormat } from "./number-format.ts";
import { plainText, wrap } from "./plain-text.ts";
import { parameterNames } from "./table-axes.ts";

/**
 * What nested cross-validation says of a metric: "91.80 % on new rows (95 %: 90.20 to 93.40), by 5 searches judged on rows they never saw";
 * null where the study has none.
 */
export function nestedText(snapshot: StudySnapshot, metric: string): string | null {
  const nested = snapshot.estimate?.nested;
  const found = nested === undefined ? undefined : ownMember(nested.values, metric);
  if (nested === undefined || found === undefined) return null;
  const { value, standardError, low, high, why } = found;
  if (value === null) return `no nested estimate: ${plainText(why ?? "it can't be made")}`;
  const unit = unitOf(snapshot, metric);
  const percent = unit === "fraction" ? " %" : "";
  const by = `by ${count(nested.folds.length, "search").replace(/hs$/, "hes")} judged on rows they never saw`;
  if (low === null || high === null) return `${formatEstimate(value, standardError, unit)} on new rows, ${by}`;
  const format = numberFormat([value, low, high], unit);
  return `${formatValue(value, format)}${percent} on new rows (95 %: ${formatValue(low, format)} to ${formatValue(high, format)}), ${by}`;
}

/** "they chose γ=2 C=32 (outer folds 4, 5); γ=0.5 C=0.1 (1)", the most frequent first; null without nested cross-validation. */
export function choicesText(snapshot: StudySnapshot, limit: number = 3): string | null {
  const nested = snapshot.estimate?.nested;
  if (nested === undefined) return null;
  const folds = new Map<string, number[]>();
  for (const [fold, { trial, params }] of nested.folds.entries()) {
    const choice = trial === null ? "nothing" : formatParams(params, parameterNames(snapshot)) || "the only configuration";
    folds.set(choice, [...(folds.get(choice) ?? []), fold + 1]);
  }
  const ranked = [...folds].sort(([, a], [, b]) => b.length - a.length);
  const shown = ranked
    .slice(0, limit)
    .map(([choice, of], i) => `${choice} (${i > 0 ? "" : of.length > 1 ? "outer folds " : "outer fold "}${of.join(", ")})`);
  const more = ranked.length > limit ? [`${ranked.length - limit} more`] : [];
  return `they chose ${[...shown, ...more].join("; ")}`;
}

/** What is known of the best trial's worth on new rows, each line behind its label: the corrected estimate, and the nested one. */
export function estimateLines(
  snapshot: StudySnapshot,
  metric: string,
  { width, label }: { readonly width: number; readonly label: (name: string) => string },
): string[] {
  const block = (name: string, text: string | null): string[] => {
    const indent = Math.max(6, name.length + 1);
    if (text === null) return [];
    const first = `${label(name)}${" ".repeat(indent - name.length)}`;
    return wrap(text, width - indent).map((line, i) => `${i === 0 ? first : " ".repeat(indent)}${line}`);
  };
  const nested = nestedText(snapshot, metric);
  return [...block("fair", fairEstimate(snapshot, metric)), ...block("nested", nested === null ? null : joined(nested, snapshot))];
}

function joined(nested: string, snapshot: StudySnapshot): string {
  const choices = choicesText(snapshot);
  return choices === null ? nested : `${nested}; ${choices}`;
}

/** For `hpo show`: each outer fold with what was chosen, by which value, and what that was worth; then every metric. */
export function nestedPageLines(snapshot: StudySnapshot, width: number): string[] {
  const nested = snapshot.estimate?.nested;
  if (nested === undefined) return [];
  const metric = mainMetric(snapshot);
  const unit = unitOf(snapshot, metric);
  const shown = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : formatValue(value, numberFormat([value], unit));
  const names = parameterNames(snapshot);
  const rows = nested.folds.map(({ trial, params, chosenBy, values, testRows }, fold) => [
    String(fold + 1),
    trial === null ? "none" : String(trial),
    shown(chosenBy),
    shown(ownMember(values, metric)),
    String(testRows),
    formatParams(params, names),
  ]);
  const columns = [
    { title: "outer fold", align: "right" as const },
    { title: "chose trial", align: "right" as const },
    { title: `by ${plainText(metric)}${unit === "fraction" ? " %" : ""}`, align: "right" as const, least: 8 },
    { title: "unseen rows", align: "right" as const },
    { title: "rows", align: "right" as const },
    { title: "params", least: 8 },
  ];
  const head = `${plainText(nested.outer)} around ${plainText(nested.inner)}; each search is a study: hpo show ${plainText(nested.folds[0]?.study ?? "")}`;
  return [
    ...wrap(head, width),
    ...columnsText(columns, rows, width),
    ...metricLines(snapshot, nested).flatMap((line) => wrap(line, width)),
  ];
}

function metricLines(snapshot: StudySnapshot, nested: NestedRecord): string[] {
  return Object.entries(nested.values).flatMap(([name, { plainLow, plainHigh, inflation, why }]) => {
    const unit = unitOf(snapshot, name);
    const said = `${plainText(name)}: ${nestedText(snapshot, name) ?? ""}`;
    if (plainLow === null || plainHigh === null) return [why === null ? said : `${said}; no interval: ${plainText(why)}`];
    const format = numberFormat([plainLow, plainHigh], unit);
    const plain = `${formatValue(plainLow, format)} to ${formatValue(plainHigh, format)}`;
    const told =
      inflation === null
        ? `not widened for training rows that folds share: ${plainText(why ?? "")}`
        : `widened ${inflation.toFixed(2)} times for training rows that folds share, from ${plain}`;
    return [`${said}; ${told}`];
  });
}
