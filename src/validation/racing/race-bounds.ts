import { obrienFlemingSpending, spendingBounds } from "../../math/group-sequential.ts";

/** Looks at most: more cost bounds and win nothing. */
const mostLooks = 20;

/** Where a race is judged: after so many folds of its order, at these bounds. */
export interface RaceLooks {
  /** Ascending, below the number of folds: the last fold leaves nothing to save. */
  readonly folds: readonly number[];
  /** What the standardised difference must exceed, one a look. */
  readonly bounds: readonly number[];
}

/**
 * Looks after every fold but the last, of more than 20 folds after every twentieth part of them, with bounds that together stop a trial no worse than its incumbent
 * with probability `alpha` at most: O'Brien–Fleming-type spending over the share of folds seen, all of it up to the last look.
 *
 * With a finite population of which the part t is seen, √(t(1 − t)) times the standardised mean is a Brownian bridge, so that the looks are correlated as those
 * of a Brownian motion with information t / (1 − t).
 */
export function raceLooks(foldCount: number, alpha: number): RaceLooks {
  const steps = Math.min(foldCount, mostLooks);
  const folds = Array.from({ length: steps - 1 }, (_, i) => Math.round(((i + 1) * foldCount) / steps));
  const last = (folds.at(-1) ?? 1) / foldCount;
  const shares = folds.map((seen) => seen / foldCount);
  const bounds = spendingBounds(
    shares.map((share) => share / (1 - share)),
    shares.map((share) => obrienFlemingSpending(alpha, share / last)),
  );
  return { folds, bounds: [...bounds] };
}
