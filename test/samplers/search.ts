import type { FinishedTrial, Sampler } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";

/** A search in memory by the rules of a study. */
export interface Search {
  readonly space: Space;
  readonly trials: number;
  readonly evaluate: (params: Params, number: number) => Partial<FinishedTrial> | number;
  readonly sampler: Sampler;
  readonly seed?: number;
  readonly lookahead?: number;
  readonly direction?: "minimize" | "maximize";
}

export interface SearchPath {
  readonly params: Params[];
  readonly values: number[];
  readonly why: string[];
  /** The least value of trials 0 … n. */
  readonly best: number[];
}

export function search({ space, trials, evaluate, sampler, seed = 0, lookahead = 1, direction = "minimize" }: Search): SearchPath {
  let state = sampler.start({ space, directions: [direction], seed, lookahead });
  const path: SearchPath = { params: [], values: [], why: [], best: [] };
  const finished: FinishedTrial[] = [];
  let known = 0;
  for (let number = 0; number < trials; number++) {
    for (; known <= number - lookahead; known++) state = sampler.absorb(state, finished[known]!);
    const proposal = sampler.propose(state, number, path.params.slice(known), rng(seed).fork("sampler", number))!;
    const outcome = evaluate(proposal.params, number);
    const told = typeof outcome === "number" ? { values: [outcome] } : outcome;
    finished.push({ number, state: "complete", params: proposal.params, values: [], standardErrors: [null], ...told });
    const value = told.values?.[0] ?? Number.NaN;
    path.params.push(proposal.params);
    path.values.push(value);
    path.why.push(proposal.why);
    path.best.push(Math.min(path.best.at(-1) ?? Infinity, Number.isNaN(value) ? Infinity : value));
  }
  return path;
}
