import { canonicalJson } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { SavedStudy, Store } from "../core/store.ts";

/**
 * What a resume needs, from trial 0 on without a gap: a sampler that goes on from other trials than it proposed would come to another end.
 * @throws HpoError STORE_FAILED where trials are missing, as in what was saved of a damaged database, or repeat what is no first trial
 */
export function wholeHistory(store: Store, study: string): SavedStudy {
  const saved = store.load(study);
  const gap = saved.trials.findIndex(({ number }, index) => number !== index);
  if (gap < 0) {
    const { number, repeatOf } = saved.trials.find((trial) => !repeatsAFirst(trial, saved.trials)) ?? {};
    if (number === undefined) return saved;
    throw new HpoError(
      "STORE_FAILED",
      `The database ${store.location} is damaged (trial ${number} of the study ${showValue(study)} repeats trial ${repeatOf}, which is not the first of its configuration); restore it from a copy.`,
      { data: { study, database: store.location, trial: number } },
    );
  }
  throw new HpoError(
    "STORE_FAILED",
    `The study ${showValue(study)} in ${store.location} has no trial ${gap} and has later ones, so it can be read and not be continued; restore a copy of the database, or begin a new study with --fork.`,
    { data: { study, database: store.location, trial: gap } },
  );
}

/** Whether a trial repeats none, or the first one of its configuration. */
function repeatsAFirst({ number, repeatOf, params }: SavedStudy["trials"][number], trials: SavedStudy["trials"]): boolean {
  if (repeatOf === undefined) return true;
  const first = repeatOf < number ? trials[repeatOf] : undefined;
  return first !== undefined && first.repeatOf === undefined && canonicalJson(first.params) === canonicalJson(params);
}
