import type { FinishedTrial, SamplerContext } from "./sampler.ts";
import type { Rng } from "../math/rng.ts";

/** What a model of a study's outcomes says of the rest of the search, in units of the first objective. */
export interface GainBound {
  /** With high probability no configuration is better than the best so far by more. */
  readonly gain: number;
  /** The deviation of a single value's noise, as the model sees it. */
  readonly noise: number;
}

/** A left fold over the visible prefix of finished trials, as a sampler is; its state is derived data, never stored. */
export interface GainModel<S = unknown> {
  start(context: SamplerContext): S;
  absorb(state: S, trial: FinishedTrial): S;
  /** undefined while there is too little to tell from. */
  bound(state: S, rng: Rng): GainBound | undefined;
}
