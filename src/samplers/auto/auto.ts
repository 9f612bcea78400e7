import type { FinishedTrial, Proposal, Sampler, SamplerContext } from "../../core/sampler.ts";
import { type Phase, phases } from "./rules.ts";

interface PhaseState {
  readonly phase: Phase;
  inner: unknown;
  /** Trials 0 … absorbed − 1 are in `inner`. */
  absorbed: number;
}

interface AutoState {
  readonly context: SamplerContext;
  readonly phases: readonly PhaseState[];
  readonly trials: FinishedTrial[];
}

/**
 * Picks the method by itself, and changes it as the search goes on: `auto/rules.ts` is the whole of how. Which method proposed a trial, and why, is
 * stored with the trial. At most 50 ms of CPU a trial up to 50 parameters (20 ms with 5 floats; docs/decisions/0017).
 */
export function auto(): Sampler<AutoState> {
  return Object.freeze<Sampler<AutoState>>({
    name: "auto",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start: (context) => ({
      context,
      phases: phases(context).map((phase) => ({ phase, inner: phase.sampler.start(context), absorbed: 0 })),
      trials: [],
    }),
    absorb(state, trial) {
      state.trials.push(trial);
      return state;
    },
    propose(state, number, pending, rng): Proposal | undefined {
      const chosen = state.phases.findLast(({ phase }) => phase.from <= number) as PhaseState;
      const { sampler, why } = chosen.phase;
      // What is absorbed follows from the state alone, whenever it is done: a method that is not asked takes no time.
      if (sampler.traits.adaptive) {
        for (; chosen.absorbed < state.trials.length; chosen.absorbed++) {
          chosen.inner = sampler.absorb(chosen.inner, state.trials[chosen.absorbed] as FinishedTrial);
        }
      }
      const proposal = sampler.propose(chosen.inner, number, sampler.traits.adaptive ? pending : [], rng);
      if (proposal === undefined) return undefined;
      return Object.freeze({ ...proposal, why: proposal.why === "" ? why : `${why}: ${proposal.why}` });
    },
    size: () => null,
  });
}
