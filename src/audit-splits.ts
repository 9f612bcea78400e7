import type { DataRecipe } from "./core/dataset.ts";
import { loadedData } from "./core/loaded-data.ts";
import { checkOptions, integer, oneOf, optional } from "./core/options.ts";
import type { Splitter } from "./core/splitter.ts";
import { studyRules } from "./study/study-rules.ts";
import { type SplitFinding, splitAudit } from "./validation/audit/split-audit.ts";
import { foldPlan } from "./validation/fold-plan.ts";

/** Folds to be looked at before they are used. */
export interface AuditSplitsOptions {
  /** Relative paths are relative to the working folder. */
  readonly data: DataRecipe;
  readonly cv: Splitter;
  /** Default 0. */
  readonly seed?: number;
  /** How a target of numbers is read where the data does not say; default "classification". */
  readonly task?: "classification" | "regression";
}

/**
 * What may make scores of these folds better, or worse, than they will be on new rows: groups, equal rows and times on both sides, classes out of
 * proportion, scaling over all rows. A run of a study does the same, and tells it as notes. Nothing is fitted. O(rows × (width + folds)).
 * @throws HpoError for bad options or data
 */
export async function auditSplits(options: AuditSplitsOptions): Promise<readonly SplitFinding[]> {
  const { data, cv } = studyRules.model as { data: (typeof studyRules.model)[string]; cv: (typeof studyRules.model)[string] };
  checkOptions("auditSplits", options, { data, cv, seed: optional(integer(0)), task: optional(oneOf(["classification", "regression"])) });
  const { seed = 0, task = "classification" } = options;
  const loaded = await loadedData(options.data, { folder: process.cwd(), task });
  return splitAudit(loaded, foldPlan(loaded, options.cv, seed, 0));
}
