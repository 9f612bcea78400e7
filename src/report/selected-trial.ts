import type { Json } from "../core/json.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import { ownMember } from "../core/own-member.ts";
import { bestTrial, mainMetric, unbeatenTrial, unitOf } from "./best-trial.ts";
import { formatEstimate } from "./number-format.ts";

/** "the simplest within one standard error of the best, trial 3 (97.33 ± 1.09 %)"; null where the study reports its best trial. */
export function selectionText(snapshot: StudySnapshot): string | null {
  const best = unbeatenTrial(snapshot);
  if (snapshot.description.selection === undefined || best === null) return null;
  const metric = mainMetric(snapshot);
  const { value = Number.NaN, standardError = null } = ownMember(best.values, metric) ?? {};
  const known = formatEstimate(value, standardError, unitOf(snapshot, metric));
  if (bestTrial(snapshot)?.number === best.number) return "the best, and the simplest within one standard error of it";
  return `the simplest within one standard error of the best, trial ${best.number} (${known})`;
}

/** `{ selected: { rule, bestTrial } }` where the study selects: `bestTrial` is the number of the one with the best value. Else nothing. */
export function selectionJson(snapshot: StudySnapshot): { readonly [key: string]: Json } {
  const { selection } = snapshot.description;
  const best = unbeatenTrial(snapshot);
  return selection === undefined || best === null ? {} : { selected: { rule: selection.rule, bestTrial: best.number } };
}
