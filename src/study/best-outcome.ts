import type { Direction } from "../core/metric.ts";
import type { OutcomeBound, OutcomeRecord, TrialState } from "../core/records.ts";
import { meetsBounds } from "./outcome-bounds.ts";
import { deviationBetweenRepeats, meanOfRepeats } from "./repeats.ts";

/** A configuration by the first objective: the mean of its complete trials, never NaN. */
export interface JudgedConfiguration {
  /** The first of its complete trials. */
  readonly trial: number;
  readonly value: number;
  readonly standardError: number | null;
  /** How many complete trials it has. */
  readonly repeats: number;
}

/** What `bestConfiguration` reads of a trial. */
export type JudgedOutcome = Pick<OutcomeRecord, "values"> & { readonly trial: number; readonly state: TrialState };

/** Knows the best configuration so far. */
export interface BestConfiguration {
  /** Takes an outcome; true where another configuration, or another value of it, is the best now. */
  absorb(outcome: JudgedOutcome): boolean;
  readonly best: JudgedConfiguration | null;
  /** Of a value about the mean of its configuration, pooled; null while nothing was repeated. */
  readonly deviation: number | null;
}

export interface BestConfigurationOptions {
  /** The first objective. */
  readonly metric: string;
  readonly direction: Direction;
  /** What the best has to meet. */
  readonly constraints?: readonly OutcomeBound[] | undefined;
  /** The first trial of a trial's configuration; default: itself. */
  readonly firstOf?: ((trial: number) => number) | undefined;
}

interface Entry {
  readonly outcomes: JudgedOutcome[];
  /** null while its mean is NaN or misses a bound. */
  judged: JudgedConfiguration | null;
}

/**
 * The best configuration by the mean of its complete trials, each mean taken for worse by its standard error s / √n, where s is the deviation between repeats all
 * over the study: so one lucky value does not pass for better than a mean of several. Without repeats s is 0. Ties go to the lowest
 * number, in whatever order trials finish. O(1) a trial, O(configurations) a repeat.
 */
export function bestConfiguration({
  metric,
  direction,
  constraints = [],
  firstOf = (trial) => trial,
}: BestConfigurationOptions): BestConfiguration {
  const entries = new Map<number, Entry>();
  let deviation = 0;
  let repeated = false;
  let best: JudgedConfiguration | null = null;

  function judged({ outcomes }: Entry): JudgedConfiguration | null {
    const values = meanOfRepeats(outcomes.map((one) => one.values));
    const found = values[metric];
    if (found === undefined || Number.isNaN(found.value) || !meetsBounds(constraints, values)) return null;
    return {
      trial: (outcomes[0] as JudgedOutcome).trial,
      value: found.value,
      standardError: found.standardError,
      repeats: outcomes.length,
    };
  }

  function beats(one: JudgedConfiguration, other: JudgedConfiguration | null): boolean {
    if (other === null) return true;
    const [a, b] = [goodnessOf(one, direction, deviation), goodnessOf(other, direction, deviation)];
    return a === b ? one.trial < other.trial : a > b;
  }

  return {
    get best() {
      return best;
    },
    get deviation() {
      return repeated ? deviation : null;
    },
    absorb(outcome) {
      if (outcome.state !== "complete") return false;
      const before = best;
      const first = firstOf(outcome.trial);
      const entry = entries.get(first) ?? { outcomes: [], judged: null };
      entries.set(first, entry);
      const { outcomes } = entry;
      outcomes.push(outcome);
      if (outcomes.length > 1) outcomes.sort((a, b) => a.trial - b.trial);
      entry.judged = judged(entry);
      if (outcomes.length === 1) {
        if (entry.judged !== null && beats(entry.judged, best)) best = entry.judged;
      } else {
        repeated = true;
        deviation = deviationBetweenRepeats(
          [...entries.values()].filter((one) => one.outcomes.length > 1).map((one) => valuesOf(one.outcomes, metric)),
        );
        best = null;
        for (const one of entries.values()) if (one.judged !== null && beats(one.judged, best)) best = one.judged;
      }
      return best !== before;
    },
  };
}

function valuesOf(outcomes: readonly JudgedOutcome[], metric: string): readonly number[] {
  return outcomes.map(({ values }) => values[metric]?.value ?? Number.NaN);
}

/** What configurations are ranked by; larger is better. `deviation`: between repeats. */
export function goodnessOf(
  { value, repeats }: { readonly value: number; readonly repeats: number },
  direction: Direction,
  deviation: number,
): number {
  const mean = direction === "maximize" ? value : -value;
  return deviation === 0 ? mean : mean - deviation / Math.sqrt(repeats);
}
