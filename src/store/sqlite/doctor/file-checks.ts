import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import type { Database } from "better-sqlite3";
import { checkpointAddress } from "../../checkpoint-bytes.ts";
import { writeFailure } from "../disk-trouble.ts";
import { counted, type Findings } from "./finding.ts";

/** Less than this is soon used up. */
const littleSpace = 100 * 1024 ** 2;

/** What lies beside a database, and whether there is room and the right to go on. */
export function checkSurroundings(file: string, found: Findings): void {
  const log = sizeOf(`${file}-wal`);
  if (log > 0)
    found.add(
      "leftover",
      "repair",
      `Its log holds ${megabytes(log)} that are not yet in the file itself; nothing is lost by that, and the next run puts them there. Keep ${path.basename(file)}-wal with it.`,
    );
  const journal = sizeOf(`${file}-journal`);
  if (journal > 0)
    found.add(
      "leftover",
      "repair",
      `A journal of a write that was broken off lies beside it (${path.basename(file)}-journal, ${megabytes(journal)}); the next run rolls it back.`,
    );
  const failure = writeFailure(file);
  if (failure !== undefined) {
    found.add(
      "trouble",
      "other",
      `It can be read and not be written (${failure}): ${cures[failure] ?? "check the disk, and the rights of the file and its folder"}.`,
    );
  }
  const { mode } = statSync(file);
  if (process.platform !== "win32" && (mode & 0o022) !== 0)
    found.add(
      "trouble",
      "other",
      `Others than its owner may write it (mode ${(mode & 0o777).toString(8)}); take the right away with chmod go-w.`,
    );
  const free = freeBytes(file);
  if (free !== undefined && free < littleSpace && failure !== "ENOSPC")
    found.add("trouble", "other", `Only ${megabytes(free)} are free on its disk; free some space before the next run.`);
}

const cures: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the quota is used up; free some space",
  EROFS: "its file system is mounted read-only; mount it for writing",
  EACCES: "give this user the right to write the file and its folder",
  EPERM: "give this user the right to write the file and its folder",
};

/** Bytes that this user may still write beside a file; undefined where the system does not say. */
export function freeBytes(file: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize;
  } catch {
    // A file system that knows no such number.
    return undefined;
  }
}

/** Checkpoints whose files are missing or damaged, and files that no row names. */
export function checkCheckpoints(db: Database, file: string, found: Findings): void {
  const root = `${file}.artefacts`;
  const rows = db.prepare("SELECT study, trial, sha256, size FROM checkpoints ORDER BY study, trial").all() as {
    study: number;
    trial: number;
    sha256: string;
    size: number;
  }[];
  for (const { study, trial, sha256, size } of rows) {
    const why = checkpointFault(path.join(root, String(study), sha256), { sha256, size });
    if (why !== undefined)
      found.add(
        "damage",
        "other",
        `The checkpoint of trial ${trial} of study number ${study} ${why}; a trial that continues it fails, others go on. Restore ${path.join(path.basename(root), String(study), sha256)} from a copy.`,
      );
  }
  const orphans = orphanedFiles(file, new Set(rows.map(({ study, sha256 }) => path.join(String(study), sha256))));
  if (orphans.length > 0)
    found.add(
      "leftover",
      "repair",
      `${counted(orphans.length, "file")} in ${path.basename(root)} belong to no checkpoint (${megabytes(orphans.reduce((sum, one) => sum + sizeOf(one), 0))}); the next run of their study removes them.`,
    );
}

/** Why the file of a checkpoint is not what its row says, as the end of a sentence. */
export function checkpointFault(file: string, { sha256, size }: { readonly sha256: string; readonly size: number }): string | undefined {
  try {
    const bytes = readFileSync(file);
    if (bytes.length !== size) return `has ${bytes.length} bytes in place of ${size}`;
    return checkpointAddress(bytes) === sha256 ? undefined : "is damaged (it has another SHA-256)";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "is missing" : `can't be read (${code})`;
  }
}

/** Files beside a database, of its checkpoints and of repairs and probes that were broken off, that `kept` (paths in its folder of checkpoints) does not name. */
export function orphanedFiles(file: string, kept: ReadonlySet<string>): string[] {
  const root = `${file}.artefacts`;
  const checkpoints = existsSync(root)
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name))
        .flatMap(({ name }) => readdirSync(path.join(root, name)).map((one) => path.join(name, one)))
        .filter((one) => !kept.has(one) && /^[0-9a-f]{64}(\.tmp)?$/.test(path.basename(one)))
    : [];
  const probe = new RegExp(`^\\.${path.basename(file).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\.\\d+\\.probe$`);
  const folder = path.dirname(file);
  const probes = readdirSync(folder).filter((name) => probe.test(name));
  return [...checkpoints.map((one) => path.join(root, one)), ...probes.map((name) => path.join(folder, name))];
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
