import type { EarlierStudy } from "./earlier-study.ts";
import type { Direction } from "./metric.ts";
import type { Gradient, Params, Space } from "./space.ts";
import type { Rng } from "../math/rng.ts";

/**
 * What a sampler sees of a finished trial. `values` has one entry an objective, in order: of a complete trial its values, of
 * a pruned one estimates of them with standard errors, or none; of a failed one none.
 */
export interface FinishedTrial {
  readonly number: number;
  readonly state: "complete" | "pruned" | "failed";
  readonly params: Params;
  readonly values: readonly number[];
  readonly standardErrors: readonly (number | null)[];
  /** Of a trial that a race stopped, how many rows its values are estimated from. */
  readonly rows?: number;
  /** One number an outcome constraint, met where it is at most 0; left out where the study has none or the trial told none. */
  readonly constraints?: readonly number[];
  /**
   * One an objective, with a number for each active float that has no step, maybe not a finite one; left out or null where none was told.
   * `unitGradient` of `space/` gives the derivatives along the axes of the unit cube.
   */
  readonly gradients?: readonly (Gradient | null)[];
  /** Wall seconds that the trial took: only for samplers with the trait `usesClock`. */
  readonly seconds?: number;
}

/** What to try next; all of it is stored and shown. */
export interface Proposal {
  readonly params: Params;
  /** Which method proposed it ("grid", "random" …). */
  readonly by: string;
  /** Why, for people; empty where there is nothing to say. */
  readonly why: string;
  readonly parent?: number;
  /**
   * The first trial of this very configuration, where the proposal is to try it again because its value is noisy: with other folds, another seed. Reports give
   * the mean of all repeats. Without it a trial of an equal configuration stands for itself.
   */
  readonly repeatOf?: number;
  readonly budget?: number;
  readonly note?: string;
}

/** What a sampler knows of a study before the first trial. */
export interface SamplerContext {
  readonly space: Space;
  /** One entry an objective, in order. */
  readonly directions: readonly Direction[];
  /**
   * Whether the study's rules (forbidden combinations, limits) allow a configuration; left out where it has none. A sampler that ranks
   * candidates asks it of each; what others propose is mended for them.
   */
  readonly feasible?: (params: Params) => boolean;
  /**
   * Finished trials of other studies, for samplers that learn from them; left out where there are none. They are the same for the whole life
   * of a study, are no trials of it (they have no numbers, and are never absorbed), and lie in its space. Values of different studies are on different
   * scales: compare `scores`, which are standardised per study, and give own values the same form once there are enough. What that asks of a method:
   * a density (TPE) may rank each earlier study by its scores and take its better part among the good, with a weight that falls as own trials
   * come; a Gaussian process may take scores as observations of its standardised target, with noise added for each study. A sampler that ignores
   * them loses nothing: `warmStarted` proposes a study's first trials from them, whatever sampler follows.
   */
  readonly earlier?: readonly EarlierStudy[];
  /** Trial n sees the outcomes of trials 0 … n − lookahead. Default 1. */
  readonly lookahead?: number;
  /** The study's seed, for what all trials share (a scrambling); what a trial draws for itself comes from its own stream. Default 0. */
  readonly seed?: number;
}

/**
 * A left fold over the visible prefix of finished trials, in number order. The state is derived data, never stored; `absorb`
 * may change the one that it is given and return it. `propose` is called with the stream forked for the trial's number; it must not change the state it is given.
 */
export interface Sampler<S = unknown> {
  readonly name: string;
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  readonly traits: SamplerTraits;
  start(context: SamplerContext): S;
  absorb(state: S, trial: FinishedTrial): S;
  /** `number`: of the trial to propose. `pending`: the parameters of earlier trials not yet absorbed. undefined = exhausted. */
  propose(state: S, number: number, pending: readonly Params[], rng: Rng): Proposal | undefined;
  /** How many proposals there are; null where there is no end. */
  size(space: Space): number | null;
}

/** What a sampler's proposals depend on; it decides which trials may be planned at once. */
export interface SamplerTraits {
  /** true: proposals depend on outcomes, so trials wait for those `lookahead` before them. */
  readonly adaptive: boolean;
  /** true: reads a clock, so that a run can only be replayed from what is stored. */
  readonly usesClock: boolean;
  /** true: trial n is the n-th cell of the space (`gridParams`), so that a study may leave cells out. */
  readonly exhaustive?: boolean;
  /**
   * A number of members, P: trials continue others, so that `Proposal.parent` is the trial whose checkpoint a trial goes on from. The parent of trial n
   * is one of n − 2P + 1 … n − lookahead: checkpoints before are dropped. The study's lookahead is at most P, so that trial n sees trial n − P.
   */
  readonly continues?: number;
}
