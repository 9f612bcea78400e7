import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { OutcomeRecord, TrialRecord } from "../core/records.ts";
import type { Store } from "../core/store.ts";
import type { ObjectiveValue, StudySpec, Trial } from "../core/study-spec.ts";
import { rng } from "../math/rng.ts";
import { objectiveValues } from "./objective-values.ts";
import { Proposer } from "./proposer.ts";
import { trialRecord } from "./trial-record.ts";

export interface AskTellOptions {
  readonly spec: StudySpec;
  readonly store: Store;
  readonly codeHash: string;
  readonly environment: Json;
  readonly trials: number | null;
}

/** Hands trials out and takes values in, for work that is done elsewhere. Holds the study's lease while it lives. */
export class AskTell {
  readonly #options: AskTellOptions;
  readonly #proposer: Proposer;
  readonly #outcomes = new Map<number, OutcomeRecord>();
  /** Stored, without an outcome. */
  readonly #waiting = new Map<number, { readonly trial: TrialRecord; startedAt: string }>();
  /** Waiting trials of earlier processes, not handed out by this one yet. */
  readonly #toHandOut: number[] = [];
  /** Trials of which a run has stored folds already. */
  readonly #judged: ReadonlySet<number>;
  readonly #holderId = randomUUID();
  readonly #renewal: NodeJS.Timeout;
  readonly #startedAt = new Date().toISOString();
  readonly #began = performance.now();
  #nextGroup = 0;

  constructor(options: AskTellOptions) {
    this.#options = options;
    const { spec, store } = options;
    this.#proposer = new Proposer(spec, (trial) => this.#outcomes.get(trial));
    store.acquire(spec.name, { id: this.#holderId, pid: process.pid, host: hostname(), since: this.#startedAt });
    try {
      const { trials, evaluations } = store.load(spec.name);
      for (const { outcome, ...trial } of trials) {
        this.#proposer.restore(trial);
        this.#nextGroup = Math.max(this.#nextGroup, trial.group + 1);
        if (outcome === null) {
          this.#waiting.set(trial.number, { trial, startedAt: trial.proposedAt });
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
      } catch {
        // The next ask() or tell() meets the same error, where it can be told.
        clearInterval(this.#renewal);
      }
    }, 5000);
    this.#renewal.unref();
  }

  ask(): Trial | undefined {
    const { spec } = this.#options;
    const now = new Date().toISOString();
    const again = this.#toHandOut.shift();
    const waiting = again === undefined ? undefined : this.#waiting.get(again);
    if (waiting !== undefined) {
      waiting.startedAt = now;
      return this.#trial(waiting.trial);
    }
    if (this.#ended) return undefined;
    const blocker = this.#proposer.waitsFor();
    if (blocker !== undefined) {
      throw new HpoError(
        "USAGE",
        `study.ask(): trial ${this.#proposer.next} needs the value of trial ${blocker} (lookahead ${spec.lookahead}); tell(${blocker}, …) first.`,
        { data: { trial: blocker } },
      );
    }
    const number = this.#proposer.next;
    const proposal = this.#proposer.propose();
    if (proposal === undefined) return undefined;
    const trial = trialRecord(number, this.#nextGroup++, { proposal, at: now });
    this.#commit({ trials: [trial], started: [{ trial: number, at: now }] }, null);
    this.#waiting.set(number, { trial, startedAt: now });
    return this.#trial(trial);
  }

  tell(number: number, value: ObjectiveValue | Error): void {
    if (typeof number !== "number") {
      throw new HpoError(
        "OPTION_INVALID",
        `study.tell(): trial must be a trial's number, as in tell(trial.number, value); got ${showValue(number)}.`,
      );
    }
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) {
      const why = this.#outcomes.has(number) ? "it has a value already" : "it was never asked for";
      throw new HpoError("TRIAL_NOT_FOUND", `study.tell(): trial must be one that waits for its value; got ${number}: ${why}.`, {
        data: { trial: number },
      });
    }
    const endedAt = new Date().toISOString();
    const wallSeconds = Math.max(0, (Date.parse(endedAt) - Date.parse(waiting.startedAt)) / 1000);
    const outcome =
      value instanceof Error ? failed(number, value, endedAt) : complete(number, objectiveValues(this.#options.spec, value), endedAt);
    const evaluations =
      outcome.state !== "complete" || this.#judged.has(number)
        ? []
        : [
            {
              trial: number,
              repeat: 0,
              fold: 0,
              rung: 0,
              values: Object.fromEntries(Object.entries(outcome.values).map(([metric, judged]) => [metric, judged.value])),
              testRows: 0,
              correct: null,
              time: { fitSeconds: wallSeconds, predictSeconds: 0, wallSeconds, cpuSeconds: null },
              identical: false,
              startedAt: waiting.startedAt,
              endedAt,
            },
          ];
    const { group } = waiting.trial;
    const last = [...this.#waiting.values()].every(({ trial }) => trial.group !== group || trial.number === number);
    this.#commit({ evaluations, outcomes: [outcome], finishedGroups: last ? [group] : [] }, null);
    this.#waiting.delete(number);
    const queued = this.#toHandOut.indexOf(number);
    if (queued >= 0) this.#toHandOut.splice(queued, 1);
    this.#outcomes.set(number, outcome);
  }

  close(): void {
    clearInterval(this.#renewal);
    try {
      this.#commit({}, this.#waiting.size === 0 && this.#ended ? "complete" : "stopped");
    } finally {
      this.#options.store.release(this.#options.spec.name, this.#holderId);
    }
  }

  /** Whether no further trial will be proposed. */
  get #ended(): boolean {
    const { trials } = this.#options;
    return this.#proposer.exhausted || (trials !== null && this.#proposer.next >= trials);
  }

  #trial({ number, params }: TrialRecord): Trial {
    const seed = rng(this.#options.spec.seed).fork("trial", number).below(4294967296);
    return { number, params, seed, signal: new AbortController().signal };
  }

  #commit(rows: Parameters<Store["commit"]>[2], state: "complete" | "stopped" | null): void {
    const { spec, store, codeHash, environment } = this.#options;
    store.commit(spec.name, this.#holderId, {
      ...rows,
      run: {
        id: this.#holderId,
        startedAt: this.#startedAt,
        endedAt: state === null ? null : new Date().toISOString(),
        state,
        wallSeconds: (performance.now() - this.#began) / 1000,
        workers: 0,
        codeHash,
        environment,
        notes: [],
      },
    });
  }
}

function complete(trial: number, values: Readonly<Record<string, number>>, endedAt: string): OutcomeRecord {
  const judged = Object.entries(values).map(([metric, value]) => [metric, { value, standardError: null, pooled: null }] as const);
  return { trial, state: "complete", values: Object.fromEntries(judged), incident: null, endedAt };
}

function failed(trial: number, error: Error, endedAt: string): OutcomeRecord {
  const incident = { kind: "error", message: error.message, code: null, stack: error.stack ?? null } as const;
  return { trial, state: "failed", values: {}, incident, endedAt };
}
