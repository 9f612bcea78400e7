import { canonicalJson } from "../core/json.ts";
import type { Proposal, Sampler } from "../core/sampler.ts";
import type { SpaceRules } from "../core/space-rules.ts";
import type { Params, Space } from "../core/space.ts";
import type { Rng } from "../math/rng.ts";
import { isFeasible } from "../space/feasibility.ts";
import { feasiblePoint, movedToLimits } from "../space/feasible-point.ts";
import { gridParams, spaceSize } from "../space/space-grid.ts";

/** How often a proposal is drawn before it is moved: drawing is cheap where nothing is learned. */
const freeDraws = 256;
const adaptiveDraws = 16;

interface RuledState {
  inner: unknown;
  readonly space: Space;
}

/** What the rules leave of a space. */
interface RuledSpace {
  readonly rules: SpaceRules;
  /** Configurations that are trials already, each once: cells that a grid leaves out. */
  readonly taken: readonly Params[];
  /** A configuration that the rules allow: proposed where nothing else is found. */
  readonly refuge: Params;
}

/**
 * A sampler whose proposals all keep the rules; name, options and traits stay. One that goes through the cells of the space
 * (trait `exhaustive`) skips the others: trial n is the n-th that is left. Any other is asked again with streams of their own, 256 times (16 where it is adaptive), then its proposal is moved
 * to its limits, then one is drawn: so it always ends. The sampler may ask `context.feasible` to need none of that.
 */
export function withinRules(sampler: Sampler, { rules, taken, refuge }: RuledSpace): Sampler {
  const ruled = rules.forbid.length + rules.limits.length > 0;
  const skips = sampler.traits.exhaustive === true;
  if (!ruled && !(skips && taken.length > 0)) return sampler;
  const feasible = (params: Params): boolean => isFeasible(rules, params);
  const cells = memoBySpace((space) => openCells(space, feasible, taken));
  const state = (value: unknown): RuledState => value as RuledState;

  function redrawn(value: RuledState, number: number, pending: readonly Params[], rng: Rng): Proposal | undefined {
    const draws = sampler.traits.adaptive ? adaptiveDraws : freeDraws;
    let first: Proposal | undefined;
    let before = "";
    for (let draw = 0; draw < draws; draw++) {
      const proposal = sampler.propose(value.inner, number, pending, draw === 0 ? rng : rng.fork("redraw", draw));
      if (proposal === undefined || feasible(proposal.params))
        return noted(proposal, draw === 0 ? null : `draw ${draw + 1}: the rules forbid those before`);
      first ??= proposal;
      // A sampler that takes no notice of its stream says the same for ever.
      const text = canonicalJson(proposal.params);
      if (text === before) break;
      before = text;
    }
    if (first === undefined) return undefined;
    const near = movedToLimits(value.space, rules, first);
    const { repeatOf: _, ...moved } = first;
    if (near !== null) return noted({ ...moved, params: near }, "moved to keep the limits");
    const params = feasiblePoint(value.space, rules, { rng: rng.fork("rules") }) ?? refuge;
    return noted({ ...moved, params }, "drawn at random, since the rules forbid what was proposed");
  }

  return Object.freeze<Sampler>({
    name: sampler.name,
    options: sampler.options,
    traits: sampler.traits,
    start: (context): RuledState => ({ inner: sampler.start(ruled ? { ...context, feasible } : context), space: context.space }),
    absorb(value, trial) {
      const own = state(value);
      own.inner = sampler.absorb(own.inner, trial);
      return own;
    },
    propose(value, number, pending, rng) {
      const own = state(value);
      if (!skips) return redrawn(own, number, pending, rng);
      const open = cells(own.space);
      const cell = open[number];
      const proposal = cell === undefined ? undefined : sampler.propose(own.inner, cell, pending, rng);
      return proposal && Object.freeze({ ...proposal, why: `cell ${number + 1} of the ${open.length} that are allowed` });
    },
    size: (space) => (skips ? cells(space).length : sampler.size(space)),
  });
}

function noted(proposal: Proposal | undefined, note: string | null): Proposal | undefined {
  if (proposal === undefined || note === null) return proposal;
  return Object.freeze({ ...proposal, note: proposal.note === undefined ? note : `${proposal.note}; ${note}` });
}

/** The cells of a finite space that are feasible and not taken, ascending. O(cells · rules), once a space. */
function openCells(space: Space, feasible: (params: Params) => boolean, taken: readonly Params[]): readonly number[] {
  const without = new Set(taken.map(canonicalJson));
  const open: number[] = [];
  for (let cell = 0; cell < (spaceSize(space) ?? 0); cell++) {
    const params = gridParams(space, cell);
    if (feasible(params) && (without.size === 0 || !without.has(canonicalJson(params)))) open.push(cell);
  }
  return open;
}

function memoBySpace<T>(compute: (space: Space) => T): (space: Space) => T {
  const known = new WeakMap<Space, { readonly value: T }>();
  return (space) => {
    const found = known.get(space) ?? { value: compute(space) };
    known.set(space, found);
    return found.value;
  };
}
