import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

/** Writes a file whole or not at all, and on the disk before it returns; its name is so after `syncFolder`. */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const draft = `${file}.tmp`;
  // A draft that is there was left by a killed process, or is a link that somebody else laid: neither is written into.
  rmSync(draft, { force: true });
  try {
    const open = openSync(draft, "wx", 0o600);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(open, bytes, written);
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    renameSync(draft, file);
  } catch (error) {
    // On a full disk half a file would take the space that is wanted.
    rmSync(draft, { force: true });
    throw error;
  }
}

/** So that names of new files outlive a power cut. Some file systems sync no folders, and then have nothing to sync. */
export function syncFolder(folder: string): void {
  // Windows opens no folders, and needs none of this.
  if (process.platform === "win32") return;
  const open = openSync(path.resolve(folder), "r");
  try {
    fsyncSync(open);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EINVAL" && code !== "ENOTSUP") throw error;
  } finally {
    closeSync(open);
  }
}
