import type { TrialCheckpoint } from "../core/checkpoint.ts";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { HpoError } from "../core/hpo-error.ts";
import { isoTimes } from "../core/iso-times.ts";
import type { Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { OutcomeRecord, RunEnd, RunRecord, TrialRecord } from "../core/records.ts";
import type { Batch, Store } from "../core/store.ts";
import type { ObjectiveValue, StudySpec, Trial } from "../core/study-spec.ts";
import { type Rng, rng } from "../math/rng.ts";
import { type AskedCheckpoints, askedCheckpoints } from "./asked-checkpoints.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { FoldSizes } from "./gain-rule.ts";
import { judgedEnd, objectiveOutcome } from "./objective-outcome.ts";
import type { Proposer } from "./proposer.ts";
import { completeBy } from "./run-end.ts";
import { studyProposer } from "./study-proposer.ts";
import { toldEvaluation, toldFailure } from "./told-rows.ts";
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
  /** What is durable. */
  readonly #outcomes = new Map<number, OutcomeRecord>();
  /** Proposed, and not told. */
  readonly #waiting = new Map<number, { readonly trial: TrialRecord; startedMs: number }>();
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
  readonly #holderId = randomUUID();
  readonly #isoTime = isoTimes();
  readonly #stream: Rng;
  /** When the run's row was written last, in milliseconds of the monotonic clock. */
  #runWritten = Number.NEGATIVE_INFINITY;
  readonly #renewal: NodeJS.Timeout;
  readonly #startedAt = new Date().toISOString();
  readonly #began = performance.now();
  #nextGroup = 0;

  constructor(options: AskTellOptions) {
    this.#options = options;
    const { spec, store } = options;
    this.#stream = rng(spec.seed);
    this.#queue = new CommitQueue((batch) => store.commit(spec.name, this.#holderId, this.#withRun(batch)));
    store.acquire(spec.name, { id: this.#holderId, pid: process.pid, host: hostname(), since: this.#startedAt });
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
        } else this.#outcomes.set(trial.number, outcome);
      }
      this.#judged = new Set(evaluations.map((evaluation) => evaluation.trial));
    } catch (error) {
      store.release(spec.name, this.#holderId);
      throw error;
    }
    this.#renewal = setInterval(() => {
      try {
        store.renew(spec.name, this.#holderId);
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
      waiting.startedMs = ms;
      return this.#trial(waiting.trial);
    }
    if (this.#ended) return undefined;
    const number = this.#proposer.next;
    const proposal = this.#proposer.propose();
    if (proposal === undefined) return undefined;
    const trial = trialRecord(number, this.#nextGroup++, { proposal, at: now });
    this.#wait(trial, ms);
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
    const wallSeconds = Math.max(0, (endedMs - waiting.startedMs) / 1000);
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
    this.#outcomes.set(outcome.trial, outcome);
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
      void this.#add({ run: this.#runRow({ state: complete ? "complete" : "stopped", end }) });
      this.#queue.flush();
    } finally {
      this.#options.store.release(this.#options.spec.name, this.#holderId);
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

  #wait(trial: TrialRecord, startedMs: number): void {
    this.#waiting.set(trial.number, { trial, startedMs });
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

  /** The run's row with it, where that is more than 0.1 s old. */
  #withRun(batch: Batch): Batch {
    const now = performance.now();
    if (batch.run === undefined && now - this.#runWritten < 100) return batch;
    this.#runWritten = now;
    return { ...batch, run: batch.run ?? this.#runRow(null) };
  }

  #runRow(ended: { readonly state: "complete" | "stopped"; readonly end: RunEnd } | null): RunRecord {
    const { state, end } = ended ?? { state: null, end: null };
    const { codeHash, environment } = this.#options;
    return {
      id: this.#holderId,
      startedAt: this.#startedAt,
      endedAt: state === null ? null : new Date().toISOString(),
      state,
      wallSeconds: (performance.now() - this.#began) / 1000,
      workers: 0,
      codeHash,
      environment,
      end,
      notes: [],
    };
  }
}

const noReports: TrialReportsState = Object.freeze({ reported: null, stopped: null });
