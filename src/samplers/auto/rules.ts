import type { Sampler, SamplerContext } from "../../core/sampler.ts";
import { dimensions } from "../../space/dimensions.ts";
import { spaceSize } from "../../space/space-grid.ts";
import { ehvi } from "../ehvi/ehvi.ts";
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

/** Spread points before the first model: 8 and 10 Sobol points did alike (docs/decisions/0012). */
const spread = 10;
/**
 * A Gaussian process was ahead of every other method in 19 of 20 cells of the suite up to 100 trials, and in all that were measured up to here
 * (docs/decisions/0012); it takes about 20 ms a trial. Who makes more trials than these has cheap ones, and a density of the good ones takes a millisecond.
 */
const modelled = 500;
/** With more parameters a Gaussian process learns too little from each trial for what it costs. Not measured. */
const mostModelled = 50;
/**
 * Of so many configurations the best one is found sooner by densities, which share what they learn between cells and branches, without spread points first:
 * on 50 tables of 288 cells 0.071 / 0.031 / 0.012 after 25 / 50 / 100 trials against 0.085 / 0.036 / 0.030 by a Gaussian process (docs/decisions/0011).
 */
const fewCells = 2000;
/** The expected growth of the hypervolume takes about 30 ms a trial; it is ahead of dominance by far up to here (docs/decisions/0015). */
const modelledFront = 300;

/** Which method proposes which trials. It follows from the declaration alone, never from the budget, which may change. */
export function phases({ space, directions }: Pick<SamplerContext, "space" | "directions">): readonly Phase[] {
  const axes = dimensions(space).length;
  if (axes === 0) return [{ from: 0, sampler: random(), why: "there is nothing to choose" }];
  const first = { from: 0, sampler: sobol(), why: `the first ${spread} trials are spread evenly` };
  const parameters = `${axes} parameter${axes === 1 ? "" : "s"}`;
  if (directions.length > 1) {
    return [
      { from: 0, sampler: ehvi(), why: `${directions.length} objectives, few trials` },
      { from: modelledFront, sampler: nsga2(), why: `${directions.length} objectives, more than ${modelledFront} trials` },
    ];
  }
  const cells = spaceSize(space);
  if (cells !== null && cells <= fewCells) return [{ from: 0, sampler: tpe(), why: `${cells} configurations` }];
  const densities = { sampler: tpe(), why: `more than ${modelled} trials: a fast model of the good ones` };
  if (axes > mostModelled) return [first, { ...densities, from: spread, why: `${parameters}: too many for a Gaussian process` }];
  return [first, { from: spread, sampler: gp(), why: `${parameters}, few trials` }, { ...densities, from: modelled }];
}
