import type { Direction } from "../core/metric.ts";
import type { KnownOutcome, OutcomeBound, RunEnd } from "../core/records.ts";
import { bestConfiguration } from "./best-outcome.ts";
import type { GainRule } from "./gain-rule.ts";
import type { OutcomeOf } from "./known-outcome.ts";

/** What ends a study before its trials are all done. It hangs on outcomes alone, never on the clock. */
export interface EndRules {
  /** A complete trial at least so good; null = none. */
  readonly target: number | null;
  /** So many trials since the last that was better than all before it; null = none. */
  readonly staleTrials: number | null;
  /** The gain that is left against noise; left out = none. */
  readonly gain?: GainRule;
}

/** Reads outcomes in number order, each once, and says why no further trial is proposed. */
export interface EndWatch {
  /** From the outcomes of trials 0 … visible − 1, which must be known; undefined = the study goes on. `visible` never falls from call to call. */
  end(visible: number): RunEnd | undefined;
}

export interface EndWatchOptions {
  readonly rules: EndRules;
  readonly objective: { readonly metric: string; readonly direction: Direction };
  /** What the best trial has to meet; default nothing. */
  readonly constraints?: readonly OutcomeBound[];
  readonly outcomeOf: OutcomeOf;
  /** The first trial of a trial's configuration; default: itself. */
  readonly firstOf?: (trial: number) => number;
}

/** Six digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export function endWatch({ rules, objective, constraints, outcomeOf, firstOf }: EndWatchOptions): EndWatch {
  const { metric, direction } = objective;
  let read = 0;
  const configurations = bestConfiguration({ metric, direction, constraints, firstOf });
  let sinceBest = 0;
  let end: RunEnd | undefined;

  function take(outcome: KnownOutcome): void {
    const before = configurations.best?.trial;
    configurations.absorb(outcome);
    sinceBest = configurations.best?.trial === before ? sinceBest + 1 : 0;
  }

  function verdict(): RunEnd | undefined {
    const { target, staleTrials } = rules;
    const { best } = configurations;
    if (best !== null && target !== null && (direction === "maximize" ? best.value >= target : best.value <= target)) {
      return { by: "target", reason: `trial ${best.trial} reached the target of ${target} with ${shown(best.value)}` };
    }
    if (staleTrials !== null && sinceBest >= staleTrials) {
      const reason =
        best === null
          ? `${sinceBest} trials brought no value`
          : `${sinceBest} trials brought nothing better than trial ${best.trial} (${shown(best.value)})`;
      return { by: "stale", reason };
    }
    return undefined;
  }

  return {
    end(visible) {
      while (end === undefined && read < visible) {
        const outcome = outcomeOf(read);
        if (outcome === undefined) throw new RangeError(`Trial ${read} has no outcome to judge the study by.`);
        take(outcome);
        read++;
        // The model takes every trial, also one that ends the study otherwise.
        const gained = rules.gain?.take(outcome.trial, configurations);
        end = verdict() ?? gained;
      }
      return end;
    },
  };
}
