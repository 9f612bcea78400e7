import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { calling } from "../core/part-failure.ts";
import type { Proposal, Sampler } from "../core/sampler.ts";
import type { Space } from "../core/space.ts";
import { describeMismatch } from "../space/mismatch.ts";

/**
 * A sampler that may be a user's own: what it throws names it, and what it proposes is a configuration of the space.
 * Its methods throw HpoError SAMPLER_INVALID. O(parameters) a proposal.
 */
export function checkedSampler(sampler: Sampler, space: Space): Sampler {
  const guarded = <T>(when: string, call: () => T): T => calling(`The sampler ${sampler.name}, ${when},`, "SAMPLER_INVALID", call);
  return {
    ...sampler,
    start: (context) => guarded("asked to start", () => sampler.start(context)),
    absorb: (state, trial) => guarded(`told of trial ${trial.number}`, () => sampler.absorb(state, trial)),
    propose(state, number, pending, rng) {
      const proposal = guarded(`asked for trial ${number}`, () => sampler.propose(state, number, pending, rng));
      return proposal === undefined ? undefined : checked(proposal, { name: sampler.name, number, space });
    },
    size: (of) => guarded("asked for the number of its trials", () => sampler.size(of)),
  };
}

interface Asked {
  readonly name: string;
  readonly number: number;
  readonly space: Space;
}

function checked(proposal: Proposal, { name, number, space }: Asked): Proposal {
  const refuse = (must: string): HpoError =>
    new HpoError("SAMPLER_INVALID", `The sampler ${name}, asked for trial ${number}, must ${must}`);
  const told: unknown = proposal;
  if (typeof told !== "object" || told === null || !Object.hasOwn(told, "params")) {
    throw refuse(`propose { params, by, why } or undefined; got ${showValue(told)}.`);
  }
  const { params, by, why, note } = proposal;
  const mismatch = describeMismatch(space, params);
  if (mismatch !== null) throw refuse(`propose a configuration of the space. ${mismatch}`);
  for (const [member, value] of [["by", by] as const, ["why", why] as const, ["note", note ?? ""] as const]) {
    if (typeof value !== "string") throw refuse(`say ${member} as a text; got ${showValue(value)}.`);
  }
  return proposal;
}
