import type { Json } from "../core/json.ts";
import type { NestedRecord } from "../core/nested-record.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import { unitOf } from "./best-trial.ts";
import { formatValue, numberFormat } from "./number-format.ts";
import { plainText } from "./plain-text.ts";

/**
 * What the best trial is likely to be worth on new rows: "97.71 % on new rows (95 %: 94.12 to 100.00), corrected for being the best of 40";
 * null where the study has no such estimate of this metric.
 */
export function fairEstimate({ estimate, ...snapshot }: StudySnapshot, metric: string): string | null {
  if (estimate === null || estimate.metric !== metric) return null;
  const { value, low, high, candidates, why } = estimate;
  if (value === null || low === null || high === null) return `no estimate for new rows: ${plainText(why ?? "it can't be made")}`;
  const unit = unitOf({ estimate, ...snapshot }, metric);
  const format = numberFormat([value, low, high], unit);
  const percent = unit === "fraction" ? " %" : "";
  const range = `${formatValue(low, format)} to ${formatValue(high, format)}`;
  return `${formatValue(value, format)}${percent} on new rows (95 %: ${range}), corrected for being the best of ${candidates}`;
}

/** What people must know of it. */
export function fairNote({ estimate }: StudySnapshot): string | null {
  if (estimate?.adaptive !== true || estimate.value === null || estimate.nested !== undefined) return null;
  return "the search was led by its results: nested cross-validation alone corrects that in full";
}

/** As the JSON of `hpo run` and `hpo best` shows it; nothing where there is none. */
export function fairJson({ estimate }: StudySnapshot): { readonly estimate?: Json } {
  if (estimate === null) return {};
  const { metric, trial, candidates, value, low, high, resamples, adaptive, why, nested } = estimate;
  const more = nested === undefined ? {} : { nested: nestedJson(nested) };
  return { estimate: { metric, trial, candidates, value, low, high, resamples, adaptive, why, ...more } };
}

/** Plain data already; its type's optional members keep the compiler from seeing that. */
function nestedJson({ declared, outer, inner, folds, values }: NestedRecord): Json {
  const plain = (estimates: NestedRecord["values"]): Json =>
    Object.fromEntries(Object.entries(estimates).map(([name, estimate]) => [name, { ...estimate }]));
  return { declared, outer, inner, folds: folds.map((fold) => ({ ...fold, params: { ...fold.params } })), values: plain(values) };
}
