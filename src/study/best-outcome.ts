import type { Direction } from "../core/metric.ts";
import type { OutcomeBound, OutcomeRecord, TrialState } from "../core/records.ts";
import { ownMember } from "../core/own-member.ts";
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
  absorb(outcome: JudgedOutcome): void;
  readonly best: JudgedConfiguration | null;
  /** All that may be best. O(configurations). */
  all(): readonly JudgedConfiguration[];
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
  readonly outcomes: readonly JudgedOutcome[];
  /** null while its mean is NaN or misses a bound. */
  readonly judged: JudgedConfiguration | null;
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
  /** Complete trials, while nothing was repeated. */
  const single: JudgedOutcome[] = [];
  /** By the first trial of each configuration, once something was. */
  let entries: Map<number, Entry> | undefined;
  let deviation: number | null = null;
  let best: JudgedConfiguration | null = null;

  function judged(outcomes: readonly JudgedOutcome[]): JudgedConfiguration | null {
    const values = meanOfRepeats(outcomes.map((one) => one.values));
    const found = ownMember(values, metric);
    if (found === undefined || Number.isNaN(found.value) || !meetsBounds(constraints, values)) return null;
    const [first] = outcomes as [JudgedOutcome];
    return { trial: first.trial, value: found.value, standardError: found.standardError, repeats: outcomes.length };
  }

  function beats(one: JudgedConfiguration, other: JudgedConfiguration | null): boolean {
    if (other === null) return true;
    const [a, b] = [goodnessOf(one, direction, deviation ?? 0), goodnessOf(other, direction, deviation ?? 0)];
    return a === b ? one.trial < other.trial : a > b;
  }

  function offer(one: JudgedConfiguration | null): void {
    if (one !== null && beats(one, best)) best = one;
  }

  function takeIn(all: Map<number, Entry>, first: number, outcome: JudgedOutcome): void {
    const outcomes = [...(all.get(first)?.outcomes ?? []), outcome].sort((a, b) => a.trial - b.trial);
    const entry = { outcomes, judged: judged(outcomes) };
    all.set(first, entry);
    if (outcomes.length === 1) return offer(entry.judged);
    // In the order of numbers, so that the sum has the same bits in whatever order trials finish.
    const repeated = [...all].filter(([, one]) => one.outcomes.length > 1).sort(([a], [b]) => a - b);
    deviation = deviationBetweenRepeats(repeated.map(([, one]) => valuesOf(one.outcomes, metric)));
    best = null;
    for (const one of all.values()) offer(one.judged);
  }

  return {
    get best() {
      return best;
    },
    get deviation() {
      return deviation;
    },
    all() {
      const found = entries === undefined ? single.map((one) => judged([one])) : [...entries.values()].map((entry) => entry.judged);
      return found.filter((one) => one !== null);
    },
    absorb(outcome) {
      if (outcome.state !== "complete") return;
      const first = firstOf(outcome.trial);
      if (entries === undefined && first === outcome.trial) {
        single.push(outcome);
        offer(judged([outcome]));
        return;
      }
      entries ??= new Map(single.map((one) => [one.trial, { outcomes: [one], judged: judged([one]) }]));
      takeIn(entries, first, outcome);
    },
  };
}

function valuesOf(outcomes: readonly JudgedOutcome[], metric: string): readonly number[] {
  return outcomes.map(({ values }) => ownMember(values, metric)?.value ?? Number.NaN);
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
