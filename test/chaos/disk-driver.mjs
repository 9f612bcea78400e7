// Runs a study again and again on a disk that fails (disk-shim.c, preloaded), in one process: node disk-driver.mjs FILE FOLDER SLOTS
// SLOTS is inline (in this process), threads or processes (two of them).
// Reads faults from stdin, one a line: KIND:N:ERRNO:MODE, or "none". For each it runs the study in FOLDER/CASE, copies what is there then to
// FOLDER/CASE-before, continues the study on a sound disk, and prints a JSON line that says how both ended, and what slots they left behind. What was
// stored is for the caller to judge.
import { cpSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { HpoError, openStudy } from "hpo";
import { loadStudy } from "#hpo/loader/load-study";

const [file, folder, slots] = process.argv.slice(2);
const options = slots === "inline" ? {} : { workers: 2, isolation: slots === "processes" ? "process" : "thread" };
// Loaded once: a study made in this process runs in it, and its data lie beside its file.
process.chdir(path.dirname(file));
const study = slots === "inline" ? (await loadStudy(file)).spec : file;

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
  let opened;
  try {
    opened = await openStudy(study, { database });
    const { state } = await opened.run({
      ...options,
      progressIntervalMs: 0,
      onProgress: ({ done, failed }) => {
        told = done + failed;
      },
    });
    await opened.close();
    return { state, told };
  } catch (error) {
    // Closing tells of the same disk once more.
    await opened?.close().catch(() => undefined);
    if (!(error instanceof HpoError)) return { state: "broken", told, message: String(error?.stack ?? error) };
    return { state: "told", told, code: error.code, message: error.message };
  }
}

/** Processes that this one started, but for the compiler's, and its threads. */
function alive() {
  const threads = readdirSync("/proc/self/task");
  const children = threads.flatMap((id) => readFileSync(`/proc/self/task/${id}/children`, "utf8").split(" ").filter(Boolean));
  const commands = children.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
  return { threads: threads.length, processes: commands.filter((command) => command !== "" && !command.includes("esbuild")) };
}

let number = 0;
let before;
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
  const { threads, processes } = alive();
  // The first run, undisturbed, started what lives as long as the process.
  before ??= threads;
  const left = [...processes, ...(threads > before ? [`${threads - before} threads`] : [])];
  writeSync(1, `${JSON.stringify({ fault, place, first, again, counts, left })}\n`);
}
