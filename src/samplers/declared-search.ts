import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import type { SpaceRules } from "../core/space-rules.ts";
import type { Params, Space } from "../core/space.ts";
import { rng } from "../math/rng.ts";
import { checkPartial } from "../space/check-partial.ts";
import { checkRules } from "../space/check-rules.ts";
import { feasiblePoint } from "../space/feasible-point.ts";
import { isInSpace } from "../space/mismatch.ts";
import { enqueued } from "./enqueued.ts";
import { withinRules } from "./within-rules.ts";

/** What a study says of its search beside the sampler. */
export interface SearchDefinition {
  readonly space: Space;
  readonly sampler: Sampler;
  readonly forbid?: readonly object[];
  readonly limits?: readonly object[];
  readonly enqueue?: readonly object[];
}

/** The same, checked: `sampler` proposes what is enqueued first, and nothing that the rules forbid. */
export interface DeclaredSearch {
  readonly sampler: Sampler;
  readonly rules: SpaceRules;
  readonly enqueue: readonly Params[];
}

/** @throws HpoError OPTION_INVALID; SPACE_INVALID where no configuration is found that the rules allow. */
export function declaredSearch(where: string, definition: SearchDefinition): DeclaredSearch {
  const { space, sampler } = definition;
  const rules = checkRules(where, space, definition);
  // The streams hang on nothing but their names: what is found here is the same for every seed.
  const anywhere = feasiblePoint(space, rules, { rng: rng("rules") });
  if (anywhere === null) {
    throw new HpoError(
      "SPACE_INVALID",
      `${where}(): forbid and limits must leave a configuration of the space; none was found that all of them allow. Take one of them out, or widen the space.`,
    );
  }
  const points = (definition.enqueue ?? []).map((one, index) => {
    const given = checkPartial(where, `enqueue[${index}]`, { space, given: one });
    const refuge = feasiblePoint(space, rules, { given, rng: rng("enqueue").fork(index) });
    if (refuge !== null) return { given, refuge };
    throw new HpoError(
      "OPTION_INVALID",
      `${where}(): enqueue[${index}] must keep forbid and limits; got ${showValue(given)}, which they rule out.`,
    );
  });
  const taken = points.map(({ given }) => given).filter((given) => isInSpace(space, given));
  return Object.freeze({
    sampler: enqueued(withinRules(sampler, { rules, taken, refuge: anywhere }), points, rules),
    rules,
    enqueue: Object.freeze(points.map(({ given }) => given)),
  });
}
