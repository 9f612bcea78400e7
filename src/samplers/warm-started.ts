import type { EarlierStudy } from "../core/earlier-study.ts";
import type { Direction } from "../core/metric.ts";
import type { FinishedTrial, Proposal, Sampler, SamplerContext } from "../core/sampler.ts";
import type { Params } from "../core/space.ts";
import { type Seen, transferSearch, type TransferSearch } from "./transfer-search.ts";

interface WarmState {
  inner: unknown;
  /** One an objective. */
  readonly searches: readonly TransferSearch[];
  readonly directions: readonly Direction[];
  readonly studies: number;
  readonly seen: FinishedTrial[];
}

/**
 * A sampler whose first trials are proposed from earlier studies (`SamplerContext.earlier`): trials 0 … trials − 1 by transfer, later ones by
 * the sampler, which has absorbed them all. Its proposals are configurations that earlier studies tried; where all of them are trials already, or
 * there is no earlier study, the sampler proposes. Name and options stay; it waits for outcomes. Several objectives take turns.
 */
export function warmStarted(trials: number, sampler: Sampler): Sampler {
  const state = (value: unknown): WarmState => value as WarmState;

  function transferred(
    { searches, studies, directions, seen }: WarmState,
    number: number,
    pending: readonly Params[],
  ): Proposal | undefined {
    if (number >= trials || searches.length === 0) return undefined;
    const objective = number % searches.length;
    const sign = directions[objective] === "maximize" ? -1 : 1;
    const own = seen.map((trial): Seen => ({ params: trial.params, value: valueOf(trial, objective, sign) }));
    const found = (searches[objective] as TransferSearch).next(own, pending);
    if (found === undefined) return undefined;
    const from = studies === 1 ? "an earlier study" : `${studies} earlier studies`;
    const why =
      found.by === "portfolio" ? `good in ${from}, beside those before` : `most expected gain by ${from} and ${own.length} trials here`;
    return Object.freeze({ params: found.params, by: "transfer", why });
  }

  return Object.freeze<Sampler>({
    name: sampler.name,
    options: sampler.options,
    traits: Object.freeze({ ...sampler.traits, adaptive: true }),
    start: (context): WarmState => ({
      inner: sampler.start(context),
      searches: searchesOf(context),
      directions: context.directions,
      studies: context.earlier?.length ?? 0,
      seen: [],
    }),
    absorb(value, trial) {
      const own = state(value);
      if (trial.number < trials) own.seen.push(trial);
      if (sampler.traits.adaptive) own.inner = sampler.absorb(own.inner, trial);
      return own;
    },
    propose(value, number, pending, rng) {
      const own = state(value);
      return transferred(own, number, pending) ?? sampler.propose(own.inner, number, sampler.traits.adaptive ? pending : [], rng);
    },
    size: (space) => sampler.size(space),
  });
}

/** To be minimised; null of a trial that is worth nothing: it failed, or missed a constraint. A pruned one without an estimate is left as unknown. */
function valueOf({ state, values, constraints = [] }: FinishedTrial, objective: number, sign: number): number | null | undefined {
  const value = values[objective];
  if (state === "pruned" && value === undefined) return undefined;
  const told = state !== "failed" && value !== undefined && Number.isFinite(value) && constraints.every((excess) => excess <= 0);
  return told ? sign * value : null;
}

function searchesOf({ space, directions, earlier = [], feasible }: SamplerContext): readonly TransferSearch[] {
  if (earlier.length === 0) return [];
  return directions.map((direction, objective) => {
    const sign = direction === "maximize" ? -1 : 1;
    const scoresOf = (study: EarlierStudy): readonly number[] =>
      study.trials.map(({ scores, constraints = [] }) => (constraints.every((excess) => excess <= 0) ? (scores[objective] as number) : 2));
    const scales = earlier.map(({ centres, scales: all }) => ({
      centre: sign * (centres[objective] as number),
      scale: all[objective] as number,
    }));
    return transferSearch(space, earlier, { scoresOf, scales, feasible: feasible ?? (() => true) });
  });
}
