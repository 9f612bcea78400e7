// Records what a study's run does to its disk, cuts the power at moments of it, and says what did not hold. Short and long form share it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStudy, type Rng, rng } from "hpo";
import { openStore } from "#hpo/store/open-store";
import { examineDatabase } from "#hpo/store/sqlite/doctor/examine-database";
import { databaseAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import type { FailingDisk } from "./failing-disk.ts";
import { type Cut, type DiskRecord, diskRecords, RecordedDisk } from "./recorded-disk.ts";

const driver = fileURLToPath(new URL("power-driver.mjs", import.meta.url));

export interface PowerLossResult {
  /** Of the recorded run. */
  readonly syncs: number;
  readonly writes: number;
  /** States of the disk that were opened, and those whose study was continued to its end. */
  readonly states: number;
  readonly resumed: number;
  readonly problems: readonly string[];
}

export interface PowerLossOptions {
  readonly study: string;
  readonly disk: FailingDisk;
  readonly seed: number;
  /** Every so many syncs the power is cut, before and after it and once in between. */
  readonly every: number;
  /** Random states at each of these moments, besides nothing and all of what was not synced. */
  readonly random: number;
  /** Every so many states the study is continued to its end. */
  readonly resumeEvery: number;
}

/** Cuts the power of a recorded run of a fixture's study. */
export async function cutPower({ study, disk, seed, every, random, resumeEvery }: PowerLossOptions): Promise<PowerLossResult> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "hpo-power-")));
  const root = path.join(folder, "disk");
  const file = fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url));
  try {
    mkdirSync(root);
    // A folder of its own: that it is there has to be durable, too.
    const database = path.join(root, "deep", "hpo.sqlite");
    const records = await recorded(disk, { file, database, root, log: path.join(folder, "log") });

    const answers = databaseAnswers(database, study);
    const moments = cutMoments(records, every, rng(seed).fork("moments"));
    const problems: string[] = [];
    let [states, resumed, told] = [0, 0, -1];
    const live = new RecordedDisk(root);
    for (const [index, record] of [...records, { op: "told", text: "" } as const].entries()) {
      if (moments.has(index)) {
        for (const cut of cuts(random, rng(seed).fork("cut", index))) {
          const place = path.join(folder, "cut");
          live.cut(place, cut);
          const resume = states++ % resumeEvery === 0;
          if (resume) resumed++;
          const found = await judged(path.join(place, "deep", "hpo.sqlite"), { file, study, told, resume, answers });
          const when = `${study}, power cut before record ${index} of ${records.length} (${record.op}), ${cut.kind}${cut.kind === "sectors" ? ` of ${cut.sector}` : ""} of the unsynced`;
          problems.push(...found.map((problem) => `${when}: ${problem}`));
        }
      }
      live.take(record);
      if (record.op === "told") for (const line of record.text.split("\n")) if (/^\d+$/.test(line)) told = Number(line);
    }
    const count = (op: DiskRecord["op"]): number => records.filter((record) => record.op === op).length;
    return { syncs: count("sync"), writes: count("write"), states, resumed, problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function recorded(
  disk: FailingDisk,
  { file, database, root, log }: { readonly file: string; readonly database: string; readonly root: string; readonly log: string },
): Promise<DiskRecord[]> {
  const child = spawn(process.execPath, [driver, file, database], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...disk.environment(root, { log }) },
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const records = diskRecords(readFileSync(log));
  const ended = records.some((record) => record.op === "told" && record.text.includes("end"));
  if (code !== 0 || !ended) throw new Error(`The recorded run ended with code ${code}: ${errors}`);
  return records;
}

/** Before every `every`-th sync, after it, and at one record up to the next one. */
function cutMoments(records: readonly DiskRecord[], every: number, random: Rng): Set<number> {
  const syncs = records.flatMap((record, index) => (record.op === "sync" ? [index] : []));
  const moments = new Set<number>([records.length]);
  for (let i = 0; i < syncs.length; i += every) {
    const [at, next] = [syncs[i] as number, syncs[i + 1] ?? records.length];
    for (const moment of [at, at + 1, at + 1 + random.below(Math.max(1, next - at))]) moments.add(moment);
  }
  return moments;
}

function cuts(random: number, stream: Rng): Cut[] {
  const sectors = Array.from(
    { length: random },
    (_, i): Cut => ({ kind: "sectors", sector: i % 2 === 0 ? 512 : 4096, random: stream.fork(i) }),
  );
  return [{ kind: "nothing" }, { kind: "everything" }, ...sectors];
}

interface JudgeOptions {
  readonly file: string;
  readonly study: string;
  /** Trials that were told to be done; −1 before the study was. */
  readonly told: number;
  readonly resume: boolean;
  /** Of the undisturbed run. */
  readonly answers: readonly string[];
}

/** What a cut must leave: a sound database with all that was told, which goes on to the same end. */
async function judged(database: string, { file, study, told, resume, answers }: JudgeOptions): Promise<string[]> {
  const problems: string[] = [];
  try {
    // What the process does first, and whatever continues: it rolls back, or takes over the log.
    const there = existsSync(database) && statSync(database).size > 0;
    if (!there && told >= 0) problems.push("the database is gone");
    if (there) {
      const store = openStore(database);
      const header = store.header(study);
      const ended = header === undefined ? -1 : store.load(study).trials.filter(({ outcome }) => outcome !== null).length;
      store.close();
      if (ended < told) problems.push(`${told} trials were told to be done, ${ended} are stored`);
      problems.push(
        ...examineDatabase(database)
          .findings.filter(({ kind }) => kind === "damage")
          .map(({ text }) => text),
      );
    }
    if (!resume) return problems;
    const before = there ? databaseRows(database) : new Map<string, Set<string>>();
    const open = await openStudy(file, { database });
    const { state } = await open.run({ workers: 1 });
    await open.close();
    if (state !== "complete") problems.push(`continued, it ended as ${state}`);
    if (databaseAnswers(database, study).join("\n") !== answers.join("\n")) problems.push("continued, it has other answers");
    problems.push(...lostRows(before, databaseRows(database)).map((row) => `continued, it lost ${row}`));
  } catch (error) {
    problems.push(error instanceof Error ? String(error.stack).split("\n").slice(0, 4).join(" ") : String(error));
  }
  return problems;
}
