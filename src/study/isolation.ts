import type { HpoError } from "../core/hpo-error.ts";
import type { Isolation, StudySpec } from "../core/study-spec.ts";

interface Place {
  readonly isolation?: Isolation | undefined;
  /** Bytes. */
  readonly trialMemory?: number | undefined;
}

/** undefined where nothing is said of it. `refused` makes the error of a sentence that begins with the option's name. */
export function isolationOf({ isolation, trialMemory }: Place, refused: (sentence: string) => HpoError): Isolation | undefined {
  if (isolation !== "thread" || trialMemory === undefined) return isolation ?? (trialMemory === undefined ? undefined : "process");
  throw refused(
    `isolation must be "process" where trialMemory is given, since nobody can tell whose memory in one process is whose; got "thread".`,
  );
}

/** What a study declares of it, as options of a run. */
export function declaredPlace({ isolation, trialMemory }: StudySpec): { readonly isolation?: Isolation; readonly trialMemory?: number } {
  return { ...(isolation === null ? {} : { isolation }), ...(trialMemory === null ? {} : { trialMemory }) };
}
