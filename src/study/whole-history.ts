import { showValue } from "../core/options.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { SavedStudy, Store } from "../core/store.ts";

/**
 * What a resume needs, from trial 0 on without a gap: a sampler that goes on from other trials than it proposed would come to another end.
 * @throws HpoError STORE_FAILED where trials are missing, as in what was saved of a damaged database
 */
export function wholeHistory(store: Store, study: string): SavedStudy {
  const saved = store.load(study);
  const gap = saved.trials.findIndex(({ number }, index) => number !== index);
  if (gap < 0) return saved;
  throw new HpoError(
    "STORE_FAILED",
    `The study ${showValue(study)} in ${store.location} has no trial ${gap} and has later ones, so it can be read and not be continued; restore a copy of the database, or begin a new study with --fork.`,
    { data: { study, database: store.location, trial: gap } },
  );
}
