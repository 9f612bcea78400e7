import { createHash } from "node:crypto";
import type { PlannedTrial } from "../core/evaluation.ts";
import type { SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { SharedWorkRecord } from "../core/records.ts";
import type { PrefixShelf } from "./prefix-shelf.ts";
import type { PrefixInput } from "./prefix-task.ts";
import type { TransformedFold } from "./transformed-fold.ts";

export interface PrefixQueueOptions {
  readonly group: number;
  readonly shelf: PrefixShelf;
  readonly shared: SharedValue;
  readonly timeoutSeconds: number | null;
  /** The task that judges a fold with what the steps left of it. */
  readonly judge: (trial: PlannedTrial, fold: number, transformed: TransformedFold) => Task;
}

/** One fold of a trial whose model has steps before its estimator. */
export interface WaitingFold {
  readonly trial: PlannedTrial;
  readonly fold: number;
  readonly chain: Chain;
}

/** A pipeline's transformers. */
export interface Chain {
  /** For each, what tells it and those before it; and its name. */
  readonly keys: readonly string[];
  readonly names: readonly string[];
}

/** The folds of a group that wait for the first steps of their pipelines, which trials that agree on them share. */
export interface PrefixQueue {
  add(fold: WaitingFold): void;
  /** What may start: fits of steps, and folds whose steps are there. */
  ready(): readonly Task[];
  /** The trials that a step is fitted for. */
  trialsOf(task: Task): readonly number[];
  accept(task: Task, result: Extract<TaskResult, { ok: true }>, endedAt: string): SharedWorkRecord;
  /** The folds that can't be judged because a step failed. */
  fail(task: Task): readonly WaitingFold[];
  /** To be told when a fold's task has ended. */
  ended(task: Task): void;
  /** Fits that were spared, as a row to be stored; nothing where none was. */
  tally(endedAt: string): readonly SharedWorkRecord[];
  close(): void;
}

export function prefixQueue({ group, shelf, shared, timeoutSeconds, judge }: PrefixQueueOptions): PrefixQueue {
  /** By what they wait for. */
  const waiting = new Map<string, WaitingFold[]>();
  /** What this group fits, with what is in use for that. */
  const fitting = new Map<string, string | null>();
  /** Folds under way, by task: what they use. */
  const judging = new Map<string, string>();
  const served = new Set<number>();
  let uses = 0;
  let fits = 0;

  function fitTask({ trial, fold, chain }: WaitingFold, step: number, transformed: TransformedFold | null): Task {
    const key = chain.keys[step] as string;
    const input: PrefixInput = { params: trial.params, repeat: 0, fold, step, transformed, key };
    return {
      key: `prefix/${group}/${fold}/${createHash("sha256").update(key).digest("hex").slice(0, 16)}`,
      label: `${chain.names.slice(0, step + 1).join(" → ")} · fold ${fold + 1}`,
      module: new URL("./prefix-task.js", import.meta.url).href,
      export: "prefixTask",
      input,
      shared,
      priority: 0,
      timeoutSeconds,
    };
  }

  /** The task that brings the first of the folds nearer, where one may start. */
  function nextFit(first: WaitingFold): Task | undefined {
    const { keys } = first.chain;
    let step = keys.length - 1;
    let before: TransformedFold | undefined;
    for (; step > 0; step--) {
      before = shelf.find(shelfKey(first.fold, keys[step - 1] as string));
      if (before !== undefined) break;
    }
    const wanted = shelfKey(first.fold, keys[step] as string);
    if (shelf.fitting(wanted) || !shelf.begin(wanted)) return undefined;
    const used = before === undefined ? null : shelfKey(first.fold, keys[step - 1] as string);
    if (used !== null) shelf.use(used);
    fitting.set(wanted, used);
    return fitTask(first, step, before ?? null);
  }

  function endFit(key: string, fold: TransformedFold | undefined): void {
    const used = fitting.get(key);
    fitting.delete(key);
    // First, so that what comes now outlives what it was made of.
    if (typeof used === "string") shelf.release(used);
    shelf.end(key, fold);
  }

  function waitingFor({ fold, key }: PrefixInput): WaitingFold[] {
    return [...waiting.values()].flat().filter((one) => one.fold === fold && one.chain.keys.includes(key));
  }

  function trialsOf(task: Task): readonly number[] {
    return [...new Set(waitingFor(task.input as PrefixInput).map(({ trial }) => trial.number))].sort((one, two) => one - two);
  }

  return {
    add(one) {
      const key = shelfKey(one.fold, one.chain.keys.at(-1) as string);
      const others = waiting.get(key);
      if (others === undefined) waiting.set(key, [one]);
      else others.push(one);
    },
    ready() {
      const tasks: Task[] = [];
      for (const [key, folds] of waiting) {
        const transformed = shelf.find(key);
        if (transformed === undefined) {
          const fit = nextFit(folds[0] as WaitingFold);
          if (fit !== undefined) tasks.push(fit);
          continue;
        }
        waiting.delete(key);
        for (const { trial, fold, chain } of folds) {
          const task = judge(trial, fold, transformed);
          shelf.use(key);
          judging.set(task.key, key);
          served.add(trial.number);
          uses += chain.keys.length;
          tasks.push(task);
        }
      }
      return tasks;
    },
    trialsOf,
    accept(task, result, endedAt) {
      const input = task.input as PrefixInput;
      endFit(shelfKey(input.fold, input.key), result.value as TransformedFold);
      fits++;
      const { wallSeconds, cpuSeconds } = result;
      const { key, label } = task;
      const trials = trialsOf(task);
      return { group, key, label, wallSeconds, cpuSeconds, counts: { [stepFits]: 1 }, warnings: [], trials, bytes: null, endedAt };
    },
    fail(task) {
      const input = task.input as PrefixInput;
      endFit(shelfKey(input.fold, input.key), undefined);
      const lost = waitingFor(input);
      for (const [key, folds] of waiting) {
        const left = folds.filter((one) => !lost.includes(one));
        if (left.length === 0) waiting.delete(key);
        else waiting.set(key, left);
      }
      return lost;
    },
    ended(task) {
      const used = judging.get(task.key);
      judging.delete(task.key);
      if (used !== undefined) shelf.release(used);
    },
    tally(endedAt) {
      const spared = uses - fits;
      if (spared <= 0) return [];
      const trials = [...served].sort((one, two) => one - two);
      const counts = { [sparedFits]: spared };
      const row = { group, key: `prefix/${group}/shared`, label: "steps that were there", wallSeconds: 0, cpuSeconds: 0 };
      return [{ ...row, counts, warnings: [], trials, bytes: null, endedAt }];
    },
    close() {
      waiting.clear();
      for (const key of [...fitting.keys()]) endFit(key, undefined);
      for (const used of judging.values()) shelf.release(used);
      judging.clear();
    },
  };
}

/** Counts for people, as `hpo show` prints them. */
const stepFits = "step fits";
const sparedFits = "step fits shared";

/** Data and folds are those of the run, which has one shelf. */
function shelfKey(fold: number, chain: string): string {
  return `${fold}/${chain}`;
}
