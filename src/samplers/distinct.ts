import { checkOptions } from "../core/options.ts";
import { samplerRule } from "../core/part-rules.ts";
import type { Proposal, Sampler } from "../core/sampler.ts";
import type { Params, Space } from "../core/space.ts";
import { gridIndex } from "../space/grid-index.ts";
import { gridParams, spaceSize } from "../space/space-grid.ts";
import { named } from "./startup.ts";

interface DistinctState {
  readonly space: Space;
  /** How many configurations there are; Infinity where they can't be counted exactly. */
  readonly cells: number;
  /** What the study's rules allow. */
  readonly feasible: (params: Params) => boolean;
  /** Places in the grid of the trials absorbed, whatever became of them. */
  readonly tried: Set<number>;
  inner: unknown;
}

/** So many further draws before the next cell is taken: where half of the cells are tried, fewer than 1 in 2000 trials needs that. */
const redraws = 10;

/**
 * Never tries a configuration of a finite space twice: a proposal that was tried already, or is running, is drawn again from
 * the same sampler with other random numbers, and after ten draws replaced by the next configuration in the grid's order
 * that was not, and that the study's rules allow. Ends with the last one. In an infinite space the sampler is left alone. Memory O(trials).
 */
export function distinct(sampler: Sampler): Sampler {
  checkOptions("distinct", { sampler }, { sampler: samplerRule });
  const { adaptive, usesClock, continues } = sampler.traits;
  return Object.freeze<Sampler>({
    name: "distinct",
    options: Object.freeze(named("sampler", sampler)),
    traits: Object.freeze({ adaptive: true, usesClock, ...(continues === undefined ? {} : { continues }) }),
    start: (context): DistinctState => ({
      space: context.space,
      cells: cellCount(context.space),
      feasible: context.feasible ?? (() => true),
      tried: new Set(),
      inner: sampler.start(context),
    }),
    absorb(value, trial) {
      const state = value as DistinctState;
      if (state.cells < Infinity) state.tried.add(gridIndex(state.space, trial.params));
      if (adaptive) state.inner = sampler.absorb(state.inner, trial);
      return state;
    },
    propose(value, number, pending, rng) {
      const { space, cells, tried, inner, feasible } = value as DistinctState;
      if (number >= cells) return undefined;
      const seen = adaptive ? pending : [];
      const first = sampler.propose(inner, number, seen, rng);
      if (first === undefined || cells === Infinity) return first;
      const running = new Set(pending.map((params) => gridIndex(space, params)));
      const isNew = (cell: number): boolean => !tried.has(cell) && !running.has(cell);
      let proposal: Proposal | undefined = first;
      for (let draw = 1; proposal !== undefined && draw <= redraws; draw++) {
        if (isNew(gridIndex(space, proposal.params)) && feasible(proposal.params)) return proposal;
        proposal = sampler.propose(inner, number, seen, rng.fork("redraw", draw));
      }
      const cell = nextCell(gridIndex(space, first.params), cells, (one) => isNew(one) && feasible(gridParams(space, one)));
      return cell === undefined ? undefined : replaced(first, gridParams(space, cell));
    },
    size(space) {
      const [own, inner] = [cellCount(space), sampler.size(space) ?? Infinity];
      const size = Math.min(own, inner);
      return size === Infinity ? null : size;
    },
  });
}

function cellCount(space: Space): number {
  const size = spaceSize(space);
  return size === null || !Number.isSafeInteger(size) ? Infinity : size;
}

/** The first untried cell after `start`, round the end; at most one step for each cell that was tried. */
function nextCell(start: number, cells: number, isNew: (cell: number) => boolean): number | undefined {
  for (let step = 1; step <= cells; step++) {
    const cell = (start + step) % cells;
    if (isNew(cell)) return cell;
  }
  return undefined;
}

function replaced(proposal: Proposal, params: Params): Proposal {
  const { repeatOf: _, ...rest } = proposal;
  return Object.freeze({
    ...rest,
    params,
    why: `the next configuration that was not tried${proposal.why === "" ? "" : `, after ${proposal.why}`}`,
  });
}
