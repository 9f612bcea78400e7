import type { EarlierRecord } from "../core/earlier-study.ts";
import { canonicalJson } from "../core/json.ts";
import type { Direction } from "../core/metric.ts";
import type { KnownOutcome, OutcomeBound, RunEnd, TrialRecord } from "../core/records.ts";
import { repeatCounter } from "../core/repeat-counter.ts";
import type { FinishedTrial, Proposal, Sampler } from "../core/sampler.ts";
import type { Params, Space } from "../core/space.ts";
import { ownMember } from "../core/own-member.ts";
import { type Rng, rng } from "../math/rng.ts";
import { earlierStudies } from "./earlier-studies.ts";
import type { EndWatch } from "./end-rules.ts";
import type { OutcomeOf } from "./known-outcome.ts";
import { boundExcesses } from "./outcome-bounds.ts";

export interface ProposerOptions {
  readonly sampler: Sampler;
  readonly space: Space;
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[];
  readonly constraints?: readonly OutcomeBound[];
  /** What is kept of other studies. */
  readonly earlier?: readonly EarlierRecord[];
  readonly seed: number;
  readonly lookahead: number;
  /** Trials look back on visible outcomes although the sampler may not: those of a study with a pruner. */
  readonly looksBack?: boolean;
  /** Of a study that races: entry j is how many rows the first j folds test in the order of the race. */
  readonly rowsAfter?: readonly number[];
  /** Rules that end the study; they look back as far as a proposal does. */
  readonly end?: EndWatch;
}

/** Where a trial stands among those of its configuration. */
export interface RepeatPlace {
  /** The trial that it repeats; itself where it repeats none. */
  readonly first: number;
  /** 0 for that one. */
  readonly repeat: number;
}

/**
 * Asks the sampler. An adaptive sampler's proposal for trial n sees exactly the outcomes of trials 0 … n − lookahead and
 * the parameters of all trials before n, whatever else is finished: so the proposal does not depend on timing.
 */
export class Proposer {
  readonly #options: ProposerOptions;
  readonly #params: Params[] = [];
  readonly #outcomeOf: OutcomeOf;
  readonly #countRepeat = repeatCounter();
  /** Of trials that repeat another. */
  readonly #repeats = new Map<number, RepeatPlace>();
  #state: unknown;
  /** Trials 0 … absorbed − 1 are in the state of an adaptive sampler. */
  #absorbed = 0;
  /** Trials 0 … visible − 1 are known to have outcomes. */
  #visible = 0;
  readonly #waits: boolean;
  readonly #stream: Rng;
  #exhausted = false;
  /** Proposals that there are; null where there is no end. */
  readonly #size: number | null;

  constructor(options: ProposerOptions, outcomeOf: OutcomeOf) {
    this.#options = options;
    this.#outcomeOf = outcomeOf;
    const directions = options.objectives.map((objective) => objective.direction);
    this.#size = options.sampler.size(options.space);
    this.#waits = options.sampler.traits.adaptive || options.looksBack === true;
    const { sampler, space, seed, lookahead, earlier = [] } = options;
    this.#stream = rng(seed);
    const learnt = earlier.length === 0 ? {} : { earlier: earlierStudies(earlier, directions) };
    this.#state = sampler.start({ space, directions, seed, lookahead, ...learnt });
  }

  /** The number of the next trial. */
  get next(): number {
    return this.#params.length;
  }

  get exhausted(): boolean {
    return this.#exhausted || (this.#size !== null && this.next >= this.#size) || this.ended !== undefined;
  }

  /** Why the rules of the study end it here; undefined while they do not, or can't be judged yet. It follows from the outcomes that are visible. */
  get ended(): RunEnd | undefined {
    const { end, lookahead } = this.#options;
    if (end === undefined || this.waitsFor() !== undefined) return undefined;
    return end.end(Math.max(0, this.next - lookahead + 1));
  }

  /** Takes a trial that is stored already; in number order. */
  restore(trial: TrialRecord): void {
    this.#add(trial);
  }

  /** Which repeat of a configuration a trial is, and the first trial of that. */
  placeOf(trial: number): RepeatPlace {
    return this.#repeats.get(trial) ?? { first: trial, repeat: 0 };
  }

  /** The first trial whose outcome is missing for the next proposal; undefined when it can be made. */
  waitsFor(): number | undefined {
    if (!this.#waits) return undefined;
    for (; this.#visible <= this.next - this.#options.lookahead; this.#visible++) {
      if (this.#outcomeOf(this.#visible) === undefined) return this.#visible;
    }
    return undefined;
  }

  /** The next proposal; undefined when the sampler is exhausted. Call only when `waitsFor()` is undefined. */
  propose(): Proposal | undefined {
    const { sampler, lookahead } = this.#options;
    const number = this.next;
    if (sampler.traits.adaptive) {
      for (; this.#absorbed <= number - lookahead; this.#absorbed++) {
        this.#state = sampler.absorb(this.#state, this.finished(this.#absorbed));
      }
    }
    const pending = sampler.traits.adaptive ? this.#params.slice(this.#absorbed) : [];
    const proposal = sampler.propose(this.#state, number, pending, this.#stream.fork("sampler", number));
    if (proposal === undefined) this.#exhausted = true;
    else this.#add(proposal);
    return proposal;
  }

  /** A race stores after how many folds it looked. */
  #rowsOf({ state, reported }: KnownOutcome): { readonly rows?: number } {
    const rows = state === "pruned" ? this.#options.rowsAfter?.[reported?.steps.at(-1) ?? 0] : undefined;
    return rows === undefined ? {} : { rows };
  }

  #add({ params, repeatOf }: Pick<Proposal, "params" | "repeatOf">): void {
    const number = this.next;
    this.#params.push(params);
    if (repeatOf === undefined) return;
    const first = this.#params[repeatOf];
    if (repeatOf >= number || this.#repeats.has(repeatOf) || first === undefined || canonicalJson(first) !== canonicalJson(params)) {
      throw new RangeError(`Trial ${number} is to repeat trial ${repeatOf}, which is not the first trial of its configuration.`);
    }
    this.#repeats.set(number, { first: repeatOf, repeat: this.#countRepeat({ repeatOf }) });
  }

  /** A trial with an outcome, as samplers see it. */
  finished(number: number): FinishedTrial {
    const outcome = this.#outcomeOf(number);
    const params = this.#params[number];
    if (outcome === undefined || params === undefined) throw new RangeError(`Trial ${number} has no outcome to absorb.`);
    const { constraints = [] } = this.#options;
    const judged = this.#options.objectives.map(({ metric }) => ownMember(outcome.values, metric));
    // A pruned trial has an estimate of every objective, or says nothing.
    const told = outcome.state === "complete" || (outcome.state === "pruned" && !judged.includes(undefined));
    const gradients = outcome.state === "complete" ? outcome.gradients : undefined;
    return {
      number,
      state: outcome.state,
      params,
      values: told ? judged.map((value) => value?.value ?? Number.NaN) : [],
      standardErrors: told ? judged.map((value) => value?.standardError ?? null) : [],
      ...this.#rowsOf(outcome),
      ...(gradients === undefined ? {} : { gradients: this.#options.objectives.map(({ metric }) => ownMember(gradients, metric) ?? null) }),
      ...(outcome.state === "complete" && constraints.length > 0 ? { constraints: boundExcesses(constraints, outcome.values) } : {}),
    };
  }
}
