import { createHash } from "node:crypto";
import type { EstimatorSteps } from "../core/estimator.ts";
import type { GroupWork, WorkRows } from "../core/evaluation.ts";
import type { SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { SharedWorkRecord } from "../core/records.ts";
import { chainKeys } from "../pipelines/chain.ts";
import type { FoldInput } from "./fold-task.ts";
import { noRows } from "./fold-work.ts";
import type { PrefixShelf } from "./prefix-shelf.ts";
import type { PrefixInput } from "./prefix-task.ts";
import type { TransformedFold } from "./transformed-fold.ts";

export interface StepsWorkOptions {
  readonly group: number;
  /** Of the trials whose models have any. */
  readonly steps: ReadonlyMap<number, EstimatorSteps>;
  /** What earlier groups' steps left of the folds. */
  readonly shelf: PrefixShelf;
  readonly shared: SharedValue;
  readonly timeoutSeconds: number | null;
  readonly now: () => string;
}

/** A pipeline's transformers. */
interface Chain {
  /** For each, what tells it and those before it. */
  readonly keys: readonly string[];
  readonly names: readonly string[];
}

/** A fold's task that waits for the steps before its estimator. */
interface WaitingFold {
  readonly task: Task;
  readonly input: FoldInput;
  readonly chain: Chain;
}

/**
 * A work of fold tasks whose models have transformers before their estimators: each transformer is fitted once a fold, for all trials that agree on it and
 * on those before it, by a task of its own, and the folds' tasks get what was left of their rows. The work itself knows nothing of it.
 */
export function stepsWork(work: GroupWork, options: StepsWorkOptions): GroupWork {
  const { group, shelf, shared, timeoutSeconds, now } = options;
  const chains = new Map([...options.steps].map(([trial, steps]) => [trial, chainOf(steps)]));
  /** Trials with steps that have not ended. */
  const open = new Set(chains.keys());
  /** By what they wait for. */
  const waiting = new Map<string, WaitingFold[]>();
  /** What this group fits, with what is in use for that. */
  const fitting = new Map<string, string | null>();
  /** Folds under way, by task: what they use. */
  const using = new Map<string, { readonly trial: number; readonly key: string }>();
  const served = new Set<number>();
  let uses = 0;
  let fits = 0;

  function takeIn(task: Task): boolean {
    const input = task.input as FoldInput;
    const chain = chains.get(input.trial);
    if (chain === undefined) return false;
    const key = shelfKey(input, chain.keys.at(-1) as string);
    const others = waiting.get(key);
    if (others === undefined) waiting.set(key, [{ task, input, chain }]);
    else others.push({ task, input, chain });
    return true;
  }

  function ready(): readonly Task[] {
    const tasks = work.ready().filter((task) => !takeIn(task));
    for (const [key, folds] of waiting) {
      const transformed = shelf.find(key);
      if (transformed === undefined) {
        const fit = nextFit(folds[0] as WaitingFold);
        if (fit !== undefined) tasks.push(fit);
        continue;
      }
      waiting.delete(key);
      for (const { task, input, chain } of folds) {
        shelf.use(key);
        using.set(task.key, { trial: input.trial, key });
        served.add(input.trial);
        uses += chain.keys.length;
        // Before further fits, so that what is transformed gives its memory back.
        tasks.push({ ...task, input: { ...input, transformed } satisfies FoldInput, priority: task.priority + 0.5 });
      }
    }
    return tasks;
  }

  /** The task that brings a fold nearer, where one may start. */
  function nextFit({ task, input, chain }: WaitingFold): Task | undefined {
    const { repeat, fold, params } = input;
    let step = chain.keys.length - 1;
    let before: TransformedFold | undefined;
    for (; step > 0; step--) {
      before = shelf.find(shelfKey(input, chain.keys[step - 1] as string));
      if (before !== undefined) break;
    }
    const key = chain.keys[step] as string;
    const wanted = shelfKey(input, key);
    if (shelf.fitting(wanted) || !shelf.begin(wanted)) return undefined;
    const used = before === undefined ? null : shelfKey(input, chain.keys[step - 1] as string);
    if (used !== null) shelf.use(used);
    fitting.set(wanted, used);
    return {
      key: `prefix/${group}/${repeat}/${fold}/${createHash("sha256").update(key).digest("hex").slice(0, 16)}`,
      label: `${chain.names.slice(0, step + 1).join(" → ")} · fold ${fold + 1}`,
      module: new URL("./prefix-task.js", import.meta.url).href,
      export: "prefixTask",
      input: { params, repeat, fold, step, transformed: before ?? null, key } satisfies PrefixInput,
      shared,
      priority: task.priority,
      timeoutSeconds,
    };
  }

  function endFit(key: string, fold: TransformedFold | undefined): void {
    const used = fitting.get(key);
    fitting.delete(key);
    // First, so that what comes now outlives what it was made of.
    if (typeof used === "string") shelf.release(used);
    shelf.end(key, fold);
  }

  function waitingFor({ repeat, fold, key }: PrefixInput): WaitingFold[] {
    return [...waiting.values()]
      .flat()
      .filter((one) => one.input.repeat === repeat && one.input.fold === fold && one.chain.keys.includes(key));
  }

  function withoutWaiting(leaves: (one: WaitingFold) => boolean): void {
    for (const [key, folds] of waiting) {
      const left = folds.filter((one) => !leaves(one));
      if (left.length === 0) waiting.delete(key);
      else waiting.set(key, left);
    }
  }

  function trialsOf(task: Task): readonly number[] {
    if (!isPrefix(task)) return work.trialsOf(task);
    return [...new Set(waitingFor(task.input as PrefixInput).map(({ input }) => input.trial))].sort((one, two) => one - two);
  }

  /** Rows of the work, with what the end of its trials means for the steps. */
  function passed(rows: WorkRows): WorkRows {
    const ended = rows.outcomes.map(({ trial }) => trial).filter((trial) => open.delete(trial));
    if (ended.length === 0) return rows;
    // A trial may end before its last fold; of that fold nothing may be heard any more.
    withoutWaiting(({ input }) => ended.includes(input.trial));
    for (const [task, { trial }] of using) if (ended.includes(trial)) release(task);
    return open.size === 0 ? { ...rows, shared: [...rows.shared, ...tally()] } : rows;
  }

  function release(task: string): void {
    const used = using.get(task);
    using.delete(task);
    if (used !== undefined) shelf.release(used.key);
  }

  /** Fits that were spared, as a row to be stored; nothing where none was. */
  function tally(): readonly SharedWorkRecord[] {
    const spared = uses - fits;
    if (spared <= 0) return [];
    const trials = [...served].sort((one, two) => one - two);
    const row = { group, key: `prefix/${group}/shared`, label: "steps that were there", wallSeconds: 0, cpuSeconds: 0 };
    return [{ ...row, counts: { [sparedFits]: spared }, warnings: [], trials, bytes: null, endedAt: now() }];
  }

  function fitted(task: Task, result: Extract<TaskResult, { ok: true }>): WorkRows {
    const input = task.input as PrefixInput;
    endFit(shelfKey(input, input.key), result.value as TransformedFold);
    fits++;
    const { key, label } = task;
    const { wallSeconds, cpuSeconds } = result;
    const row = {
      group,
      key,
      label,
      wallSeconds,
      cpuSeconds,
      counts: { [stepFits]: 1 },
      warnings: [],
      trials: trialsOf(task),
      bytes: null,
    };
    return { ...noRows, shared: [{ ...row, endedAt: now() }] };
  }

  return {
    ...work,
    opening: passed(work.opening),
    ready,
    accept(task, result) {
      if (isPrefix(task)) return fitted(task, result);
      release(task.key);
      return passed(work.accept(task, result));
    },
    fail(task, incident) {
      if (!isPrefix(task)) {
        release(task.key);
        return passed(work.fail(task, incident));
      }
      const input = task.input as PrefixInput;
      endFit(shelfKey(input, input.key), undefined);
      const lost = waitingFor(input);
      withoutWaiting((one) => lost.includes(one));
      return together(lost.filter((one) => open.has(one.input.trial)).map((one) => passed(work.fail(one.task, incident))));
    },
    trialsOf,
    close() {
      waiting.clear();
      for (const key of [...fitting.keys()]) endFit(key, undefined);
      for (const task of [...using.keys()]) release(task);
      work.close();
    },
  };
}

/** Counts for people, as `hpo show` prints them. */
const stepFits = "step fits";
const sparedFits = "step fits shared";

function chainOf({ transformers }: EstimatorSteps): Chain {
  return { keys: chainKeys(transformers), names: transformers.map(({ name }) => name) };
}

/** Data and folds are those of the run, which has one shelf. */
function shelfKey({ repeat, fold }: Pick<FoldInput, "repeat" | "fold">, chain: string): string {
  return `${repeat}/${fold}/${chain}`;
}

function isPrefix({ input }: Task): boolean {
  return "step" in (input as FoldInput | PrefixInput);
}

function together(rows: readonly WorkRows[]): WorkRows {
  return rows.reduce(
    (all, one) => ({
      ...all,
      ...one,
      shared: [...all.shared, ...one.shared],
      evaluations: [...all.evaluations, ...one.evaluations],
      predictions: [...all.predictions, ...one.predictions],
      outcomes: [...all.outcomes, ...one.outcomes],
    }),
    noRows,
  );
}
