import { createHash } from "node:crypto";
import path from "node:path";
import type { Dataset } from "./core/dataset.ts";
import type { Estimator, FoldPlan } from "./core/estimator.ts";
import { HpoError } from "./core/hpo-error.ts";
import type { Json } from "./core/json.ts";
import { checkOptions, flag, integer, finite, optional, shaped, text } from "./core/options.ts";
import type { StudyHeader } from "./core/records.ts";
import type { Store } from "./core/store.ts";
import { loadedData } from "./core/loaded-data.ts";
import type { StudySpec } from "./core/study-spec.ts";
import { loadStudy } from "./loader/load-study.ts";
import { defaultDatabase } from "./read-study.ts";
import { studyHeader } from "./study-header.ts";
import { checkFirstModel, evaluationOf, executorOf, fitOf } from "./study-wiring.ts";
import { openStore } from "./store/open-store.ts";
import { environment } from "./study/environment.ts";
import { isEndless } from "./study/run-end.ts";
import { Study } from "./study/study.ts";
import { admitStudy } from "./study/study-identity.ts";
import type { TimeBudget } from "./study/budgets-left.ts";
import { warmStart } from "./study/warm-start.ts";
import type { FurtherWork, StudyParts } from "./study/study-parts.ts";
import { splitAudit } from "./validation/audit/split-audit.ts";
import { foldPlan, foldSizes } from "./validation/fold-plan.ts";
import { type Judging, judging } from "./validation/judging.ts";
import { nestedSearches } from "./validation/nested/nested-searches.ts";
import { type RaceDeclaration, raceDeclaration } from "./validation/racing/race-declaration.ts";
import { raceOrder } from "./validation/racing/race-order.ts";
import type { SharedStudy, StudySource } from "./validation/shared-study.ts";

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
  /** These override the file. */
  readonly seed?: number;
  readonly trials?: number;
  /** Of this run alone, whatever earlier ones took. */
  readonly timeBudgetSeconds?: number;
}

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
  const declared: StudySpec = { ...origin.spec, name: options.fork ?? origin.spec.name, seed: options.seed ?? origin.spec.seed };
  const data = await loadData(declared, origin.folder);
  const folds = foldsOf(declared, data);
  const store = options.store ?? openStore(options.database ?? defaultDatabase);
  try {
    const fresh = options.fresh ?? false;
    const acceptCode = options.acceptCode ?? false;
    const trials = options.trials ?? declared.trials;
    const common = { origin, data, store, folds, trials, timeBudget: timeBudgetOf(declared, options) };
    const { spec, race } = raced(declared, { ...common, fresh });
    const open = (database: string): Store => openStore(path.resolve(origin.folder, database), { readonly: true });
    const learnt = warmStart(spec, { store, fresh, open });
    // Checked before anything is stored: it may be refused.
    const further = nestedWork({ ...declared, trials }, { ...common, acceptCode });
    admitStudy(store, headerOf(spec, { ...common, race, warmStart: learnt?.declaration }), {
      fresh,
      fork: options.fork !== undefined,
      acceptCode,
      earlier: learnt?.records ?? [],
    });
    const parts = wired(spec, { ...common, race, audited: true, ownsStore: options.store === undefined });
    return new Study(further === undefined ? parts : { ...parts, further });
  } catch (error) {
    if (options.store === undefined) store.close();
    throw error;
  }
}

/** What is asked for now is this run's; what the study declares is of all its runs, so that one that was killed does not begin it anew. */
function timeBudgetOf(declared: StudySpec, { timeBudgetSeconds }: OpenStudyOptions): TimeBudget | null {
  if (timeBudgetSeconds !== undefined) return { seconds: timeBudgetSeconds, of: "run" };
  return declared.timeBudgetSeconds === null ? null : { seconds: declared.timeBudgetSeconds, of: "study" };
}

/** What studies of one file have in common, those that nested cross-validation makes among them, with what is one study's own. */
interface Wiring {
  readonly origin: StudyOrigin;
  readonly data: Dataset | null;
  readonly store: Store;
  readonly folds: StudyFolds | null;
  readonly trials: number | null;
  readonly timeBudget: TimeBudget | null;
}

interface StudyFolds {
  readonly plan: FoldPlan;
  readonly judged: Judging;
  /** Of the first trial; undefined where it could not be made. */
  readonly model: Estimator | undefined;
}

/** @throws HpoError for folds, metrics and models that do not fit the data */
function foldsOf(spec: StudySpec, data: Dataset | null): StudyFolds | null {
  const { judge, seed, metrics } = spec;
  if (data === null || judge.kind !== "model") return null;
  const plan = foldPlan(data, judge.cv, seed, 0);
  const judged = judging(data, plan, metrics);
  return { plan, judged, model: checkFirstModel(spec, judged) };
}

/** The study with what it was decided of its race, now or when it was begun. */
function raced(
  declared: StudySpec,
  { folds, trials, store, fresh }: Pick<Wiring, "folds" | "trials" | "store"> & { readonly fresh: boolean },
): { readonly spec: StudySpec; readonly race: RaceDeclaration | null } {
  const header = fresh ? undefined : store.header(declared.name)?.declaration;
  const stored = header === undefined ? undefined : (header.race ?? null);
  const race = folds === null ? null : raceDeclaration(declared, { judging: folds.judged, trials, model: folds.model, stored });
  return { spec: { ...declared, race: race === null ? false : race.manner === "exact" ? "exact" : true }, race };
}

interface StudyRace {
  readonly race: RaceDeclaration | null;
}

function headerOf(
  spec: StudySpec,
  { data, folds, origin, race, warmStart: learnt }: Wiring & StudyRace & { readonly warmStart: Json | undefined },
): StudyHeader {
  return studyHeader(spec, {
    data,
    plan: folds?.plan ?? null,
    codeHash: origin.codeHash,
    warmStart: learnt,
    race: race === null ? null : { ...race },
  });
}

function wired(spec: StudySpec, wiring: Wiring & StudyRace & { readonly audited: boolean; readonly ownsStore: boolean }): StudyParts {
  const { origin, data, store, folds, trials, timeBudget, audited, ownsStore, race } = wiring;
  const judged = folds?.judged ?? null;
  const shared: SharedStudy = { source: origin.source, seed: spec.seed, data, plan: folds?.plan ?? null };
  return {
    spec,
    store,
    evaluation: (executor, { memory }, outcomeOf) => evaluationOf(spec, shared, { judged, executor, store, memory, outcomeOf, race }),
    executor: (run) => executorOf(origin.source, run),
    // The rows of a nested search are its study's.
    audit: () => (data === null || folds === null || !audited ? [] : splitAudit(data, folds.plan).map(({ text }) => text)),
    fit: fitOf(spec, judged),
    rowsAfter: judged === null || race === null ? undefined : raceOrder(judged.plan, spec.seed).rowsAfter,
    folds: folds === null ? null : foldSizes(folds.plan),
    codeHash: origin.codeHash,
    environment: environment(origin.folder),
    trials,
    timeBudget,
    // Inline trials wait for each write; those on threads go on meanwhile.
    writePauseMs: "bundle" in origin.source ? () => 0 : () => 100,
    ownsStore,
  };
}

/** The searches of its nested cross-validation, each created or found in the store when its turn comes. They race as any study does. */
function nestedWork(spec: StudySpec, wiring: Wiring & { readonly acceptCode: boolean }): FurtherWork | undefined {
  const { data, store, folds, timeBudget, acceptCode } = wiring;
  if (spec.nested === null || folds === null) return undefined;
  const open = (declared: StudySpec, budget: TimeBudget | null): Study => {
    const own = { ...wiring, folds: foldsOf(declared, data), trials: declared.trials, timeBudget: budget };
    const { spec: one, race } = raced(declared, { ...own, fresh: false });
    admitStudy(store, headerOf(one, { ...own, race, warmStart: undefined }), { fresh: false, fork: false, acceptCode });
    return new Study(wired(one, { ...own, race, audited: false, ownsStore: false }));
  };
  const endedByBudget = isEndless(spec, spec.trials);
  return nestedSearches({ spec, judging: folds.judged, store, open, timeBudget, endedByBudget });
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
  return loadedData(judge.data, { folder, task });
}
