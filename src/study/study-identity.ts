import type { EarlierRecord } from "../core/earlier-study.ts";
import { HpoError } from "../core/hpo-error.ts";
import { canonicalJson } from "../core/json.ts";
import { nestedIn } from "../core/nested-names.ts";
import { showValue } from "../core/options.ts";
import type { StudyDeclaration, StudyHeader } from "../core/records.ts";
import type { Store } from "../core/store.ts";

export interface AdmitOptions {
  /** Kept with a study that is created. */
  readonly earlier?: readonly EarlierRecord[];
  readonly fresh: boolean;
  readonly fork: boolean;
  readonly acceptCode: boolean;
}

/**
 * Creates a study in the store, or makes sure that the stored one is the same.
 * @throws HpoError STUDY_CHANGED with the names of the fields that differ; CODE_CHANGED when only the code does.
 */
export function admitStudy(store: Store, header: StudyHeader, { fresh, fork, acceptCode, earlier = [] }: AdmitOptions): void {
  const { name } = header;
  const stored = store.header(name) ?? created(store, header, earlier);
  if (stored === undefined) return;
  if (fresh) {
    const old = freeName(store, name, header.createdAt);
    // The searches of its nested cross-validation stay with it.
    for (const one of store.list()) if (nestedIn(one.name) === name) store.rename(one.name, `${old}${one.name.slice(name.length)}`);
    store.rename(name, old);
    store.create(header, earlier);
    return;
  }
  const changed = changedFields(stored.declaration, header.declaration);
  if (changed.length > 0) {
    const told = changed.map((field) => `${field} (${difference(stored.declaration[field], header.declaration[field])})`);
    const cure = fork
      ? "Choose another name for --fork"
      : `Keep it with --fork NAME (a new study beside it) or --fresh (the old one is renamed)`;
    throw new HpoError("STUDY_CHANGED", `The stored study ${showValue(name)} differs from the file in ${told.join(", ")}. ${cure}.`, {
      data: { study: name, fields: changed },
    });
  }
  if (stored.codeHash === header.codeHash) return;
  if (!acceptCode) {
    throw new HpoError(
      "CODE_CHANGED",
      `The code of the study ${showValue(name)} has changed since it was begun, though space, data and settings are the same. Continue with --accept-code, or start anew with --fork NAME or --fresh.`,
      { data: { study: name, stored: stored.codeHash, given: header.codeHash } },
    );
  }
  store.acceptCode(name, header.codeHash);
}

/** Creates a study; the stored one, where another process was faster. */
function created(store: Store, header: StudyHeader, earlier: readonly EarlierRecord[]): StudyHeader | undefined {
  try {
    store.create(header, earlier);
    return undefined;
  } catch (error) {
    const stored = store.header(header.name);
    if (stored === undefined) throw error;
    return stored;
  }
}

/** In the order in which differences are told. */
const declaredFields: readonly (keyof StudyDeclaration)[] = [
  "space",
  "forbid",
  "limits",
  "data",
  "cv",
  "metrics",
  "objectives",
  "constraints",
  "select",
  "sampler",
  "pruner",
  "race",
  "enqueue",
  "warmStart",
  "seed",
  "lookahead",
];

/** The declared fields that differ, in their usual order. */
export function changedFields(stored: StudyDeclaration, given: StudyDeclaration): (keyof StudyDeclaration)[] {
  return declaredFields.filter((field) => canonicalJson(stored[field] ?? null) !== canonicalJson(given[field] ?? null));
}

/** Both values; of long ones the part where they begin to differ. */
function difference(stored: unknown, given: unknown): string {
  const [before, after] = [canonicalJson(stored ?? null), canonicalJson(given ?? null)];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const start = Math.max(before.length, after.length) <= 40 ? 0 : Math.max(0, same - 12);
  const part = (text: string): string => `${start === 0 ? "" : "…"}${text.slice(start, start + 40)}${text.length > start + 40 ? "…" : ""}`;
  return `${part(before)} → ${part(after)}`;
}

/** NAME@2026-11-20, or with a number behind it where that is taken. */
function freeName(store: Store, name: string, createdAt: string): string {
  const dated = `${name}@${createdAt.slice(0, 10)}`;
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? dated : `${dated}.${count}`;
    if (store.header(candidate) === undefined) return candidate;
  }
}
