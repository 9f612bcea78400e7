// Runs a study again and again on a disk that fails (disk-shim.c, preloaded), in one process: node disk-driver.mjs FILE FOLDER WORKERS
// Reads faults from stdin, one a line: KIND:N:ERRNO:MODE, or "none". For each it runs the study in FOLDER/CASE, copies what is there then to
// FOLDER/CASE-before, continues the study on a sound disk, and prints a JSON line that says how both ended. What was stored is for the caller to judge.
import { cpSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { HpoError, openStudy } from "hpo";

const [file, folder, workers] = process.argv.slice(2);

/** Tells the shim; it answers that there is no such file. */
function disk(command) {
  try {
    openSync(`/hpo-disk/${command}`);
  } catch {
    return;
  }
  throw new Error("The shim is not there.");
}

async function attempt(database) {
  let told = 0;
  let study;
  try {
    study = await openStudy(file, { database });
    const { state } = await study.run({
      workers: Number(workers),
      progressIntervalMs: 0,
      onProgress: ({ done, failed }) => {
        told = done + failed;
      },
    });
    await study.close();
    return { state, told };
  } catch (error) {
    // Closing tells of the same disk once more.
    await study?.close().catch(() => undefined);
    if (!(error instanceof HpoError)) return { state: "broken", told, message: String(error?.stack ?? error) };
    return { state: "told", told, code: error.code, message: error.message };
  }
}

let number = 0;
for await (const fault of createInterface({ input: process.stdin })) {
  const place = path.join(folder, String(number++));
  mkdirSync(place);
  const database = path.join(place, "study.sqlite");
  disk(fault === "none" ? "fault/" : `fault/${fault}`);
  const first = await attempt(database);
  const counts = readFileSync("/hpo-disk/counts", "utf8");
  disk("none");
  cpSync(place, `${place}-before`, { recursive: true });
  const again = fault === "none" ? first : await attempt(database);
  writeSync(1, `${JSON.stringify({ fault, place, first, again, counts })}\n`);
}
