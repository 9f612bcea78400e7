import type { FoldPlan } from "../../core/estimator.ts";
import { rng } from "../../math/rng.ts";

export interface RaceOrder {
  /** Folds in the order in which they are judged: a random one, so that folds are exchangeable whatever the splitter. */
  readonly order: readonly number[];
  /** Entry j: rows tested in the first j folds of the order. */
  readonly rowsAfter: readonly number[];
}

/** The order of a study's folds in its race; it follows from the study's seed. */
export function raceOrder({ folds }: FoldPlan, seed: number): RaceOrder {
  const order = rng(seed)
    .fork("race", "order")
    .shuffle(Array.from(folds, (_, fold) => fold));
  const rowsAfter = [0];
  for (const fold of order) rowsAfter.push((rowsAfter.at(-1) as number) + (folds[fold]?.test.length ?? 0));
  return { order, rowsAfter };
}
