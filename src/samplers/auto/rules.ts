import type { Sampler, SamplerContext } from "../../core/sampler.ts";
import { dimensions } from "../../space/dimensions.ts";
import { gp } from "../gp/gp.ts";
import { nsga2 } from "../nsga2/nsga2.ts";
import { random } from "../random.ts";
import { sobol } from "../sobol.ts";
import { tpe } from "../tpe/tpe.ts";

/** A method, and the first trial that it proposes. */
export interface Phase {
  readonly from: number;
  readonly sampler: Sampler;
  /** For people: why this method now. */
  readonly why: string;
}

/** Spread points before the first model: ablation in docs/decisions/0012 (8 and 10 Sobol points alike). */
const spread = 10;
/**
 * A Gaussian process is ahead of everything else measured up to here, and takes about 20 ms a trial (docs/decisions/0017): beyond, trials must be cheap, since there
 * are so many, and a density of the good ones takes half a millisecond.
 */
const modelled = 500;
/** With more parameters than these a Gaussian process learns too little from each trial for what it costs. */
const mostModelled = 50;

/** Which method proposes which trials. It follows from the declaration alone, never from the budget, which may change. */
export function phases({ space, directions }: Pick<SamplerContext, "space" | "directions">): readonly Phase[] {
  const axes = dimensions(space).length;
  if (axes === 0) return [{ from: 0, sampler: random(), why: "there is nothing to choose" }];
  const first = { from: 0, sampler: sobol(), why: `the first ${spread} trials are spread evenly` };
  if (directions.length > 1) return [first, { from: spread, sampler: nsga2(), why: `${directions.length} objectives` }];
  const parameters = `${axes} parameter${axes === 1 ? "" : "s"}`;
  const densities = { sampler: tpe(), why: `more than ${modelled} trials: a fast model of the good ones` };
  if (axes > mostModelled) return [first, { ...densities, from: spread, why: `${parameters}: too many for a Gaussian process` }];
  return [first, { from: spread, sampler: gp(), why: `${parameters}, few trials` }, { ...densities, from: modelled }];
}
