import { existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { isCheckpointAddress } from "../checkpoint-bytes.ts";
import { storeFailed } from "../store-failure.ts";
import { syncFolder, writeWhole } from "./durable-files.ts";

/**
 * The checkpoints of a database as files, each named by the SHA-256 of its bytes: DATABASE.artefacts/STUDY/SHA256. A folder a study, since only
 * the one that holds a study's lease writes and removes there. A database may come from a stranger with folders that are links: nothing is written or removed
 * behind one, nor anything removed that has another name than ours.
 */
export interface CheckpointFiles {
  file(study: number, sha256: string): string;
  /** Each whole or not at all, and on the disk before it returns; one that stands is written anew, so that a damaged one is mended. */
  put(study: number, contents: ReadonlyMap<string, Uint8Array>): void;
  /** Removes what is not among `kept`: also what a killed process left half done. */
  keepOnly(study: number, kept: ReadonlySet<string>): void;
  remove(study: number): void;
}

export function checkpointFiles(database: string): CheckpointFiles {
  const root = `${database}.artefacts`;
  const folderOf = (study: number): string => path.join(root, String(study));
  const fileOf = (study: number, sha256: string): string => path.join(folderOf(study), sha256);

  function keepOnly(study: number, kept: ReadonlySet<string>): void {
    const folder = folderOf(study);
    if (!existsSync(folder) || isLink(root) || isLink(folder)) return;
    for (const name of readdirSync(folder)) if (isOurs(name) && !kept.has(name)) discard(path.join(folder, name));
  }

  return {
    file: fileOf,
    keepOnly,
    put(study, contents) {
      if (contents.size === 0) return;
      const folder = folderOf(study);
      if (isLink(root) || isLink(folder)) {
        throw storeFailed(
          database,
          `can't keep a checkpoint in ${folder}, since that is a link; put a folder in its place and run the same command again`,
        );
      }
      try {
        if (!existsSync(folder)) {
          mkdirSync(folder, { recursive: true, mode: 0o700 });
          for (const made of [path.dirname(root), root]) syncFolder(made);
        }
        for (const [sha256, bytes] of contents) writeWhole(fileOf(study, sha256), bytes);
        syncFolder(folder);
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        const why =
          code === "ENOSPC" || code === "EDQUOT"
            ? ", since the disk is full; free some space"
            : ` (${String(code)}); ${code === "EIO" ? "check the disk" : "make it one that can be written"}`;
        throw storeFailed(database, `can't keep a checkpoint in ${folder}${why} and run the same command again`, cause);
      }
    },
    remove(study) {
      keepOnly(study, new Set());
      // What else lies there is not ours, and keeps its folder.
      if (isLink(root)) return;
      try {
        rmdirSync(folderOf(study));
      } catch {
        // There is none, or no row names it any more; the next run tries again.
      }
    },
  };
}

/** "SHA256", or a draft of it. */
function isOurs(name: string): boolean {
  return isCheckpointAddress(name.replace(/\.tmp$/, ""));
}

function isLink(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // No row names it any more; the next run tries again.
  }
}
