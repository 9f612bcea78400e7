import { HpoError } from "../core/hpo-error.ts";
import type { Direction } from "../core/metric.ts";
import { showValue } from "../core/options.ts";
import { calling } from "../core/part-failure.ts";
import type { KnownOutcome } from "../core/records.ts";
import type { Pruner, ReportedSteps, ReportedTrial } from "../core/pruner.ts";
import { ownMember } from "../core/own-member.ts";

/** What a trial has come to by its reports. */
export interface TrialReportsState {
  /** Up to the stop; null where nothing was reported. */
  readonly reported: ReportedSteps | null;
  /** The pruner's name and reason; null where it said nothing. */
  readonly stopped: string | null;
}

/** The reports of one trial in one attempt. */
export interface TrialReports {
  /** As `Trial.report`. It may be called without its object. */
  readonly report: (step: number, value: number) => boolean;
  state(): TrialReportsState;
  /** The trial has ended: a report from now on is an error. */
  close(): void;
}

export interface TrialReportsOptions {
  readonly number: number;
  readonly direction: Direction;
  readonly pruner: Pruner | null;
  /** Visible trials, by number, with all that they reported; asked for when the first step is judged. */
  readonly history: () => readonly FinishedReports[];
}

/** A finished trial with all that it reported. */
export interface FinishedReports extends Pick<ReportedTrial, "number" | "state" | "value"> {
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** `metric`: the first objective's. */
export function finishedReports({ trial: number, state, values, reported }: KnownOutcome, metric: string): FinishedReports {
  const value = state === "complete" ? (ownMember(values, metric)?.value ?? Number.NaN) : Number.NaN;
  return { number, state, value: Number.isNaN(value) ? null : value, steps: reported?.steps ?? [], values: reported?.values ?? [] };
}

/** Takes what an objective reports, and asks the pruner about each step. */
export function trialReports({ number, direction, pruner, history }: TrialReportsOptions): TrialReports {
  const steps: number[] = [];
  const values: number[] = [];
  let stopped: string | null = null;
  let ended = false;
  let past: PastReports | undefined;

  function report(step: number, value: number): boolean {
    if (ended) throw invalid(`it must come before the objective of trial ${number} has ended; await all that reports before you return.`);
    // Past the stop there is nothing to judge any more: what comes now is surplus.
    if (stopped !== null) return true;
    check(step, value, steps.at(-1));
    steps.push(step);
    values.push(value);
    if (pruner === null) return false;
    past ??= pastReports(history());
    const view = Object.freeze({ number, direction, steps, values, history: past.upTo(step) });
    const reason: unknown = calling(`The pruner ${pruner.name}, asked at step ${step},`, "PRUNER_INVALID", () => pruner.verdict(view));
    if (reason !== undefined && typeof reason !== "string") {
      throw new HpoError(
        "PRUNER_INVALID",
        `The pruner ${pruner.name} must say why a trial stops as a text, or undefined; got ${showValue(reason)}.`,
      );
    }
    if (reason !== undefined) stopped = `${pruner.name}: ${reason}`;
    return stopped !== null;
  }

  return {
    report,
    state: () => ({ reported: steps.length === 0 ? null : { steps, values }, stopped }),
    close() {
      ended = true;
    },
  };
}

function check(step: unknown, value: unknown, last: number | undefined): void {
  if (!Number.isSafeInteger(step) || (step as number) < 0) {
    throw invalid(`step must be an integer of at least 0, such as the number of epochs done; got ${showValue(step)}.`);
  }
  if (last !== undefined && (step as number) <= last) {
    throw invalid(`steps must ascend; got ${String(step)} after ${last}. Report each step once, when its value is known.`);
  }
  if (typeof value === "number" && !Number.isNaN(value)) return;
  const got = typeof value === "number" ? "NaN" : showValue(value);
  throw invalid(
    `value must be a number that is not NaN; got ${got} at step ${String(step)}. Report Infinity or -Infinity for what has diverged.`,
  );
}

function invalid(sentence: string): HpoError {
  return new HpoError("OBJECTIVE_INVALID", `trial.report(): ${sentence}`);
}

interface PastReports {
  /** The trials as far as they had come at `step`; steps must not descend from call to call. */
  upTo(step: number): readonly ReportedTrial[];
}

/** Lets the reports of earlier trials appear step by step, so that a pruner can't see what comes later. O(reports) for all steps together. */
function pastReports(trials: readonly FinishedReports[]): PastReports {
  const rows = trials.map((whole) => {
    const steps: number[] = [];
    const values: number[] = [];
    const { number, state, value } = whole;
    return { whole, steps, values, visible: Object.freeze({ number, state, value, steps, values }) };
  });
  const visible = Object.freeze(rows.map((row) => row.visible));
  return {
    upTo(step) {
      for (const { whole, steps, values } of rows) {
        for (let next = steps.length; next < whole.steps.length && (whole.steps[next] as number) <= step; next++) {
          steps.push(whole.steps[next] as number);
          values.push(whole.values[next] as number);
        }
      }
      return visible;
    },
  };
}
