import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { OutcomeRecord, RunEnd, TrialRecord } from "../core/records.ts";
import type { Store } from "../core/store.ts";
import type { ObjectiveValue, StudySpec, Trial } from "../core/study-spec.ts";
import { rng } from "../math/rng.ts";
import { judgedValues, objectiveOutcome } from "./objective-outcome.ts";
import type { Proposer } from "./proposer.ts";
import { completeBy } from "./run-end.ts";
import { studyProposer } from "./study-proposer.ts";
import { type FinishedReports, finishedReports, type TrialReports, trialReports } from "./trial-reports.ts";
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
  /** Of trials that this process handed out and that wait. */
  readonly #reports = new Map<number, TrialReports>();
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
    this.#proposer = studyProposer(spec, (trial) => this.#outcomes.get(trial));
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
    const reports = this.#reports.get(number);
    const state = reports?.state() ?? { reported: null, stopped: null };
    const outcome =
      value instanceof Error && state.stopped === null
        ? failed(number, value, endedAt)
        : objectiveOutcome(number, { ...state, values: judgedValues(this.#options.spec, state, value) }, endedAt);
    const evaluations =
      outcome.state === "failed" || this.#judged.has(number)
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
    reports?.close();
    this.#reports.delete(number);
    const queued = this.#toHandOut.indexOf(number);
    if (queued >= 0) this.#toHandOut.splice(queued, 1);
    this.#outcomes.set(number, outcome);
  }

  close(): void {
    clearInterval(this.#renewal);
    try {
      const complete = this.#waiting.size === 0 && this.#ended;
      const end = complete ? completeBy(this.#proposer, this.#options.trials) : ({ by: "stop", reason: "the study was closed" } as const);
      this.#commit({}, { state: complete ? "complete" : "stopped", end });
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
    const { spec } = this.#options;
    const seed = rng(spec.seed).fork("trial", number).below(4294967296);
    const reports = trialReports({
      number,
      direction: spec.objectives[0]?.direction ?? "minimize",
      pruner: spec.pruner,
      history: () => [...this.#past(number)],
    });
    this.#reports.set(number, reports);
    return { number, params, seed, signal: new AbortController().signal, report: reports.report };
  }

  /** What the trials that this one may see have reported. */
  *#past(number: number): Iterable<FinishedReports> {
    const metric = this.#options.spec.objectives[0]?.metric ?? "";
    for (let past = 0; past <= number - this.#options.spec.lookahead; past++) {
      const outcome = this.#outcomes.get(past);
      if (outcome !== undefined) yield finishedReports(outcome, metric);
    }
  }

  #commit(rows: Parameters<Store["commit"]>[2], ended: { readonly state: "complete" | "stopped"; readonly end: RunEnd } | null): void {
    const { state, end } = ended ?? { state: null, end: null };
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
        end,
        notes: [],
      },
    });
  }
}

function failed(trial: number, error: Error, endedAt: string): OutcomeRecord {
  const incident = { kind: "error", message: error.message, code: null, stack: error.stack ?? null } as const;
  return { trial, state: "failed", values: {}, incident, endedAt };
}
