import { HpoError } from "../core/hpo-error.ts";
import type { StudySource } from "../core/earlier-study.ts";
import { checkOptions, integer, listOf, optional, shaped, showValue } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import type { SpaceRules } from "../core/space-rules.ts";
import type { Params, Space } from "../core/space.ts";
import { rng } from "../math/rng.ts";
import { checkPartial } from "../space/check-partial.ts";
import { checkRules } from "../space/check-rules.ts";
import { feasiblePoint } from "../space/feasible-point.ts";
import { isInSpace } from "../space/mismatch.ts";
import { enqueued } from "./enqueued.ts";
import { warmStarted } from "./warm-started.ts";
import { withinRules } from "./within-rules.ts";

/** What a study says of its search beside the sampler. */
export interface SearchDefinition {
  readonly space: Space;
  readonly sampler: Sampler;
  readonly forbid?: readonly object[];
  readonly limits?: readonly object[];
  readonly enqueue?: readonly object[];
  readonly warmStart?: { readonly from: readonly StudySource[]; readonly trials?: number };
}

/** The same, checked: `sampler` proposes what is enqueued first, and nothing that the rules forbid. */
export interface DeclaredSearch {
  readonly sampler: Sampler;
  readonly rules: SpaceRules;
  readonly enqueue: readonly Params[];
  readonly warmStart: { readonly from: readonly StudySource[]; readonly trials: number } | null;
}

/** @throws HpoError OPTION_INVALID; SPACE_INVALID where no configuration is found that the rules allow. */
export function declaredSearch(where: string, definition: SearchDefinition): DeclaredSearch {
  const { space } = definition;
  const warmStart = checkWarmStart(where, definition);
  const sampler = warmStart === null ? definition.sampler : warmStarted(warmStart.trials, definition.sampler);
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
    warmStart,
  });
}

/** Trials that earlier studies propose unless a study says how many. */
const warmTrials = 15;

function checkWarmStart(where: string, { sampler, warmStart }: SearchDefinition): DeclaredSearch["warmStart"] {
  if (warmStart === undefined) return null;
  checkOptions(`${where}(): warmStart`, warmStart, {
    from: listOf(
      shaped('a study such as fromStudy("landsat-svm")', (value) => "study" in value && "database" in value && "assume" in value),
      1,
    ),
    trials: optional(integer(1, 1000)),
  });
  if (sampler.traits.exhaustive === true) {
    throw new HpoError(
      "OPTION_INVALID",
      `${where}(): warmStart must stand beside a sampler that chooses; got ${sampler.name}(), which tries every cell anyway. Name one such as random().`,
    );
  }
  return Object.freeze({ from: Object.freeze([...warmStart.from]), trials: warmStart.trials ?? warmTrials });
}
