// A search in memory, without tasks, store or waiting: what a sampler proposes where every trial takes the same time.
import type { Direction, Gradient, Params, Sampler, Space } from "hpo";
import type { EarlierRecord } from "#hpo/core/earlier-study";
import type { OutcomeRecord } from "#hpo/core/records";
import { Proposer } from "#hpo/study/proposer";

export interface SimulatedSearch {
  readonly sampler: Sampler;
  readonly space: Space;
  /** Default: one objective, minimised. */
  readonly directions?: readonly Direction[];
  readonly earlier?: readonly EarlierRecord[];
  readonly seed: number;
  readonly lookahead: number;
  /** Most trials; fewer where the sampler is exhausted. */
  readonly trials: number;
  /** One value an objective (NaN is one too); undefined fails the trial. */
  readonly evaluate: (params: Params, number: number) => number | readonly number[] | undefined;
  /** The gradient of the first value, told with it. */
  readonly gradient?: (params: Params) => Gradient;
}

/** One entry a trial, in number order. */
export interface SearchPath {
  readonly params: readonly Params[];
  /** The values of each trial; empty where it failed. */
  readonly values: readonly (readonly number[])[];
  /** The best first value of trials 0 … n in its direction; ±Infinity until there is one. */
  readonly best: Float64Array;
  /** Which method proposed each, and why. */
  readonly by: readonly string[];
  readonly why: readonly string[];
  /** Wall seconds that each proposal took, absorbing included. */
  readonly proposeSeconds: Float64Array;
  /** CPU seconds of the process for all of it, evaluation and garbage collection included. */
  readonly cpuSeconds: number;
}

/**
 * Runs a sampler by the engine's own rules (its `Proposer`): the proposal of trial n sees exactly the outcomes of trials
 * 0 … n − lookahead and the parameters of those between, so a study with any number of workers proposes the same.
 */
export function simulateSearch(search: SimulatedSearch): SearchPath {
  const directions = search.directions ?? ["minimize"];
  const objectives = directions.map((direction, at) => ({ metric: `value${at}`, direction }));
  const { sampler, space, seed, lookahead, earlier = [] } = search;
  const outcomes: OutcomeRecord[] = [];
  const path = { params: [] as Params[], values: [] as (readonly number[])[], by: [] as string[], why: [] as string[] };
  const best: number[] = [];
  const proposeSeconds: number[] = [];
  const better = directions[0] === "maximize" ? Math.max : Math.min;
  const cpu = process.cpuUsage();
  const proposer = new Proposer({ sampler, space, objectives, seed, lookahead, earlier }, (trial) => outcomes[trial]);
  for (let number = 0; number < search.trials; number++) {
    const start = performance.now();
    const proposal = proposer.propose();
    proposeSeconds.push((performance.now() - start) / 1000);
    if (proposal === undefined) break;
    const value = search.evaluate(proposal.params, number);
    const values = value === undefined ? [] : typeof value === "number" ? [value] : value;
    const gradients = search.gradient === undefined ? {} : { gradients: { value0: search.gradient(proposal.params) } };
    outcomes.push({ ...outcome(number, values), ...gradients });
    path.params.push(proposal.params);
    path.values.push(values);
    path.by.push(proposal.by);
    path.why.push(proposal.why);
    const before = best.at(-1) ?? (directions[0] === "maximize" ? -Infinity : Infinity);
    const [first = Number.NaN] = values;
    best.push(Number.isNaN(first) ? before : better(before, first));
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...path,
    best: Float64Array.from(best),
    proposeSeconds: Float64Array.from(proposeSeconds),
    cpuSeconds: (user + system) / 1e6,
  };
}

function outcome(trial: number, values: readonly number[]): OutcomeRecord {
  const judged = values.map((value, at) => [`value${at}`, { value, standardError: null, pooled: null }] as const);
  return {
    trial,
    state: values.length === 0 ? "failed" : "complete",
    values: Object.fromEntries(judged),
    incident: null,
    endedAt: "",
  };
}
