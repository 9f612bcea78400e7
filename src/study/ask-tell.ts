import type { TrialCheckpoint } from "../core/checkpoint.ts";
import { HpoError } from "../core/hpo-error.ts";
import { isoTimes } from "../core/iso-times.ts";
import type { Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { KnownOutcome, OutcomeRecord, TrialRecord } from "../core/records.ts";
import type { Batch, Store } from "../core/store.ts";
import type { ObjectiveValue, StudySpec, Trial } from "../core/study-spec.ts";
import { type Rng, rng } from "../math/rng.ts";
import { type AskedCheckpoints, askedCheckpoints } from "./asked-checkpoints.ts";
import { type AskedRun, askedRun } from "./asked-run.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { FoldSizes } from "./gain-rule.ts";
import { knownOutcome } from "./known-outcome.ts";
import { judgedEnd, objectiveOutcome } from "./objective-outcome.ts";
import type { Proposer } from "./proposer.ts";
import { completeBy } from "./run-end.ts";
import { studyProposer } from "./study-proposer.ts";
import { toldEvaluation, toldFailure, type WaitingTrial, waitingSeconds } from "./told-rows.ts";
import { finishedReports, type TrialReports, trialReports, type TrialReportsState } from "./trial-reports.ts";
import { trialRecord } from "./trial-record.ts";
import { wholeHistory } from "./whole-history.ts";

export interface AskTellOptions {
  readonly spec: StudySpec;
  readonly store: Store;
  readonly codeHash: string;
  readonly environment: Json;
  readonly trials: number | null;
  readonly folds?: FoldSizes | null | undefined;
}

/**
 * Hands trials out and takes values in, for work that is done elsewhere. Holds the study's lease while it lives.
 *
 * What is asked and told in one turn of the event loop is one transaction: `tell` waits for it, since a value can't be had
 * again; `ask` does not, since the same trial is proposed again from what is stored. After a failed write every call fails.
 */
export class AskTell {
  readonly #options: AskTellOptions;
  readonly #proposer: Proposer;
  readonly #queue: CommitQueue;
  readonly #run: AskedRun;
  /** What is durable. */
  readonly #outcomes = new Map<number, KnownOutcome>();
  /** Proposed, and not told. */
  readonly #waiting = new Map<number, WaitingTrial>();
  /** How many trials of a group wait; none = no entry. */
  readonly #waitingInGroup = new Map<number, number>();
  /** Told, and on their way to the disk. */
  readonly #told = new Map<number, Promise<void>>();
  /** Waiting trials of earlier processes, not handed out by this one yet. */
  readonly #toHandOut: number[] = [];
  /** Of trials that this process handed out and that wait. */
  readonly #reports = new Map<number, TrialReports>();
  readonly #checkpoints: AskedCheckpoints;
  #failure: { readonly error: unknown } | undefined;
  /** Trials of which a run has stored folds already. */
  readonly #judged: ReadonlySet<number>;
  readonly #isoTime = isoTimes();
  readonly #stream: Rng;
  readonly #renewal: NodeJS.Timeout;
  #nextGroup = 0;

  constructor(options: AskTellOptions) {
    this.#options = options;
    const { spec, store } = options;
    this.#stream = rng(spec.seed);
    this.#run = askedRun(options);
    const { holder } = this.#run;
    this.#queue = new CommitQueue((batch) => store.commit(spec.name, holder.id, this.#run.withRow(batch, this.#queue.longestWriteMs)));
    store.acquire(spec.name, holder);
    try {
      const saved = wholeHistory(store, spec.name);
      const { trials, evaluations, earlier } = saved;
      this.#checkpoints = askedCheckpoints(spec, store, saved);
      this.#proposer = studyProposer({ ...spec, race: false }, { earlier, folds: options.folds }, (trial) => this.#outcomes.get(trial));
      for (const trial of trials) {
        const { outcome } = trial;
        this.#proposer.restore(trial);
        this.#nextGroup = Math.max(this.#nextGroup, trial.group + 1);
        if (outcome === null) {
          this.#wait(trial, Date.parse(trial.proposedAt));
          this.#toHandOut.push(trial.number);
        } else this.#outcomes.set(trial.number, knownOutcome(outcome));
      }
      this.#judged = new Set(evaluations.map((evaluation) => evaluation.trial));
    } catch (error) {
      store.release(spec.name, holder.id);
      throw error;
    }
    this.#renewal = setInterval(() => {
      try {
        store.renew(spec.name, holder.id);
      } catch (error) {
        // The next ask() or tell() tells it.
        this.#failure ??= { error };
        clearInterval(this.#renewal);
      }
    }, 5000);
    this.#renewal.unref();
  }

  async ask(): Promise<Trial | undefined> {
    const { spec } = this.#options;
    for (let blocker = this.#blocker(); blocker !== undefined; blocker = this.#blocker()) {
      const told = this.#told.get(blocker);
      if (told === undefined) {
        throw new HpoError(
          "USAGE",
          `study.ask(): trial ${this.#proposer.next} needs the value of trial ${blocker} (lookahead ${spec.lookahead}); tell(${blocker}, …) first.`,
          { data: { trial: blocker } },
        );
      }
      await told;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const ms = Date.now();
    const now = this.#isoTime(ms);
    const again = this.#toHandOut.shift();
    const waiting = again === undefined ? undefined : this.#waiting.get(again);
    if (waiting !== undefined) {
      Object.assign(waiting, { startedMs: ms, began: performance.now() });
      return this.#trial(waiting.trial);
    }
    if (this.#ended) return undefined;
    if (this.#waiting.size >= mostWaiting) {
      throw new HpoError(
        "USAGE",
        `study.ask(): at most ${mostWaiting} asked trials may wait for their values; tell() some of them first, then ask again.`,
      );
    }
    const number = this.#proposer.next;
    const proposal = this.#proposer.propose();
    if (proposal === undefined) return undefined;
    const trial = trialRecord(number, this.#nextGroup++, { proposal, at: now });
    this.#wait(trial, ms, performance.now());
    const stored = this.#add({ trials: [trial], started: [{ trial: number, at: now }] });
    // A sampler that reads a clock would propose another one.
    if (spec.sampler.traits.usesClock) await stored;
    return this.#trial(trial);
  }

  async tell(number: number, value: ObjectiveValue | Error): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (typeof number !== "number") {
      throw new HpoError(
        "OPTION_INVALID",
        `study.tell(): trial must be a trial's number, as in tell(trial.number, value); got ${showValue(number)}.`,
      );
    }
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) {
      const why = this.#outcomes.has(number) || this.#told.has(number) ? "it has a value already" : "it was never asked for";
      throw new HpoError("TRIAL_NOT_FOUND", `study.tell(): trial must be one that waits for its value; got ${number}: ${why}.`, {
        data: { trial: number },
      });
    }
    const endedMs = Date.now();
    const endedAt = this.#isoTime(endedMs);
    const wallSeconds = waitingSeconds(waiting, endedMs);
    const reports = this.#reports.get(number);
    const state = reports === undefined ? noReports : reports.state();
    const outcome =
      value instanceof Error && state.stopped === null
        ? toldFailure(number, value, endedAt)
        : objectiveOutcome(number, judgedEnd(this.#options.spec, { ...state, params: waiting.trial.params }, value), endedAt);
    const judged = outcome.state === "failed" || this.#judged.has(number);
    const { repeat } = this.#proposer.placeOf(number);
    const startedAt = this.#isoTime(waiting.startedMs);
    const evaluations = judged ? [] : [{ ...toldEvaluation(outcome, startedAt, wallSeconds), repeat }];
    const { group } = waiting.trial;
    const left = (this.#waitingInGroup.get(group) ?? 1) - 1;
    if (left === 0) this.#waitingInGroup.delete(group);
    else this.#waitingInGroup.set(group, left);
    this.#waiting.delete(number);
    reports?.close();
    this.#reports.delete(number);
    const queued = this.#toHandOut.indexOf(number);
    if (queued >= 0) this.#toHandOut.splice(queued, 1);
    const rows: Batch = { evaluations, outcomes: [outcome], finishedGroups: left === 0 ? [group] : [] };
    const stored = this.#storeOutcome(rows, outcome);
    this.#told.set(number, stored);
    await stored;
  }

  async #storeOutcome(rows: Batch, outcome: OutcomeRecord): Promise<void> {
    await this.#add(rows);
    this.#told.delete(outcome.trial);
    this.#outcomes.set(outcome.trial, knownOutcome(outcome));
  }

  /** Makes durable at once what was asked and told in this turn. */
  flush(): void {
    this.#queue.flush();
  }

  close(): void {
    clearInterval(this.#renewal);
    try {
      const complete = this.#waiting.size === 0 && this.#ended;
      const end = complete ? completeBy(this.#proposer, this.#options.trials) : ({ by: "stop", reason: "the study was closed" } as const);
      void this.#add({ run: this.#run.ended(complete ? "complete" : "stopped", end, this.#queue.longestWriteMs) });
      this.#queue.flush();
    } finally {
      this.#options.store.release(this.#options.spec.name, this.#run.holder.id);
    }
  }

  /** Whether no further trial will be proposed. */
  get #ended(): boolean {
    const { trials } = this.#options;
    return this.#proposer.exhausted || (trials !== null && this.#proposer.next >= trials);
  }

  /** The trial whose outcome the next proposal needs, where it is not durable; none for one to be handed out again. */
  #blocker(): number | undefined {
    return this.#toHandOut.length > 0 || this.#ended ? undefined : this.#proposer.waitsFor();
  }

  #wait(trial: TrialRecord, startedMs: number, began?: number): void {
    this.#waiting.set(trial.number, { trial, startedMs, began });
    this.#waitingInGroup.set(trial.group, (this.#waitingInGroup.get(trial.group) ?? 0) + 1);
  }

  #trial({ number, params, parent }: TrialRecord): Trial {
    const stream = this.#stream;
    let seed: number | undefined;
    let signal: AbortSignal | undefined;
    const checkpoint = (): TrialCheckpoint => this.#checkpoints.of({ number, parent }, this.#waiting.has(number));
    return {
      number,
      params,
      repeat: this.#proposer.placeOf(number).repeat,
      report: (step, value) => this.#report(number, step, value),
      // These two are made when they are asked for: they would be the dearest part of a trial that takes microseconds.
      get seed() {
        return (seed ??= stream.fork("trial", number).below(4294967296));
      },
      get signal() {
        return (signal ??= new AbortController().signal);
      },
      get checkpoint() {
        return checkpoint();
      },
    };
  }

  /** A failed write is told by whoever waits for it, and by every later call. */
  #add(batch: Batch): Promise<void> {
    const stored = this.#queue.add(this.#checkpoints.batch(batch));
    stored.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return stored;
  }

  #report(number: number, step: number, value: number): boolean {
    let reports = this.#reports.get(number);
    if (reports === undefined) {
      const { pruner, objectives, lookahead } = this.#options.spec;
      const { metric = "", direction = "minimize" } = objectives[0] ?? {};
      const history = () =>
        Array.from({ length: Math.max(0, number - lookahead + 1) }, (_, past) => this.#outcomes.get(past))
          .filter((outcome) => outcome !== undefined)
          .map((outcome) => finishedReports(outcome, metric));
      reports = trialReports({ number, direction, pruner, history });
      if (this.#waiting.has(number)) this.#reports.set(number, reports);
      else reports.close();
    }
    return reports.report(step, value);
  }
}

/** Far more than anybody works on at once; a loop that never tells would fill the memory and the disk. */
const mostWaiting = 100_000;

const noReports: TrialReportsState = Object.freeze({ reported: null, stopped: null });
