import type { Sampler } from "../core/sampler.ts";
import type { SpaceRules } from "../core/space-rules.ts";
import type { Params, Space } from "../core/space.ts";
import { activeParameters } from "../space/active-parameters.ts";
import { feasiblePoint } from "../space/feasible-point.ts";

interface EnqueuedState {
  inner: unknown;
  readonly space: Space;
}

/** A point to begin with: values that can stand together, and a configuration that has them and keeps the rules. */
export interface EnqueuedPoint {
  readonly given: Params;
  readonly refuge: Params;
}

/**
 * A sampler whose first trials are given: trial n < points.length is point n, with what it leaves out drawn uniformly within the rules;
 * then the sampler, which has absorbed them all. One that is not adaptive begins with its own number 0 then. Name, options and traits stay.
 */
export function enqueued(sampler: Sampler, points: readonly EnqueuedPoint[], rules: SpaceRules): Sampler {
  if (points.length === 0) return sampler;
  const state = (value: unknown): EnqueuedState => value as EnqueuedState;
  const before = sampler.traits.adaptive ? 0 : points.length;
  return Object.freeze<Sampler>({
    name: sampler.name,
    options: sampler.options,
    traits: sampler.traits,
    start: (context): EnqueuedState => ({ inner: sampler.start(context), space: context.space }),
    absorb(value, trial) {
      const own = state(value);
      own.inner = sampler.absorb(own.inner, trial);
      return own;
    },
    propose(value, number, pending, rng) {
      const own = state(value);
      const point = points[number];
      if (point === undefined) return sampler.propose(own.inner, number - before, pending, rng);
      const params = feasiblePoint(own.space, rules, { given: point.given, rng }) ?? point.refuge;
      const drawn = activeParameters(own.space, params).filter((name) => !Object.hasOwn(point.given, name));
      const why = `point ${number + 1} of ${points.length} given${drawn.length === 0 ? "" : `; drawn: ${drawn.join(", ")}`}`;
      return Object.freeze({ params, by: "enqueued", why });
    },
    size(space) {
      const size = sampler.size(space);
      return size === null ? null : Math.max(size + before, points.length);
    },
  });
}
