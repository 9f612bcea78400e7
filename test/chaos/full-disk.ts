// Runs a study on a small disk that has room for a part of it, reads what is stored while the disk is full, makes room and runs the same command again. Short
// and long form share it.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "#hpo/store/open-store";
import { main } from "../cli/command.ts";
import { databaseAnswers } from "../study-answers.ts";
import { runHere } from "./command-runs.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import type { SmallDisk } from "./small-disk.ts";

/** Where the disk was full: before the study was there, between its trials, at the file of a checkpoint, after its last trial; "nowhere" where all had room. */
export type FullAt = "creation" | "mid-run" | "a checkpoint" | "the end" | "nowhere";

export interface FullDiskResult {
  readonly at: Readonly<Record<FullAt, number>>;
  readonly sentences: readonly string[];
  readonly problems: readonly string[];
}

const full = /^hpo: The database .* since the disk is full; free some space.*[^.]\.$/;
const noRoom =
  /It can be read and not be written \(ENOSPC\): the disk is full; free some space\.|Only \S+ kB are free on its disk; free\s+some space/;

/** Leaves a fixture's study each of `rooms` bytes. */
export async function fillDisk(
  study: string,
  { disk, rooms }: { readonly disk: SmallDisk; readonly rooms: readonly number[] },
): Promise<FullDiskResult> {
  const place = mkdtempSync(path.join(tmpdir(), "hpo-full-"));
  const file = `${study}.ts`;
  copyFileSync(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)), path.join(place, file));
  const on = path.join(disk.folder, "hpo.sqlite");
  const hpo = (...args: readonly string[]): ReturnType<SmallDisk["run"]> => disk.run(place, [process.execPath, main, ...args, "--db", on]);
  const run = (): ReturnType<SmallDisk["run"]> => hpo("run", file, "--workers", "2");
  let copies = 0;
  function copied(): string {
    const folder = path.join(place, `copy-${copies++}`);
    disk.copyTo(folder);
    return path.join(folder, "hpo.sqlite");
  }
  const at = { creation: 0, "mid-run": 0, "a checkpoint": 0, "the end": 0, nowhere: 0 };
  const [sentences, problems] = [new Set<string>(), [] as string[]];
  try {
    disk.leave(30 * 1024 ** 2);
    const first = run();
    if (first.status !== 0) throw new Error(`The undisturbed run of ${study} failed: ${first.stderr}`);
    const whole = copied();
    const expected = { answers: databaseAnswers(whole, study).join("\n"), files: filesOf(whole) };
    for (const room of rooms) {
      const wrong = (problem: string): void => void problems.push(`${study} with room for ${room} bytes: ${problem}`);
      disk.leave(room);
      const { status, stdout, stderr } = run();
      const last = stderr.trim().split("\n").at(-1) ?? "";
      if (status !== 0) {
        sentences.add(last.replaceAll(`${disk.folder}/`, "").replaceAll(/[0-9a-f]{64}/g, "SHA256"));
        if (status !== 1 || stdout !== "" || !full.test(last) || /^\s+at /m.test(stderr))
          wrong(`it ended with ${status}: ${stdout}${stderr}`);
      }
      const before = copied();
      const trials = endedTrials(before, study);
      if (status === 0 && trials !== endedTrials(whole, study)) wrong(`it ended well with ${trials} trials`);
      const [there, ended] = [trials !== undefined, status === 0];
      const where: FullAt = !there
        ? "creation"
        : last.includes("keep a checkpoint")
          ? "a checkpoint"
          : !ended
            ? "mid-run"
            : tidy(before)
              ? "nowhere"
              : "the end";
      at[where]++;
      // All that is durable is read on the full disk as on another one.
      for (const args of [["list"], ["show", study], ["best", study], ["table", study]]) {
        const [here, elsewhere] = [hpo(...args), await runHere([...args, "--db", before])];
        const told = [here.status, here.stdout, here.stderr].join("\n").replaceAll(disk.folder, path.dirname(before));
        if (told !== [elsewhere.exitCode, elsewhere.stdout, elsewhere.stderr].join("\n")) wrong(`${args.join(" ")} says ${told}`);
        if (there && here.status !== 0 && (args[0] !== "best" || (trials ?? 0) > 0))
          wrong(`${args.join(" ")} ended with ${here.status}: ${here.stderr}`);
      }
      const doctor = hpo("doctor");
      if (
        there &&
        !ended &&
        (doctor.status !== 1 || !noRoom.test(doctor.stdout.replaceAll(/\s+/g, " ")) || doctor.stdout.includes("damage "))
      )
        wrong(`the doctor says ${doctor.stdout}${doctor.stderr}`);
      disk.free();
      const again = run();
      if (again.status !== 0) {
        wrong(`with room again it ended with ${again.status}: ${again.stderr}`);
        continue;
      }
      const after = copied();
      if (databaseAnswers(after, study).join("\n") !== expected.answers) wrong("with room again it has other answers");
      if (filesOf(after) !== expected.files) wrong(`with room again it leaves ${filesOf(after)}`);
      if (there) for (const row of lostRows(databaseRows(before), databaseRows(after))) wrong(`lost: ${row}`);
      for (const one of [before, after]) rmSync(path.dirname(one), { recursive: true });
    }
    return { at, sentences: [...sentences].sort(), problems };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** undefined where the study isn't there. */
function endedTrials(file: string, study: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const aside = path.join(path.dirname(file), "..", "aside");
  mkdirSync(aside, { recursive: true });
  // Whoever reads a database leaves files beside it.
  for (const end of ["", "-wal"]) {
    rmSync(path.join(aside, `hpo.sqlite${end}`), { force: true });
    if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, path.join(aside, `hpo.sqlite${end}`));
  }
  if (statSync(file).size === 0) return undefined;
  try {
    const store = openStore(path.join(aside, "hpo.sqlite"), { readonly: true });
    try {
      return store.header(study) === undefined ? undefined : store.load(study).trials.filter(({ outcome }) => outcome !== null).length;
    } finally {
      store.close();
    }
  } catch (error) {
    if (/is empty; run a study first/.test(String(error))) return undefined;
    throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Its log was taken into the file. */
function tidy(file: string): boolean {
  return !existsSync(`${file}-wal`) || statSync(`${file}-wal`).size === 0;
}

function filesOf(file: string): string {
  const names = readdirSync(path.dirname(file), { recursive: true }) as string[];
  // An empty log and its index may stay where the last to close it was a reader.
  return names
    .filter((name) => !/-(wal|shm)$/.test(name))
    .sort()
    .join(", ");
}
