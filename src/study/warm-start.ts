import { createHash } from "node:crypto";
import type { EarlierRecord } from "../core/earlier-study.ts";
import { HpoError } from "../core/hpo-error.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { Store } from "../core/store.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { earlierRecord } from "./earlier-studies.ts";

/** What a study learns from. */
export interface WarmStart {
  /** To be kept with a study that is created now; empty where it stands already. */
  readonly records: readonly EarlierRecord[];
  /** For the study's declaration: the sources and the SHA-256 of what is kept of them. */
  readonly declaration: Json;
}

export interface WarmStartOptions {
  /** The store of the study itself. */
  readonly store: Store;
  /** A study of this name is begun anew. */
  readonly fresh: boolean;
  /** Opens another database for reading. */
  readonly open: (database: string) => Store;
}

/**
 * Reads the studies that a new study learns from; of one that stands, what was read when it was created counts, whatever became of them. null without any.
 * @throws HpoError STUDY_NOT_FOUND; OPTION_INVALID where nothing can be learnt from one.
 */
export function warmStart(spec: StudySpec, { store, fresh, open }: WarmStartOptions): WarmStart | null {
  if (spec.warmStart === null) return null;
  const { from, trials } = spec.warmStart;
  const stored = fresh ? undefined : store.header(spec.name);
  if (stored !== undefined) {
    const kept = stored.declaration.warmStart;
    const same = canonicalJson(sourcesOf(kept)) === canonicalJson({ from, trials });
    return { records: [], declaration: same && kept !== undefined ? kept : plain({ from, trials, sha256: null }) };
  }
  const records = from.map((source) => {
    if (source.database === null && source.study === spec.name && !fresh) {
      throw new HpoError("OPTION_INVALID", `warmStart: a study must learn from others; got its own name ${showValue(spec.name)}.`);
    }
    const other = source.database === null ? store : open(source.database);
    try {
      return earlierRecord(source, storedStudy(other, source.study), spec);
    } finally {
      if (other !== store) other.close();
    }
  });
  const sha256 = createHash("sha256").update(canonicalJson(records)).digest("hex");
  return { records, declaration: plain({ from, trials, sha256 }) };
}

function storedStudy(store: Store, study: string): Parameters<typeof earlierRecord>[1] {
  const { header, trials } = store.load(study);
  return { description: header.description, trials };
}

function sourcesOf(declaration: Json | undefined): Json {
  const { from = null, trials = null } = (declaration ?? {}) as { readonly from?: Json; readonly trials?: Json };
  return { from, trials };
}

function plain(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}
