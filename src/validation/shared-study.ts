import type { Dataset } from "../core/dataset.ts";
import type { FoldPlan } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { importExport } from "../workers/task-module.ts";
import { type Judging, judging } from "./judging.ts";

/** Where a slot finds the study: its bundle, or (inline only) the object itself. */
export type StudySource = { readonly bundle: string } | { readonly spec: StudySpec };

/** Posted once to each slot. The data and the folds live in shared memory. */
export interface SharedStudy {
  readonly source: StudySource;
  /** The name that the study runs under (another than the file's after `--fork`), its seed as stored. */
  readonly seed: number;
  readonly data: Dataset | null;
  readonly plan: FoldPlan | null;
}

/** The study's functions, in the slot. */
export async function specInSlot({ source, seed }: SharedStudy): Promise<StudySpec> {
  const spec = "spec" in source ? source.spec : ((await importExport(source.bundle, "default")) as StudySpec);
  return { ...spec, seed };
}

interface SlotStudy {
  readonly spec: StudySpec;
  readonly judging: Judging;
}

const slotStudies = new WeakMap<SharedStudy, SlotStudy | Promise<SlotStudy>>();

/** Study and judging in the slot, made once for each posted value; from the second time on without a promise. */
export function studyInSlot(shared: SharedStudy): SlotStudy | Promise<SlotStudy> {
  const known = slotStudies.get(shared);
  if (known !== undefined) return known;
  const made = specInSlot(shared).then((spec) => {
    if (shared.data === null || shared.plan === null)
      throw new HpoError("WORKER_FAILED", "A fold needs data and folds; the study has none.");
    const study = { spec, judging: judging(shared.data, shared.plan, spec.metrics) };
    slotStudies.set(shared, study);
    return study;
  });
  slotStudies.set(shared, made);
  return made;
}
