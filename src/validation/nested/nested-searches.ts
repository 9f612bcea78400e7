import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Dataset } from "../../core/dataset.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { NestedFoldRecord, NestedRecord } from "../../core/nested-record.ts";
import type { EstimateRecord } from "../../core/records.ts";
import type { Splitter } from "../../core/splitter.ts";
import type { Store } from "../../core/store.ts";
import type { ModelJudge, StudySpec } from "../../core/study-spec.ts";
import { rng } from "../../math/rng.ts";
import { checkSplit } from "../../splitters/checked-split.ts";
import { splitInput } from "../../splitters/split-input.ts";
import type { TimeBudget } from "../../study/budgets-left.ts";
import type { Study } from "../../study/study.ts";
import { reportedTrial } from "../../study/trial-choice.ts";
import type { FurtherWork, RunStudyOptions } from "../../study/study-parts.ts";
import { onlyTarget } from "../fold-plan.ts";
import type { Judging } from "../judging.ts";
import { type JudgedFold, nestedEstimate, none } from "./nested-estimate.ts";
import { searchOf, testOf } from "./nested-studies.ts";
import type { OuterFold } from "./nested-splitters.ts";

export interface NestedParts {
  readonly spec: StudySpec;
  readonly judging: Judging;
  readonly store: Store;
  /** Creates a study of an outer fold or finds it in the store; null = no time budget. */
  readonly open: (spec: StudySpec, timeBudget: TimeBudget | null) => Study;
  readonly timeBudget: TimeBudget | null;
  /** The budget is what ends each search, rather than the run. */
  readonly endedByBudget: boolean;
}

/** An outer fold whose search has ended, with what of it is reported. */
interface EndedFold {
  readonly record: NestedFoldRecord;
  /** undefined where nothing was chosen, or could not be fitted. */
  readonly judged: JudgedFold | undefined;
  readonly why: string;
}

/**
 * Nested cross-validation: one outer fold after another, a search of the study's declaration on its training rows, which is a study of its own; then the
 * trial that it chose, fitted to all of them and judged on the test rows, which is a study of one trial. What ended in an earlier process is read.
 * What comes of it is stored with the study's estimate once every fold has ended.
 * @throws HpoError SPLIT_INVALID where an outer fold tears a group that inner folds keep together
 */
export function nestedSearches(parts: NestedParts): FurtherWork {
  const { spec, judging, store } = parts;
  const { judge, nested } = spec;
  if (judge.kind !== "model" || nested === null) throw new TypeError("nestedSearches: the study asks for none.");
  const places = outerFolds(judging.data, nested, spec.seed);
  const declared = declaredNested(nested);
  let current: Study | undefined;
  let stopped = false;

  /** Whether it came to its end. One that is complete is run too: it may be given more trials. */
  async function ends(study: Study, options: RunStudyOptions): Promise<boolean> {
    current = study;
    try {
      return (await study.run(options)).state === "complete";
    } finally {
      current = undefined;
      await study.close();
    }
  }

  async function foldOf(place: OuterFold, judgedBy: ModelJudge, { options, budgetLeft }: FoldRun): Promise<EndedFold | undefined> {
    const search = searchOf(spec, judgedBy, place);
    if (stopped || budgetLeft()?.seconds === 0 || !(await ends(parts.open(search, budgetLeft()), options))) return undefined;
    const { trials, description } = store.snapshot(search.name);
    const chosen = reportedTrial(trials, description);
    const [objective] = spec.objectives;
    const record = {
      study: search.name,
      trial: chosen?.number ?? null,
      candidates: trials.filter(({ state }) => state === "complete").length,
      params: chosen?.params ?? {},
      chosenBy: numberOf(chosen?.values[objective?.metric ?? ""]?.value),
      values: {},
      testRows: place.test.length,
    };
    if (chosen === undefined) return { record, judged: undefined, why: `the search ${search.name} has no complete trial` };
    const test = testOf(spec, judgedBy, { place, chosen });
    if (stopped || budgetLeft()?.seconds === 0 || !(await ends(parts.open(test, null), options))) return undefined;
    const [trial] = store.snapshot(test.name).trials;
    const [prediction] = store.predictions(test.name, 0);
    if (trial?.state !== "complete" || prediction === undefined) {
      return { record, judged: undefined, why: `the choice of ${search.name} failed: ${trial?.incident ?? "it has no predictions"}` };
    }
    const values = Object.fromEntries(Object.entries(trial.values).map(([name, { value }]) => [name, value]));
    const kept = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numberOf(value)]));
    return {
      record: { ...record, values: kept },
      judged: { test: prediction, inner: store.predictions(search.name, chosen.number), values },
      why: "",
    };
  }

  /** Wall seconds of all runs of the study and its searches, of which none runs. */
  function storedSeconds(): number {
    const names = [spec.name, ...places.map((place) => searchOf(spec, judge as ModelJudge, place).name)];
    const begun = names.filter((name) => store.header(name) !== undefined);
    return begun.reduce((sum, name) => sum + store.snapshot(name).wallSeconds, 0);
  }

  function estimateOf(folds: readonly EndedFold[]): NestedRecord {
    const failed = folds.find(({ judged }) => judged === undefined);
    const judged = folds.flatMap((fold) => fold.judged ?? []);
    const values = Object.entries(judging.metrics).map(([name, metric]) => {
      if (failed !== undefined) return [name, none(failed.why)] as const;
      return [name, nestedEstimate(metric, judged, { judging, name, ordered: nested?.outer.ordered === true })] as const;
    });
    const labels = { outer: nested?.outer.label ?? "", inner: nested?.inner.label ?? "" };
    return { declared, ...labels, folds: folds.map(({ record }) => record), values: Object.fromEntries(values) };
  }

  return {
    async run(options, beganSeconds) {
      stopped = false;
      const known = store.load(spec.name).estimate;
      if (known?.nested !== undefined && canonicalJson(known.nested.declared) === canonicalJson(declared)) return;
      const budget = parts.timeBudget;
      const budgetLeft = (): TimeBudget | null => {
        if (budget === null || parts.endedByBudget) return budget;
        const taken = budget.of === "run" ? performance.now() / 1000 - beganSeconds : storedSeconds();
        return { seconds: Math.max(0, budget.seconds - taken), of: "run" };
      };
      const ended: EndedFold[] = [];
      for (const place of places) {
        const fold = options.signal?.aborted === true ? undefined : await foldOf(place, judge, { options, budgetLeft });
        if (fold === undefined) return;
        ended.push(fold);
      }
      keep(store, spec, estimateOf(ended));
    },
    stop() {
      stopped = true;
      current?.stop();
    },
    async close() {
      stopped = true;
      await current?.close();
    },
  };
}

interface FoldRun {
  readonly options: RunStudyOptions;
  /** null = without end. */
  readonly budgetLeft: () => TimeBudget | null;
}

function declaredNested(nested: NonNullable<StudySpec["nested"]>): Json {
  const plain = ({ name, options }: Splitter): Json => ({ name, options: JSON.parse(canonicalJson(options)) as Json });
  return { outer: plain(nested.outer), inner: plain(nested.inner) };
}

/** With the study's estimate, under its lease. */
function keep(store: Store, { name, objectives, sampler }: StudySpec, nested: NestedRecord): void {
  const holder = { id: randomUUID(), pid: process.pid, host: hostname(), since: new Date().toISOString() };
  store.acquire(name, holder);
  try {
    const { estimate, trials } = store.snapshot(name);
    const unpicked: EstimateRecord = {
      metric: objectives[0]?.metric ?? "",
      trial: trials[0]?.number ?? 0,
      candidates: trials.filter(({ state }) => state === "complete").length,
      value: null,
      low: null,
      high: null,
      resamples: 0,
      adaptive: sampler.traits.adaptive,
      why: "there were no two trials to pick from",
    };
    store.commit(name, holder.id, { estimate: { ...(estimate ?? unpicked), nested } });
  } finally {
    store.release(name, holder.id);
  }
}

/** The outer folds, by the study's seed in a stream of their own. */
function outerFolds(data: Dataset, { outer, inner }: NonNullable<StudySpec["nested"]>, seed: number): readonly OuterFold[] {
  const splits = [...outer.split(splitInput(data, onlyTarget(data)), rng(seed).fork("nested"))];
  const group = inner.needs.includes("groups") ? (data.roles.group?.codes ?? null) : null;
  for (const split of splits) {
    checkSplit(split, data.rows, outer);
    if (group === null) continue;
    const trained = new Set(Array.from(split.train, (row) => group[row]));
    if (!split.test.some((row) => trained.has(group[row]))) continue;
    throw new HpoError(
      "SPLIT_INVALID",
      `nested: the outer folds must keep groups together, as the inner ones (${inner.name}) do; ${outer.name} tests rows of a group that it trains on.`,
      { data: { splitter: outer.name } },
    );
  }
  return splits.map(({ train, test }, fold) => ({ outer, fold, folds: splits.length, train, test }));
}

function numberOf(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
