/**
 * Hyperband: several ladders of successive halving beside each other, from one that stops early and much to one that never does, since nobody knows
 * how soon a trial can be judged.
 *
 * Source: L. Li et al., "Hyperband: A novel bandit-based approach to hyperparameter optimization", JMLR 18 (2018), 1–52, algorithm 1. Notation:
 * η = factor, R = maxSteps / minSteps, s_max = ⌊log_η R⌋; bracket s has ⌈(s_max + 1)/(s + 1) · ηˢ⌉ trials and its first rung at minSteps · η^(s_max − s).
 * The brackets are filled by trial number, in turns (smooth weighted round robin), and each trial is compared with those of its bracket.
 */
import { checkOptions, integer, optional } from "../core/options.ts";
import type { Pruner } from "../core/pruner.ts";
import type { Ladder } from "./rungs.ts";
import { halvingVerdict } from "./successive-halving.ts";

/** The range of `hyperband()`. */
export interface HyperbandOptions {
  /** The steps of a whole trial. */
  readonly maxSteps: number;
  /** The first rung of the bracket that stops earliest; default 1. */
  readonly minSteps?: number;
  /** η; default 3. */
  readonly factor?: number;
}

/** Stops trials by successive halving in the bracket that a trial's number falls into. @throws HpoError OPTION_INVALID */
export function hyperband(options: HyperbandOptions): Pruner {
  const { minSteps = 1, factor = 3, maxSteps } = options ?? {};
  checkOptions("hyperband", options, {
    maxSteps: integer(typeof minSteps === "number" ? minSteps : 1),
    minSteps: optional(integer(1)),
    factor: optional(integer(2)),
  });
  const ladders: Ladder[] = [];
  for (let first = minSteps; first <= maxSteps; first *= factor) ladders.push({ first, factor, end: maxSteps });
  const turns = bracketTurns(ladders.length, factor);
  const bracketOf = (trial: number): number => turns[trial % turns.length] as number;
  return Object.freeze<Pruner>({
    name: "hyperband",
    options: Object.freeze({ maxSteps, minSteps, factor }),
    verdict(view) {
      const bracket = bracketOf(view.number);
      const history = view.history.filter((trial) => bracketOf(trial.number) === bracket);
      return halvingVerdict({ ...view, history }, ladders[bracket] as Ladder, `trials of bracket ${bracket + 1} of ${ladders.length}`);
    },
  });
}

/** The brackets of one round of trials, in turns; bracket 0 stops earliest. */
export function bracketTurns(brackets: number, factor: number): readonly number[] {
  const sizes = Array.from({ length: brackets }, (_, bracket) => {
    const s = brackets - 1 - bracket;
    return Math.ceil((brackets / (s + 1)) * factor ** s);
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const credit = sizes.map(() => 0);
  return Array.from({ length: total }, () => {
    let next = 0;
    for (const [bracket, size] of sizes.entries()) {
      credit[bracket] = (credit[bracket] as number) + size;
      if (credit[bracket] > (credit[next] as number)) next = bracket;
    }
    credit[next] = (credit[next] as number) - total;
    return next;
  });
}
