import { HpoError } from "../core/hpo-error.ts";
import { showValue, showPath } from "../core/options.ts";
import { didYouMean } from "../data/did-you-mean.ts";

/** There is no such study; `names` are those that there are. */
export function studyNotFound(study: string, location: string, names: readonly string[]): HpoError {
  const shown = names.slice(0, 5).map((name) => showValue(name));
  const more = names.length - shown.length;
  const known = names.length === 0 ? "it holds no study yet" : `it holds ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const nearest = didYouMean(study, names.slice(0, 1000));
  return new HpoError("STUDY_NOT_FOUND", `There is no study ${showValue(study)} in ${showPath(location)}; ${known}.${nearest}`, {
    data: { study, database: location },
  });
}

export function nameTaken(study: string, location: string): HpoError {
  return new HpoError("OPTION_INVALID", `The name ${showValue(study)} is taken by a study in ${showPath(location)}; choose another name.`, {
    data: { study, database: location },
  });
}

/** A study's name is any text that is not empty and that UTF-8 can write. */
export function checkStudyName(name: string): void {
  if (typeof name === "string" && name.trim() !== "" && !/\p{Surrogate}/u.test(name)) return;
  throw new HpoError("OPTION_INVALID", `A study's name must be a text that is not empty; got ${showValue(name)}.`, { data: { name } });
}

/** `what` names the row: "evaluation of trial 3 (repeat 0, fold 2, rung 0)". */
export function rowExists(what: string, study: string, cause?: unknown): HpoError {
  return new HpoError(
    "STORE_FAILED",
    `The ${what} of the study ${showValue(study)} is stored already and is never overwritten; nothing of this batch was stored.`,
    { data: { study, row: what }, cause },
  );
}

/** `what` refers to a trial (or an earlier row) that is not stored. */
export function rowMissing(what: string, study: string, cause?: unknown): HpoError {
  return new HpoError(
    "STORE_FAILED",
    `The ${what} of the study ${showValue(study)} belongs to a trial that is not stored; nothing of this batch was stored.`,
    { data: { study, row: what }, cause },
  );
}

/** A store that was closed, or a reader that was asked to write. */
export function storeFailed(location: string, sentence: string, cause?: unknown): HpoError {
  return new HpoError("STORE_FAILED", `The database ${showPath(location)} ${sentence}.`, { data: { database: location }, cause });
}
