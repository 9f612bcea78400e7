import type { Sampler } from "../core/sampler.ts";
import type { Space } from "../core/space.ts";
import { dimensions } from "../space/dimensions.ts";
import { decode } from "../space/unit-cube.ts";

/**
 * Independent draws: uniform, log-uniform on a log scale, each branch of a choice alike. Trial n depends on the study's
 * seed and on n alone; draws repeat in a small finite space, and there is no last one.
 */
export function random(): Sampler<Space> {
  return Object.freeze<Sampler<Space>>({
    name: "random",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: false, usesClock: false }),
    start: ({ space }) => space,
    absorb: (space) => space,
    propose(space, _number, _pending, rng) {
      // One number for every axis, active or not, so that a parameter's draw does not hang on the branches before it.
      const unit = Float64Array.from(dimensions(space), () => rng.uniform());
      return Object.freeze({ params: decode(space, unit), by: "random", why: "" });
    },
    size: () => null,
  });
}
