import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer, optional } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import type { Space } from "../core/space.ts";
import { continuousParameters, gridParams, spaceSize } from "../space/space-grid.ts";

/** Options of `grid()`. */
export interface GridOptions {
  /** Refuses grids of more configurations; default 100 000. */
  readonly limit?: number;
}

/**
 * Every configuration of a finite space once: trial n is the n-th cell in row-major order (the parameter declared last
 * varies fastest, a choice's branches follow one another).
 * @throws HpoError GRID_TOO_LARGE, when the study is defined, where there are more cells than `limit` or no end of them.
 */
export function grid(options: GridOptions = {}): Sampler<Space> {
  checkOptions("grid", options, { limit: optional(integer(1)) });
  const limit = options.limit ?? 100_000;
  return Object.freeze<Sampler<Space>>({
    name: "grid",
    // `limit` guards against mistakes and changes no proposal, so that it may be raised for a study that stands.
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: false, usesClock: false, exhaustive: true }),
    start({ space }) {
      countCells(space, limit);
      return space;
    },
    absorb: (space) => space,
    propose(space, number) {
      const size = countCells(space, limit);
      if (number >= size) return undefined;
      return Object.freeze({ params: gridParams(space, number), by: "grid", why: `cell ${number + 1} of ${size}` });
    },
    size: (space) => countCells(space, limit),
  });
}

function countCells(space: Space, limit: number): number {
  const size = spaceSize(space);
  if (size === null) {
    const names = continuousParameters(space);
    throw new HpoError(
      "GRID_TOO_LARGE",
      `grid(): the space must be finite, but ${names.join(", ")} ${names.length === 1 ? "is a float" : "are floats"} without a step. ` +
        "Give float() a step, list the values with values([…]), or take random().",
      { data: { count: null, limit, parameters: names } },
    );
  }
  if (size > limit) {
    throw new HpoError(
      "GRID_TOO_LARGE",
      `grid(): the grid must have at most ${limit} cells; got ${size}. Take fewer values, raise it with grid({ limit }), or take random().`,
      { data: { count: size, limit } },
    );
  }
  return size;
}
