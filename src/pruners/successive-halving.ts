/**
 * Successive halving in its stopping form: at each rung only the best 1/η of the trials that got there go on.
 *
 * Sources: L. Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020, arXiv:1810.05934 (asynchronous successive halving);
 * A. Klein et al., "Model-based asynchronous hyperparameter and neural architecture search" (2020), arXiv:2003.10865, section 3
 * (the stopping form). Notation: η = factor; r = minSteps, the first rung; rungs at r·ηᵏ. A trial is compared with what is visible, never with what
 * happens to have finished, so that the rule needs no clock.
 */
import { checkOptions, integer, optional } from "../core/options.ts";
import type { Pruner, PrunerView } from "../core/pruner.ts";
import { shown, worse } from "./reported-values.ts";
import { type Ladder, reachedRung, rungValues } from "./rungs.ts";

/** The rungs of `successiveHalving()`. */
export interface SuccessiveHalvingOptions {
  /** The step of the first rung; default 1. */
  readonly minSteps?: number;
  /** η: from rung to rung steps grow by it, and trials get fewer by it; default 4. */
  readonly factor?: number;
  /** The steps of a whole trial: no rung lies there or above; default: there is no last rung. */
  readonly maxSteps?: number;
}

/**
 * Stops a trial that, where it first reaches a rung, is not among the best 1/factor (at least one) of the visible trials that did, itself counted.
 * Ties go on. Trials must report at least near the rungs: the value of a rung is the first one at or after it. @throws HpoError OPTION_INVALID
 */
export function successiveHalving(options: SuccessiveHalvingOptions = {}): Pruner {
  const minSteps = (options as SuccessiveHalvingOptions | null)?.minSteps ?? 1;
  checkOptions("successiveHalving", options, {
    minSteps: optional(integer(1)),
    factor: optional(integer(2)),
    maxSteps: optional(integer(typeof minSteps === "number" ? minSteps : 1)),
  });
  const { factor = 4, maxSteps = null } = options;
  const ladder: Ladder = { first: minSteps, factor, end: maxSteps ?? Infinity };
  return Object.freeze<Pruner>({
    name: "successiveHalving",
    options: Object.freeze({ minSteps, factor, maxSteps }),
    verdict: (view) => halvingVerdict(view, ladder),
  });
}

/** As `Pruner.verdict`, at the rungs of `ladder`; `among` names the trials of the view in the reason. */
export function halvingVerdict(view: PrunerView, ladder: Ladder, among = "trials"): string | undefined {
  const rung = reachedRung(view, ladder);
  if (rung === undefined) return undefined;
  const own = view.values.at(-1) as number;
  const others = rungValues(view.history, rung);
  const kept = Math.max(1, Math.floor((others.length + 1) / ladder.factor));
  const better = others.filter((value) => worse(own, value, view.direction)).length;
  if (better < kept) return undefined;
  return `${shown(own)} at step ${view.steps.at(-1)} is not among the best ${kept} of ${others.length + 1} ${among} at rung ${rung}`;
}
