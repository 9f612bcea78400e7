import { createHash } from "node:crypto";
import path from "node:path";
import type { Dataset } from "./core/dataset.ts";
import type { Estimator } from "./core/estimator.ts";
import type { Evaluation } from "./core/evaluation.ts";
import type { Executor } from "./core/executor.ts";
import { HpoError } from "./core/hpo-error.ts";
import { canonicalJson, type Json } from "./core/json.ts";
import { checkOptions, flag, integer, finite, optional, shaped, text } from "./core/options.ts";
import type { StudyDescription, StudyHeader } from "./core/records.ts";
import type { StudySnapshot, StudySummary } from "./core/snapshot.ts";
import type { Store } from "./core/store.ts";
import type { StudySpec } from "./core/study-spec.ts";
import { loadStudy } from "./loader/load-study.ts";
import { spaceJson } from "./space/space-json.ts";
import { openStore } from "./store/open-store.ts";
import { environment } from "./study/environment.ts";
import { Proposer } from "./study/proposer.ts";
import { type RunStudyOptions, Study, type StudyParts } from "./study/study.ts";
import { admitStudy } from "./study/study-identity.ts";
import { keptModel, type StudyModel } from "./study/study-model.ts";
import { crossValidation } from "./validation/cross-validation.ts";
import { foldPlan, onlyTarget } from "./validation/fold-plan.ts";
import { checkEstimator, type Judging, judging } from "./validation/judging.ts";
import { objectiveEvaluation } from "./validation/objective-evaluation.ts";
import type { SharedStudy, StudySource } from "./validation/shared-study.ts";
import { solverArenas } from "./validation/solver-arenas.ts";
import { fitWhole } from "./validation/whole-fit.ts";
import { inlineExecutor } from "./workers/inline-executor.ts";
import { availableSlots } from "./workers/available-slots.ts";
import { threadExecutor } from "./workers/thread-executor.ts";

/** How to open a study. */
export interface OpenStudyOptions {
  /** SQLite file; ":memory:" keeps nothing. Default `.hpo/hpo.sqlite` under the working folder. */
  readonly database?: string;
  /** An open store instead of a database file; it stays open. */
  readonly store?: Store;
  /** Start a new study of this name at trial 0, with the same file. */
  readonly fork?: string;
  /** Rename a stored study of this name to NAME@date and start anew; deletes nothing. */
  readonly fresh?: boolean;
  /** Continue although the code is not the one that the study was begun with. */
  readonly acceptCode?: boolean;
  /** These three override the file. */
  readonly seed?: number;
  readonly trials?: number;
  readonly timeBudgetSeconds?: number;
}

/** The default database, under the working folder. */
export const defaultDatabase: string = path.join(".hpo", "hpo.sqlite");

/** What a file or an object gives: the study, where workers find it, and the hash of its code. */
interface StudyOrigin {
  readonly spec: StudySpec;
  readonly source: StudySource;
  readonly codeHash: string;
  readonly folder: string;
}

/**
 * Opens a study file (its trials run on worker threads) or a study made in this process (which runs inline, since its
 * functions can't be sent to threads). Creates it in the database, or finds it there to be continued; reads the data.
 * @throws HpoError for whatever is wrong with file, options, data or database; STUDY_CHANGED and CODE_CHANGED when the
 * stored study is another.
 */
export async function openStudy(study: string | StudySpec, options: OpenStudyOptions = {}): Promise<Study> {
  checkOptions("openStudy", options, {
    database: optional(text()),
    store: optional(shaped("an open store", (value) => "commit" in value)),
    fork: optional(text()),
    fresh: optional(flag()),
    acceptCode: optional(flag()),
    seed: optional(integer(0)),
    trials: optional(integer(1)),
    timeBudgetSeconds: optional(finite(0, Infinity, true)),
  });
  const origin = typeof study === "string" ? await fromFile(study) : fromObject(study);
  const spec: StudySpec = { ...origin.spec, name: options.fork ?? origin.spec.name, seed: options.seed ?? origin.spec.seed };
  const data = await loadData(spec, origin.folder);
  const plan = data === null || spec.judge.kind !== "model" ? null : foldPlan(data, spec.judge.cv, spec.seed, 0);
  const judged = data === null || plan === null ? null : judging(data, plan, spec.metrics);
  if (judged !== null) checkFirstModel(spec, judged);
  const header = studyHeader(spec, { data, folds: plan?.folds.length ?? 0, codeHash: origin.codeHash });
  const store = options.store ?? openStore(options.database ?? defaultDatabase);
  try {
    admitStudy(store, header, { fresh: options.fresh ?? false, fork: options.fork !== undefined, acceptCode: options.acceptCode ?? false });
    const shared: SharedStudy = { source: origin.source, seed: spec.seed, data, plan };
    return new Study({
      spec,
      store,
      evaluation: (executor, { memory }) => evaluationOf(spec, shared, { judged, executor, store, memory }),
      executor: (run) => executorOf(origin.source, run),
      fit: fitOf(spec, judged),
      codeHash: origin.codeHash,
      environment: environment(origin.folder),
      trials: options.trials ?? spec.trials,
      timeBudgetSeconds: options.timeBudgetSeconds ?? spec.timeBudgetSeconds,
      // Inline trials wait for each write, so they get half of the time; those on threads go on meanwhile.
      writePauseMs: "bundle" in origin.source ? () => 0 : (writeMs) => Math.min(writeMs, 100),
      ownsStore: options.store === undefined,
    });
  } catch (error) {
    if (options.store === undefined) store.close();
    throw error;
  }
}

/** The studies of a database, newest first. Reads only. */
export function listStudies(options: { readonly database?: string } = {}): readonly StudySummary[] {
  checkOptions("listStudies", options, { database: optional(text()) });
  return reading(options.database, (store) => store.list());
}

/** A stored study. Reads only, also while another process runs it. @throws HpoError STUDY_NOT_FOUND with the known names. */
export function readStudy(name: string, options: { readonly database?: string } = {}): StudySnapshot {
  checkOptions("readStudy", options, { database: optional(text()) });
  return reading(options.database, (store) => store.snapshot(name));
}

/**
 * The model that a stored study keeps of a trial (default: the best by the first objective), fitted to all rows; undefined where it keeps none of
 * that trial: an open study's `model()` fits it. Reads only.
 * @throws HpoError STUDY_NOT_FOUND, TRIAL_NOT_FOUND, MODEL_NOT_FOUND (no complete trial), MODEL_UNSUPPORTED (an objective function)
 */
export function readModel(name: string, options: { readonly database?: string; readonly trial?: number } = {}): StudyModel | undefined {
  checkOptions("readModel", options, { database: optional(text()), trial: optional(integer(0)) });
  return reading(options.database, (store) => keptModel(store, name, options.trial));
}

function reading<T>(database: string | undefined, read: (store: Store) => T): T {
  const store = openStore(database ?? defaultDatabase, { readonly: true });
  try {
    return read(store);
  } finally {
    store.close();
  }
}

async function fromFile(file: string): Promise<StudyOrigin> {
  const { spec, bundle, codeHash, folder } = await loadStudy(file);
  return { spec, source: { bundle }, codeHash, folder };
}

/** The code of a study made in this process is what its functions say. */
function fromObject(spec: StudySpec): StudyOrigin {
  if (typeof spec !== "object" || spec === null || spec.kind !== "study") {
    throw new HpoError(
      "OPTION_INVALID",
      "openStudy(): study must be the path of a study file or what defineStudy() returned; got something else.",
    );
  }
  const code = spec.judge.kind === "model" ? spec.judge.model : spec.judge.objective;
  const codeHash = createHash("sha256").update(code.toString()).digest("hex");
  return { spec, source: { spec }, codeHash, folder: process.cwd() };
}

async function loadData({ judge, metrics }: StudySpec, folder: string): Promise<Dataset | null> {
  if (judge.kind !== "model") return null;
  const [first] = Object.values(metrics);
  const task = first !== undefined && first.needs !== null ? first.task : "classification";
  return judge.data.load({ folder, task });
}

function executorOf(source: StudySource, { workers, memory, onOutput }: RunStudyOptions): Executor {
  if (memory !== undefined && !(Number.isFinite(memory) && memory > 0)) {
    throw new HpoError("OPTION_INVALID", `study.run(): memory must be a number of bytes above 0, such as 2e9; got ${String(memory)}.`);
  }
  if (workers !== undefined && (!Number.isInteger(workers) || workers < 1 || workers > 1024)) {
    throw new HpoError("OPTION_INVALID", `study.run(): workers must be an integer from 1 to 1024; got ${String(workers)}.`);
  }
  if ("bundle" in source) return threadExecutor({ slots: workers ?? availableSlots(), ...(onOutput === undefined ? {} : { onOutput }) });
  if (workers !== undefined && workers > 1) {
    throw new HpoError(
      "OPTION_INVALID",
      `study.run(): workers must be 1 for a study made in this process, whose functions can't be sent to threads; got ${workers}. Put the study into a file of its own and open that: openStudy("study.ts").`,
    );
  }
  return inlineExecutor();
}

/**
 * What a study can't do is told before it is stored, so that the mended file is no change of a study that never ran. It is
 * the first trial's model that is asked; those of other kinds are checked when their turn comes.
 */
function checkFirstModel(spec: StudySpec, judged: Judging): void {
  if (spec.judge.kind !== "model") return;
  const proposal = new Proposer(spec, () => undefined).propose();
  if (proposal === undefined) return;
  let estimator: Estimator;
  try {
    estimator = spec.judge.model(proposal.params);
  } catch {
    // What a model function throws for one configuration costs that trial, which tells it.
    return;
  }
  if (typeof estimator?.fit === "function" && typeof estimator.traits === "object" && estimator.traits !== null) {
    checkEstimator(estimator, judged);
  }
}

function fitOf({ judge, seed }: StudySpec, judged: Judging | null): StudyParts["fit"] {
  if (judge.kind !== "model" || judged === null) return null;
  return (trial, signal) => fitWhole(trial, { judge, judging: judged, seed, signal });
}

interface EvaluationParts {
  readonly judged: Judging | null;
  readonly executor: Executor;
  readonly store: Store;
  /** Bytes for shared solves; undefined = half of what is free, in a control group with a limit half of what that leaves. */
  readonly memory: number | undefined;
}

function evaluationOf(spec: StudySpec, shared: SharedStudy, parts: EvaluationParts): Evaluation {
  const { judged, executor, store, memory } = parts;
  const now = (): string => new Date().toISOString();
  const { timeoutSeconds, judge } = spec;
  if (judge.kind === "objective" || judged === null) {
    return objectiveEvaluation({ shared: { id: `study/${spec.name}`, value: shared }, timeoutSeconds, now });
  }
  return crossValidation({
    judge,
    judging: judged,
    objectives: spec.objectives.map((objective) => objective.metric),
    shared,
    arenas: solverArenas(judged.data, executor.slots, memory ?? process.availableMemory() / 2),
    timeoutSeconds,
    keepPredictions: spec.keepPredictions,
    keepModel: spec.keepModel,
    now,
    savedPredictions: (trial) => store.predictions(spec.name, trial),
  });
}

function studyHeader(
  spec: StudySpec,
  parts: { readonly data: Dataset | null; readonly folds: number; readonly codeHash: string },
): StudyHeader {
  const { data, folds, codeHash } = parts;
  const cv = spec.judge.kind === "model" ? spec.judge.cv : null;
  const metrics = Object.entries(spec.metrics).map(([name, { direction, unit }]) => ({ name, direction, unit }));
  const description: StudyDescription = {
    metrics,
    objectives: spec.objectives,
    sampler: spec.sampler.name,
    data: data === null ? null : describeData(data),
    cv: cv === null ? null : { label: cv.label, folds },
  };
  const declared = Object.entries(spec.metrics).map(([name, metric]) => ({
    name,
    metric: metric.name,
    direction: metric.direction,
    options: metric.needs === null ? {} : metric.options,
  }));
  return {
    name: spec.name,
    createdAt: new Date().toISOString(),
    codeHash,
    description,
    declaration: {
      space: spaceJson(spec.space),
      cv: cv === null ? null : plain({ name: cv.name, options: cv.options }),
      metrics: plain(declared),
      objectives: plain(spec.objectives),
      sampler: plain({ name: spec.sampler.name, options: spec.sampler.options }),
      pruner: null,
      seed: spec.seed,
      lookahead: spec.lookahead,
      data: data?.fingerprint ?? null,
    },
  };
}

function describeData(data: Dataset): NonNullable<StudyDescription["data"]> {
  const target = onlyTarget(data);
  return {
    name: data.name,
    rows: data.rows,
    features: data.features.width,
    classes: target.kind === "class" ? target.classes : null,
    scaling: data.scaling,
  };
}

/** The same data without anything that is not data. */
function plain(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}
