import { checkOptions, integer } from "../core/options.ts";
import { samplerRule } from "../core/part-rules.ts";
import type { FinishedTrial, Sampler } from "../core/sampler.ts";
import { sobol } from "./sobol.ts";

interface StartupState {
  first: unknown;
  later: unknown;
}

/**
 * Begins with one method and goes on with another: trials 0 … trials − 1 are proposed by `first`, later ones by `then`, which
 * has absorbed them all. Where `first` ends before, `then` takes over at once. `by` and `why` are those of the sampler at work.
 */
export function startup(trials: number, first: Sampler = sobol(), then: Sampler): Sampler {
  checkOptions("startup", { trials }, { trials: integer(1) });
  const check = (name: string, sampler: unknown): void => checkOptions("startup", { [name]: sampler }, { [name]: samplerRule });
  check("first", first);
  check("then", then);
  const state = (value: unknown): StartupState => value as StartupState;
  const absorb = (sampler: Sampler, inner: unknown, trial: FinishedTrial): unknown =>
    sampler.traits.adaptive ? sampler.absorb(inner, trial) : inner;
  return Object.freeze<Sampler>({
    name: "startup",
    options: Object.freeze({ trials, ...named("first", first), ...named("later", then) }),
    traits: Object.freeze({
      adaptive: first.traits.adaptive || then.traits.adaptive,
      usesClock: first.traits.usesClock || then.traits.usesClock,
      ...(then.traits.continues === undefined ? {} : { continues: then.traits.continues }),
    }),
    start: (context): StartupState => ({ first: first.start(context), later: then.start(context) }),
    absorb(value, trial) {
      const both = state(value);
      // No proposal of `first` sees trials of `then`.
      if (trial.number < trials) both.first = absorb(first, both.first, trial);
      both.later = absorb(then, both.later, trial);
      return both;
    },
    propose(value, number, pending, rng) {
      const both = state(value);
      const begin = number < trials ? first.propose(both.first, number, first.traits.adaptive ? pending : [], rng) : undefined;
      return begin ?? then.propose(both.later, number, then.traits.adaptive ? pending : [], rng);
    },
    size(space) {
      const last = then.size(space);
      return last === null ? null : Math.max(last, Math.min(trials, first.size(space) ?? trials));
    },
  });
}

/** A sampler inside another one, among the options of the outer one: its name, and its options behind that. */
export function named(role: string, sampler: Sampler): Sampler["options"] {
  const inner = Object.entries(sampler.options).map(([name, value]) => [`${role}.${name}`, value]);
  return { [role]: sampler.name, ...(Object.fromEntries(inner) as Sampler["options"]) };
}
