import { createHash, randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";

/** Bundles that no load touched for so long are removed: longer than a run lasts whose workers may still import one. */
const keptMs = 30 * 24 * 3600 * 1000;

/** Beside the study, so that Node finds the packages that the study finds. */
export function studyBundleFolder(studyFolder: string): string {
  return path.join(studyFolder, ".hpo", "bundles");
}

/** For a study in a folder that can't be written: this user's own. */
export function temporaryBundleFolder(): string {
  return path.join(tmpdir(), `hpo-${userInfo().uid}`, "bundles");
}

/**
 * Writes a bundle as HASH.mjs, HASH being that of its text, and returns its path. Whole or not at all: processes may
 * load one study at once. A file that stands already is only marked as used.
 */
export async function keepBundle(folder: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await refuseForeignFolder(folder);
  await removeDrafts(folder);
  const file = path.join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 32)}.mjs`);
  if (await holds(file, text)) {
    const now = new Date();
    // Where it can't be marked, in a folder that can't be written, it can't be removed either.
    await utimes(file, now, now).catch(() => undefined);
    return file;
  }
  for (let tries = 1; !writeWhole(file, text, tries); tries++);
  // What can't be removed now is tried again by the next one.
  await removeOldBundles(folder).catch(() => undefined);
  return file;
}

/** In one turn of the event loop: a signal ends the process before or after, and only a kill leaves a draft. Whether it was written. */
function writeWhole(file: string, text: string, tries: number): boolean {
  const draft = `${file}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    // It is code that we run, and its text may hold what nobody else may read.
    writeFileSync(draft, text, { flag: "wx", mode: 0o600 });
    renameSync(draft, file);
    return true;
  } catch (error) {
    rmSync(draft, { force: true });
    // A machine that shares the folder took the draft for a dead process's.
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && tries < 3) return false;
    throw error;
  }
}

/** What processes that run no more have left half done. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^[0-9a-f]{32}\.mjs\.(\d+)-[0-9a-f]{12}\.tmp$/u.exec(name)?.[1];
    if (pid !== undefined && !runs(Number(pid))) await rm(path.join(folder, name), { force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What lies in a shared temporary folder is code that we run, so the folder must be this user's. */
async function refuseForeignFolder(folder: string): Promise<void> {
  if (folder !== temporaryBundleFolder()) return;
  const { uid } = userInfo();
  for (const place of [path.dirname(folder), folder]) {
    const status = await lstat(place);
    if (!status.isDirectory() || (uid >= 0 && status.uid !== uid)) throw new Error(`${place} belongs to another user`);
    if (uid >= 0 && (status.mode & 0o022) !== 0) throw new Error(`${place} can be written by other users`);
  }
}

async function holds(file: string, text: string): Promise<boolean> {
  try {
    return (await readFile(file, "utf8")) === text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

async function removeOldBundles(folder: string): Promise<void> {
  const oldest = Date.now() - keptMs;
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{32}\.mjs(\.\d+-[0-9a-f]{12}\.tmp)?$/.test(name)) continue;
    const file = path.join(folder, name);
    const used = await stat(file).catch(() => undefined); // Another process may have removed it.
    if (used !== undefined && used.mtimeMs < oldest) await rm(file, { force: true });
  }
}
