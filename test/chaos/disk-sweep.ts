// Runs a study on a disk that fails at the N-th call of a kind, for many N, and says what did not hold. Short and long form share it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "#hpo/store/open-store";
import { databaseAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import type { FailingDisk } from "./failing-disk.ts";

const driver = fileURLToPath(new URL("disk-driver.mjs", import.meta.url));
const [eio, enospc, erofs, eacces] = [5, 28, 30, 13];

/** What is swept: a kind of call, how it fails, and whether once or from then on. */
export interface FaultKind {
  readonly about: string;
  readonly kind: "write" | "grow" | "short" | "sync" | "read" | "truncate" | "open" | "change" | "name";
  readonly errno: number;
  readonly mode: "once" | "ever";
}

export const faultKinds: readonly FaultKind[] = [
  { about: "the disk is full from then on", kind: "grow", errno: enospc, mode: "ever" },
  { about: "the disk is full for one write", kind: "write", errno: enospc, mode: "once" },
  { about: "an I/O error on a write", kind: "write", errno: eio, mode: "once" },
  { about: "I/O errors on writes from then on", kind: "write", errno: eio, mode: "ever" },
  { about: "half of a write", kind: "short", errno: 0, mode: "once" },
  { about: "half of each write", kind: "short", errno: 0, mode: "ever" },
  { about: "an I/O error on a sync", kind: "sync", errno: eio, mode: "once" },
  { about: "I/O errors on syncs from then on", kind: "sync", errno: eio, mode: "ever" },
  { about: "an I/O error on a read", kind: "read", errno: eio, mode: "once" },
  { about: "I/O errors on reads from then on", kind: "read", errno: eio, mode: "ever" },
  { about: "an I/O error where a file is cut", kind: "truncate", errno: eio, mode: "once" },
  { about: "a file can't be opened", kind: "open", errno: eacces, mode: "once" },
  { about: "files can't be opened from then on", kind: "open", errno: eio, mode: "ever" },
  { about: "mounted read-only from then on", kind: "change", errno: erofs, mode: "ever" },
  { about: "an I/O error where a file is renamed or removed", kind: "name", errno: eio, mode: "once" },
];

interface Attempt {
  readonly state: "complete" | "stopped" | "failed" | "told" | "broken";
  /** Trials that were told to be done. */
  readonly told: number;
  readonly code?: string;
  readonly message?: string;
}

interface Case {
  readonly fault: string;
  readonly place: string;
  readonly first: Attempt;
  readonly again: Attempt;
  readonly counts: string;
  /** Slots that live although no run does. */
  readonly left: readonly string[];
}

export interface SweepResult {
  /** Faults, how many of them ended a run with a sentence, and how many it bore. */
  readonly faults: number;
  readonly ended: number;
  readonly borne: number;
  readonly problems: readonly string[];
  /** Sentences that people saw, each once, without paths. */
  readonly sentences: readonly string[];
}

export interface SweepOptions {
  readonly study: string;
  readonly disk: FailingDisk;
  /** Which of the calls of a kind fail: 1 … `calls`. */
  readonly pick: (calls: number, kind: FaultKind) => readonly number[];
  readonly kinds?: readonly FaultKind[];
  /** In the process itself, or on two slots of a kind, whose results come in another order each time: then the N-th call is another one, or comes not at all. */
  readonly slots?: SweepSlots;
}

export type SweepSlots = "inline" | "threads" | "processes";

/** Sweeps the faults of `kinds` over a run of a fixture's study. */
export async function sweepFaults({ study, disk, pick, kinds = faultKinds, slots = "inline" }: SweepOptions): Promise<SweepResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-faults-"));
  const driven = drive(fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url)), { folder, disk, slots });
  try {
    const whole = await driven.run("none");
    if (whole.first.state !== "complete") throw new Error(`The undisturbed run of ${study} failed: ${JSON.stringify(whole)}`);
    const expected = stored(whole.place, study);
    const calls = new Map([...whole.counts.matchAll(/(\w+)=(\d+)/g)].map(([, kind = "", count]) => [kind, Number(count)]));
    const result = { faults: 0, ended: 0, borne: 0, problems: [] as string[], sentences: new Set<string>() };
    for (const kind of kinds) {
      for (const n of pick(calls.get(kind.kind) ?? 0, kind)) {
        const one = await driven.run(`${kind.kind}:${n}:${kind.errno}:${kind.mode}`);
        result.faults++;
        if (one.first.state === "complete") result.borne++;
        else result.ended++;
        if (one.first.message !== undefined)
          result.sentences.add(`${one.first.code ?? ""}: ${withoutPlaces(one.first.message, one.place)}`);
        result.problems.push(
          ...judged(one, study, expected).map((problem) => `${study}, ${slots}, ${kind.about} (${one.fault}): ${problem}`),
        );
        for (const place of [one.place, `${one.place}-before`]) rmSync(place, { recursive: true, force: true });
      }
    }
    return { ...result, sentences: [...result.sentences].sort() };
  } finally {
    await driven.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a fault must leave: a sentence, all that was told, and a database that goes on to the same end. */
function judged({ place, first, again, left }: Case, study: string, expected: Stored): string[] {
  const problems = left.map((slot) => `it left behind: ${slot}`);
  if (first.state === "broken") problems.push(`no sentence: ${first.message}`);
  else if (first.state === "told" && !/^(STORE_|CHECKPOINT_UNREADABLE)/.test(first.code ?? ""))
    problems.push(`an odd code: ${first.code} ${first.message}`);
  else if (first.state !== "told" && first.state !== "complete") problems.push(`it ended as ${first.state}`);
  const before = `${place}-before`;
  try {
    const outcomes = endedTrials(path.join(before, "study.sqlite"), study);
    if (outcomes < first.told) problems.push(`${first.told} trials were told to be done, ${outcomes} are stored`);
  } catch (error) {
    problems.push(`what was stored can't be read: ${String(error)}`);
  }
  if (again.state !== "complete") return [...problems, `continued, it ended as ${again.state}: ${again.message}`];
  try {
    // Before anything is read: readers leave files, too.
    const files = filesOf(place);
    if (files.join("\n") !== expected.files.join("\n")) problems.push(`continued, it leaves other files: ${files.join(", ")}`);
    const rows = existsSync(path.join(before, "study.sqlite")) ? databaseRows(path.join(before, "study.sqlite")) : new Map();
    problems.push(...lostRows(rows, databaseRows(path.join(place, "study.sqlite"))).map((row) => `lost: ${row}`));
    const answers = databaseAnswers(path.join(place, "study.sqlite"), study);
    if (answers.join("\n") !== expected.answers.join("\n")) problems.push("continued, it has other answers");
  } catch (error) {
    problems.push(`what was continued can't be read: ${String(error)}`);
  }
  return problems;
}

/** Outcomes of the study; 0 where there is no database yet, or an empty one, or it isn't in it. */
function endedTrials(file: string, study: string): number {
  if (!existsSync(file) || statSync(file).size === 0) return 0;
  const store = openStore(file);
  try {
    return store.header(study) === undefined ? 0 : store.load(study).trials.filter(({ outcome }) => outcome !== null).length;
  } finally {
    store.close();
  }
}

interface Stored {
  readonly answers: readonly string[];
  readonly files: readonly string[];
}

function stored(place: string, study: string): Stored {
  return { files: filesOf(place), answers: databaseAnswers(path.join(place, "study.sqlite"), study) };
}

function filesOf(place: string): string[] {
  return (readdirSync(place, { recursive: true }) as string[]).sort();
}

function withoutPlaces(message: string, place: string): string {
  return message.replaceAll(`${place}/`, "").replaceAll(/\b[0-9a-f]{64}\b/g, "SHA256");
}

interface Driven {
  run(fault: string): Promise<Case>;
  end(): Promise<void>;
}

function drive(
  file: string,
  { folder, disk, slots }: { readonly folder: string; readonly disk: FailingDisk; readonly slots: SweepSlots },
): Driven {
  const env = { ...process.env, ...disk.environment(folder) };
  const child = spawn(process.execPath, [driver, file, folder, slots], { stdio: ["pipe", "pipe", "pipe"], env });
  let [output, errors] = ["", ""];
  let heard = (): void => undefined;
  let over: string | undefined;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const ended = new Promise<void>((resolve) => {
    child.on("close", (code, signal) => {
      over = `The driver ended (code ${code}, signal ${signal}): ${errors}`;
      heard();
      resolve();
    });
  });
  return {
    async run(fault) {
      child.stdin.write(`${fault}\n`);
      while (!output.includes("\n") && over === undefined) await new Promise<void>((resolve) => (heard = resolve));
      if (!output.includes("\n")) throw new Error(`${over} (during ${fault})`);
      const end = output.indexOf("\n");
      const line = output.slice(0, end);
      output = output.slice(end + 1);
      return JSON.parse(line) as Case;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
