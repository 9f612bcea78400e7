// Damages copies of a database at random places and asks of each that whatever reads it gives an answer or a sentence, and that the doctor and its
// export come to an end. Short and long form share it.
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { HpoError, rng } from "hpo";
import { openStore } from "#hpo/store/open-store";
import { examineDatabase } from "#hpo/store/sqlite/doctor/examine-database";
import { exportDatabase } from "#hpo/store/sqlite/doctor/export-database";
import { studyAnswers } from "../study-answers.ts";

export interface Damage {
  readonly about: string;
  readonly bytes: Uint8Array;
}

/** Copies of a database, each damaged in another way that follows from `seed`. */
export function* damages(whole: Uint8Array, { count, seed }: { readonly count: number; readonly seed: number }): Generator<Damage> {
  const stream = rng(seed);
  const pages = Math.floor(whole.length / 4096);
  for (let i = 0; i < count; i++) {
    const bytes = Uint8Array.from(whole);
    const kind = i % 5;
    const page = stream.below(pages);
    if (kind === 0) {
      const length = stream.below(2) === 0 ? page * 4096 : stream.below(whole.length);
      yield { about: `cut to ${length} of ${whole.length} bytes`, bytes: bytes.slice(0, length) };
    } else if (kind === 1) {
      const [at, bit] = [stream.below(whole.length), stream.below(8)];
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      yield { about: `bit ${bit} of byte ${at} turned`, bytes };
    } else if (kind === 2) {
      // The header of the file and that of a page say where everything is.
      const at = (stream.below(2) === 0 ? 0 : page * 4096) + stream.below(108);
      bytes[at] = stream.below(256);
      yield { about: `byte ${at} of a header written over`, bytes };
    } else if (kind === 3) {
      bytes.fill(stream.below(256), page * 4096, (page + 1) * 4096);
      yield { about: `page ${page + 1} of ${pages} filled`, bytes };
    } else {
      const from = stream.below(pages) * 4096;
      bytes.copyWithin(page * 4096, from, from + 4096);
      yield { about: `page ${from / 4096 + 1} written over page ${page + 1}`, bytes };
    }
  }
}

export interface DamageTally {
  cases: number;
  /** All that was stored is read as it was. */
  unharmed: number;
  /** Something is told to be damaged when a study is read. */
  told: number;
  /** Databases of which an export saved studies, and how many trials in all. */
  saved: number;
  trials: number;
  readonly problems: string[];
}

/** Judges one damaged copy; `place` is a folder that is used again. */
export function judgeDamage({ about, bytes }: Damage, { place, study, whole, tally }: JudgeOptions): void {
  const file = path.join(place, "damaged.sqlite");
  const target = path.join(place, "saved.sqlite");
  for (const name of [file, target]) for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${name}${end}`, { force: true });
  writeFileSync(file, bytes);
  tally.cases++;
  const told = sentence(() => {
    const store = openStore(file, { readonly: true });
    try {
      if (studyAnswers(store, study).join("\n") === whole.join("\n")) tally.unharmed++;
    } finally {
      store.close();
    }
  });
  if (told.problem !== undefined) tally.problems.push(`${about}: reading: ${told.problem}`);
  else if (told.told) tally.told++;
  const examined = sentence(() => {
    const { findings } = examineDatabase(file);
    // What SQLite or our readers trip over is found, too.
    if (told.told && !findings.some(({ kind }) => kind === "damage"))
      throw new TypeError(`the doctor finds nothing, a reader says: ${told.text}`);
  });
  if (examined.problem !== undefined) tally.problems.push(`${about}: doctor: ${examined.problem}`);
  const exported = sentence(() => {
    const { studies } = exportDatabase(file, target);
    if (studies.length > 0) tally.saved++;
    for (const { name, trials, readable } of studies) {
      tally.trials += trials;
      if (!readable) continue;
      const store = openStore(target, { readonly: true });
      try {
        if (store.snapshot(name).trials.length !== trials) throw new TypeError("an export that can't be read");
        for (const { number } of store.snapshot(name).trials) {
          store.evaluations(name, number);
        }
      } finally {
        store.close();
      }
    }
  });
  if (exported.problem !== undefined) tally.problems.push(`${about}: export: ${exported.problem}`);
  if (exported.told && existsSync(target)) tally.problems.push(`${about}: an export that failed left a file`);
  if (Buffer.compare(readFileSync(file), bytes) !== 0) tally.problems.push(`${about}: the damaged file was changed`);
}

interface JudgeOptions {
  readonly place: string;
  readonly study: string;
  /** The answers of the study in the whole database. */
  readonly whole: readonly string[];
  readonly tally: DamageTally;
}

export function damageTally(): DamageTally {
  return { cases: 0, unharmed: 0, told: 0, saved: 0, trials: 0, problems: [] };
}

interface Heard {
  /** A sentence came. */
  readonly told: boolean;
  readonly text: string;
  /** Something else than a sentence came. */
  readonly problem: string | undefined;
}

function sentence(work: () => void): Heard {
  try {
    work();
    return { told: false, text: "", problem: undefined };
  } catch (error) {
    if (error instanceof HpoError && /^(STORE_|STUDY_NOT_FOUND)/.test(error.code))
      return { told: true, text: error.message, problem: undefined };
    return {
      told: false,
      text: "",
      problem: error instanceof Error ? String(error.stack).split("\n").slice(0, 3).join(" ") : String(error),
    };
  }
}

/** A copy with what is beside it. */
export function copyDatabase(from: string, to: string, ends: readonly string[] = ["", "-wal"]): void {
  for (const end of ends) if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${to}${end}`);
}
