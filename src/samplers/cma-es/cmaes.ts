import { checkOptions, finite, integer, oneOf, optional } from "../../core/options.ts";
import type { FinishedTrial, Sampler } from "../../core/sampler.ts";
import { normalCdf, normalQuantile } from "../../math/normal-distribution.ts";
import { type Rng, rng } from "../../math/rng.ts";
import { decode, encode } from "../../space/unit-cube.ts";
import { type Axes, axesOf, isActive } from "./axes.ts";
import { type Distribution, type DrawnPoint, type Snapshot, place, startDistribution, update } from "./distribution.ts";
import { correctMargin } from "./margin.ts";
import { defaultPopulation, strategy } from "./strategy.ts";

interface Candidate extends DrawnPoint {
  readonly violation: number;
  readonly cost: number;
  readonly picks: readonly number[];
}

interface CmaState {
  readonly axes: Axes;
  readonly sign: number;
  readonly stream: Rng;
  readonly lookahead: number;
  run: Distribution;
  batch: Candidate[];
  readonly drawn: Snapshot[];
}

const draws = Number(process.env["CMA_DRAWS"] ?? 20);

export function cmaes(): Sampler {
  return Object.freeze<Sampler<CmaState>>({
    name: "cmaes",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start({ space, directions, seed, lookahead }) {
      const axes = axesOf(space);
      const n = axes.numeric.length;
      const lambda = Number(process.env["CMA_LAMBDA"] ?? defaultPopulation(n));
      const run = startDistribution(strategy(n, lambda), new Float64Array(n).fill(0.5), Number(process.env["CMA_SIGMA"] ?? 1 / 6));
      correctMargin(run, axes);
      const ahead = lookahead ?? 1;
      return {
        axes,
        sign: directions[0] === "maximize" ? -1 : 1,
        stream: rng(seed ?? 0).fork("cmaes"),
        lookahead: ahead,
        run,
        batch: [],
        drawn: Array.from({ length: ahead }, () => run.snapshot),
      };
    },
    absorb(state, trial) {
      const from = state.drawn[trial.number % state.lookahead] as Snapshot;
      state.batch.push(candidate(state, trial, from));
      if (state.batch.length === state.run.strategy.population) {
        generation(state);
        const stride = Number(process.env["CMA_STRIDE"] ?? 1);
        const keep = state.run.strategy.population - Math.max(1, Math.round(state.run.strategy.population * stride));
        const best = process.env["CMA_KEEP"] === "best" ? state.batch.toSorted((a, b) => compare(a, b)).slice(0, keep) : state.batch.slice(state.batch.length - keep);
        state.batch = best;
      }
      state.drawn[trial.number % state.lookahead] = state.run.snapshot;
      return state;
    },
    propose({ axes, run }, _number, _pending, own) {
      const { snapshot } = run;
      const n = axes.numeric.length;
      const unit = new Float64Array(axes.dimensionCount).fill(0.5);
      const z = new Float64Array(n);
      const v = new Float64Array(n);
      for (let draw = 0; draw < draws; draw++) {
        for (let k = 0; k < n; k++) z[k] = own.normal();
        place(snapshot, z, v);
        let inside = true;
        for (let d = 0; d < n; d++) if (axes.numeric[d]?.buckets === null && !((v[d] as number) >= 0 && (v[d] as number) <= 1)) inside = false;
        if (inside) break;
      }
      for (const [d, axis] of axes.numeric.entries()) unit[axis.place] = Math.min(1, Math.max(0, v[d] as number));
      for (const axis of axes.choices) unit[axis.place] = (own.below(axis.count) + 0.5) / axis.count;
      return Object.freeze({ params: decode(axes.space, unit), by: "cmaes", why: `generation ${run.generation + 1}` });
    },
    size: () => null,
  });
}

function candidate({ axes, sign, stream }: CmaState, trial: FinishedTrial, from: Snapshot): Candidate {
  const unit = encode(axes.space, trial.params);
  const v = new Float64Array(axes.numeric.length);
  let inner: Rng | undefined;
  for (const [d, { name, place: at, buckets }] of axes.numeric.entries()) {
    if (isActive(trial.params, name) && buckets === null) {
      v[d] = unit[at] as number;
      continue;
    }
    inner ??= stream.fork("inside", trial.number);
    let low = -Infinity;
    let high = Infinity;
    if (isActive(trial.params, name) && buckets !== null) {
      const index = buckets.indexOf(trial.params[name] as number);
      if (index > 0) low = buckets.edge(index);
      if (index < buckets.count - 1) high = buckets.edge(index + 1);
    }
    v[d] = truncated(inner.uniform(), from.mean[d] as number, from.deviations[d] as number, low, high);
  }
  const value = trial.values[0];
  const cost = trial.state === "failed" || value === undefined || Number.isNaN(value) ? Infinity : sign * value;
  let violation = 0;
  for (const constraint of trial.constraints ?? []) violation += constraint > 0 || Number.isNaN(constraint) ? constraint : 0;
  return { v, from, cost, violation: Number.isNaN(violation) ? Infinity : violation, picks: [] };
}

function truncated(u: number, mean: number, deviation: number, low: number, high: number): number {
  const [a, b] = [(low - mean) / deviation, (high - mean) / deviation];
  const flip = a > 0;
  const [pa, pb] = flip ? [normalCdf(-b), normalCdf(-a)] : [normalCdf(a), normalCdf(b)];
  const p = pa + u * (pb - pa);
  const z = pb - pa > 1e-300 ? normalQuantile(p) : flip ? -a : b;
  return Math.min(high, Math.max(low, mean + deviation * (flip ? -z : z)));
}

function generation(state: CmaState): void {
  const { batch, run } = state;
  const order = batch.toSorted((a, b) => compare(a, b));
  const weights = Float64Array.from(run.strategy.weights);
  for (let i = 0; i < order.length; ) {
    let end = i;
    let sum = 0;
    for (; end < order.length && compare(order[i]!, order[end]!) === 0; end++) sum += weights[end] as number;
    weights.fill(sum / (end - i), i, end);
    i = end;
  }
  if (compare(order[0]!, order.at(-1)!) === 0) return;
  update(run, order, weights);
  correctMargin(run, state.axes);
}

function compare(a: Candidate, b: Candidate): number {
  if (a.violation !== b.violation) return a.violation < b.violation ? -1 : 1;
  return a.cost === b.cost ? 0 : a.cost < b.cost ? -1 : 1;
}
void [checkOptions, finite, integer, oneOf, optional];
