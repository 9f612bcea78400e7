import { createHash } from "node:crypto";
import path from "node:path";
import type { Dataset } from "./core/dataset.ts";
import { HpoError } from "./core/hpo-error.ts";
import { checkOptions, flag, integer, finite, optional, shaped, text } from "./core/options.ts";
import type { Store } from "./core/store.ts";
import type { StudySpec } from "./core/study-spec.ts";
import { loadStudy } from "./loader/load-study.ts";
import { defaultDatabase } from "./read-study.ts";
import { studyHeader } from "./study-header.ts";
import { checkFirstModel, evaluationOf, executorOf, fitOf } from "./study-wiring.ts";
import { openStore } from "./store/open-store.ts";
import { environment } from "./study/environment.ts";
import { Study } from "./study/study.ts";
import { admitStudy } from "./study/study-identity.ts";
import { warmStart } from "./study/warm-start.ts";
import { splitAudit } from "./validation/audit/split-audit.ts";
import { foldPlan, foldSizes } from "./validation/fold-plan.ts";
import { judging } from "./validation/judging.ts";
import { raceOrder } from "./validation/racing/race-order.ts";
import { raceDeclaration } from "./validation/racing/race-declaration.ts";
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
  /** These three override the file. */
  readonly seed?: number;
  readonly trials?: number;
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
  const plan = data === null || declared.judge.kind !== "model" ? null : foldPlan(data, declared.judge.cv, declared.seed, 0);
  const judged = data === null || plan === null ? null : judging(data, plan, declared.metrics);
  const model = judged === null ? undefined : checkFirstModel(declared, judged);
  const store = options.store ?? openStore(options.database ?? defaultDatabase);
  try {
    const fresh = options.fresh ?? false;
    const trials = options.trials ?? declared.trials;
    const stored = fresh ? undefined : store.header(declared.name)?.declaration;
    const race =
      judged === null
        ? null
        : raceDeclaration(declared, { judging: judged, trials, model, stored: stored === undefined ? undefined : (stored.race ?? null) });
    const spec: StudySpec = { ...declared, race: race === null ? false : race.manner === "exact" ? "exact" : true };
    const open = (database: string): Store => openStore(path.resolve(origin.folder, database), { readonly: true });
    const learnt = warmStart(spec, { store, fresh, open });
    const header = studyHeader(spec, {
      data,
      plan,
      codeHash: origin.codeHash,
      warmStart: learnt?.declaration,
      race: race === null ? null : { ...race },
    });
    const earlier = learnt?.records ?? [];
    admitStudy(store, header, { fresh, fork: options.fork !== undefined, acceptCode: options.acceptCode ?? false, earlier });
    const shared: SharedStudy = { source: origin.source, seed: spec.seed, data, plan };
    return new Study({
      spec,
      store,
      evaluation: (executor, { memory }, outcomeOf) => evaluationOf(spec, shared, { judged, executor, store, memory, outcomeOf, race }),
      executor: (run) => executorOf(origin.source, run),
      audit: () => (data === null || plan === null ? [] : splitAudit(data, plan).map(({ text }) => text)),
      fit: fitOf(spec, judged),
      rowsAfter: judged === null || race === null ? undefined : raceOrder(judged.plan, spec.seed).rowsAfter,
      folds: plan === null ? null : foldSizes(plan),
      codeHash: origin.codeHash,
      environment: environment(origin.folder),
      trials,
      timeBudgetSeconds: options.timeBudgetSeconds ?? spec.timeBudgetSeconds,
      // Inline trials wait for each write; those on threads go on meanwhile.
      writePauseMs: "bundle" in origin.source ? () => 0 : () => 100,
      ownsStore: options.store === undefined,
    });
  } catch (error) {
    if (options.store === undefined) store.close();
    throw error;
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
