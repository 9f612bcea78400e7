import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { slope } from "./flat.ts";

const script = fileURLToPath(new URL("soak-member.mjs", import.meta.url));

export const soakKinds = ["run", "tpe", "threads", "svm", "ask", "read"] as const;
export type SoakKind = (typeof soakKinds)[number];

/** What a member held after one of its studies. */
export interface SoakSample {
  readonly kind: SoakKind;
  readonly seconds: number;
  /** So far. */
  readonly trials: number;
  readonly heapUsed: number;
  /** Resident memory that belongs to no file. */
  readonly own: number;
  readonly files: number;
}

/** The database beside them. */
export interface LogSample {
  readonly seconds: number;
  readonly walBytes: number;
  readonly databaseBytes: number;
}

export interface Soak {
  readonly samples: readonly SoakSample[];
  readonly logs: readonly LogSample[];
  /** What members wrote to stderr, or ended with. */
  readonly problems: readonly string[];
}

/** Lets one process of each kind work on one database; `every`: seconds from the begin of one study to that of the next. */
export async function soak({ seconds, every }: { readonly seconds: number; readonly every: number }): Promise<Soak> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-soak-"));
  const database = path.join(folder, "soak.sqlite");
  sqliteStore(database).close();
  const [samples, logs, problems]: [SoakSample[], LogSample[], string[]] = [[], [], []];
  const began = performance.now();
  const size = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const look = setInterval(() => {
    logs.push({ seconds: (performance.now() - began) / 1000, walBytes: size(`${database}-wal`), databaseBytes: size(database) });
  }, 500);
  const work = async (kind: SoakKind): Promise<void> => {
    const child = spawn(process.execPath, ["--expose-gc", script, kind, database, String(seconds), String(every)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    createInterface(child.stdout).on("line", (line) => samples.push(JSON.parse(line) as SoakSample));
    child.stderr.setEncoding("utf8").on("data", (text: string) => problems.push(`${kind} said: ${text.trim()}`));
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) problems.push(`${kind} ended with ${String(code)}`);
  };
  try {
    await Promise.all(soakKinds.map(work));
  } finally {
    clearInterval(look);
    rmSync(folder, { recursive: true, force: true });
  }
  return { samples, logs, problems };
}

/** How the heap of a member grew over the second half of its samples, a study, and its mean there. */
export function heapGrowth(samples: readonly SoakSample[]): { readonly perStudy: number; readonly mean: number } {
  const half = samples.slice(Math.floor(samples.length / 2));
  return {
    perStudy: slope(half.map(({ heapUsed }, at) => [at, heapUsed])),
    mean: half.reduce((sum, { heapUsed }) => sum + heapUsed, 0) / half.length,
  };
}

/**
 * The most that a member held in the first half of its samples, and in the last quarter. V8 gives the pages of its young generation back when it has little to
 * do, and takes them again, some 25 MB at a time: a line through all samples would take that for growth, peaks do not.
 */
export function peaks(samples: readonly SoakSample[]): { readonly before: number; readonly after: number } {
  const most = (part: readonly SoakSample[]): number => part.reduce((found, { own }) => Math.max(found, own), 0);
  return {
    before: most(samples.slice(0, Math.ceil(samples.length / 2))),
    after: most(samples.slice(Math.floor((3 * samples.length) / 4))),
  };
}
