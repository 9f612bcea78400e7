// What happens between coordinators of one study, each as a list of what did not hold.
import { openDatabase } from "#hpo/store/sqlite/driver";
import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readStudy } from "hpo";
import { processMark } from "#hpo/store/lease-rule";
import { openStore } from "#hpo/store/open-store";
import { crowd, member, type MemberEnd } from "./crowd.ts";

const fixtures = fileURLToPath(new URL("../store/fixtures", import.meta.url));

/** Databases of every older schema. */
export const olderDatabases: readonly string[] = readdirSync(fixtures)
  .filter((name) => name.endsWith(".sqlite"))
  .map((name) => path.join(fixtures, name));

/** Many processes start one study on a fresh file at the same instant: each runs it, or is told who does. */
export async function startOne(database: string, processes: number): Promise<string[]> {
  const ends = await crowd(Array.from({ length: processes }, () => ({ kind: "start" as const, database, name: "same" })));
  const ran = ends.filter(({ state }) => state === "complete").length;
  const problems = ends.filter(({ state, code }) => state !== "complete" && code !== "STUDY_BUSY").map(told);
  if (ran === 0) return ["no process ran the study", ...problems];
  const { trials, runs } = readStudy("same", { database });
  const rows = trials.map(({ number, state }) => `${number} ${state}`).join(", ");
  if (rows !== "0 complete, 1 complete, 2 complete") problems.push(`other trials are stored: ${rows}`);
  if (runs.length !== ran) problems.push(`${runs.length} runs are stored, ${ran} processes ran`);
  return problems;
}

/** As many start a study each, on a fresh file or on one of an older schema. */
export async function startEach(
  database: string,
  { processes, older }: { readonly processes: number; readonly older?: string },
): Promise<string[]> {
  if (older !== undefined) copyFileSync(older, database);
  const ends = await crowd(Array.from({ length: processes }, (_, at) => ({ kind: "start" as const, database, name: `study ${at}` })));
  return ends.filter(({ state }) => state !== "complete").map(told);
}

/** A second coordinator is told who runs the study; when that one was killed, a third needs nobody's help. */
export async function takeOverKilled(database: string): Promise<string[]> {
  const [first, second, third] = [100, 1, 1].map((seconds) => member({ kind: "hold", database, name: "held", seconds })) as Three;
  await Promise.all([first.ready, second.ready, third.ready]);
  first.go();
  await trialsStored(database, 3);
  second.go();
  const busy = await second.end;
  const problems: string[] = [];
  const who = `is already being run by process ${first.child.pid} on ${os.hostname()} since `;
  if (busy.code !== "STUDY_BUSY" || busy.message?.includes(who) !== true) problems.push(`the second was not told: ${told(busy)}`);
  first.child.kill("SIGKILL");
  await first.end.catch(() => undefined);
  third.go();
  const end = await third.end;
  if (end.state !== "complete") problems.push(`the third could not go on: ${told(end)}`);
  const open = readStudy("held", { database }).trials.filter(({ state }) => state !== "complete");
  if (open.length > 0) problems.push(`${open.length} trials are left`);
  return problems;
}

/**
 * A coordinator was killed, and its pid is another process's now: its study is free at once, also after a restart of the machine, and whatever name that has. A
 * lease of a process that lives is not. undefined where the system does not tell processes with one pid apart.
 */
export async function takeOverReused(database: string): Promise<string[] | undefined> {
  const hold = (seconds: number): Member => member({ kind: "hold", database, name: "held", seconds });
  const first = hold(100);
  // One after the other: processes that start in the same hundredth of a second have one mark, which those with one pid never do.
  await first.ready;
  const living = hold(1);
  await living.ready;
  const mark = processMark(living.child.pid ?? 0);
  first.go();
  await trialsStored(database, 3);
  const dead = processMark(first.child.pid ?? 0);
  first.child.kill("SIGKILL");
  await first.end.catch(() => undefined);
  const rebooted = mark?.replace(/^[^/]+/u, "00000000-0000-4000-8000-000000000000") ?? "";
  const cases = [
    { lease: "of a dead process", process: dead, host: os.hostname(), held: false },
    { lease: "of a dead process on a machine that was renamed", process: dead, host: "before.invalid", held: false },
    { lease: "from before a restart", process: rebooted, host: os.hostname(), held: false },
    { lease: "of a process that lives, and was silent for an hour", process: mark, host: os.hostname(), held: true },
  ];
  const problems: string[] = [];
  const store = openStore(database);
  const db = openDatabase(database);
  try {
    const lease = db.prepare("SELECT * FROM leases").get() as { readonly study: number };
    const put = db.prepare("INSERT OR REPLACE INTO leases VALUES (@study, @holder, @pid, @host, @process, @since, @renewed_at)");
    for (const { lease: what, process: told, host, held } of cases) {
      put.run({ ...lease, pid: living.child.pid, process: told, host, renewed_at: Date.now() - (held ? 3_600_000 : 0) });
      const holder = { id: what, pid: process.pid, host: os.hostname(), since: new Date().toISOString() };
      if ((store.snapshot("held").state === "running") !== held)
        problems.push(`a lease ${what} is shown as if it was ${held ? "free" : "held"}`);
      try {
        store.acquire("held", holder);
        if (held) problems.push(`a lease ${what} was taken over`);
      } catch (error) {
        if (!held) problems.push(`a lease ${what} was not taken over: ${String(error)}`);
      }
      store.release("held", holder.id);
    }
    put.run({ ...lease, pid: process.pid, process: dead, host: os.hostname(), renewed_at: Date.now() });
  } finally {
    db.close();
    store.close();
  }
  // It had the pid, and now takes the study over from a process of this pid.
  living.go();
  const end = await living.end;
  if (end.state !== "complete") problems.push(`the next one could not go on: ${told(end)}`);
  return mark === null ? undefined : problems;
}

/**
 * A coordinator is suspended, as when a machine sleeps, and another one, which can't know whether it lives, takes over. Awake again, it writes no row and
 * says why.
 */
export async function takeOverSuspended(database: string): Promise<string[]> {
  const [first, second, third] = [1000, 1, 1].map((seconds) => member({ kind: "hold", database, name: "held", seconds })) as Three;
  await Promise.all([first.ready, second.ready, third.ready]);
  first.go();
  await trialsStored(database, 3);
  await suspend(first.child.pid ?? 0, database);
  second.go();
  const problems: string[] = [];
  const busy = await second.end;
  if (busy.message?.includes(`it is suspended: let it go on with \`kill -CONT ${first.child.pid}\``) !== true)
    problems.push(`the second was not told: ${told(busy)}`);
  // As if it had been in another container, and silent for a minute.
  const db = openDatabase(database);
  const moved = db.prepare("UPDATE leases SET host = 'elsewhere', process = replace(process, 'pid:', 'pid:x'), renewed_at = ?");
  moved.run(Date.now() - 61_000);
  db.close();
  third.go();
  const end = await third.end;
  if (end.state !== "complete") problems.push(`the third could not take over: ${told(end)}`);
  const stored = JSON.stringify(readStudy("held", { database }));
  first.child.kill("SIGCONT");
  const lost = await first.end;
  if (lost.code !== "STUDY_BUSY" || lost.message?.includes("is no longer this run's: it was silent for so long") !== true)
    problems.push(`the first was not told: ${told(lost)}`);
  if (JSON.stringify(readStudy("held", { database })) !== stored) problems.push("the first has written after it lost the study");
  return problems;
}

/**
 * A coordinator in another container, of whose processes nobody here sees anything, is killed: its study is free when it was silent for a minute, and not
 * before. undefined where no container can be made.
 */
export async function takeOverContainer(database: string): Promise<string[] | undefined> {
  const container = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
  if (spawnSync(container[0] ?? "", [...container.slice(1), "true"]).status !== 0) return undefined;
  const first = member({ kind: "hold", database, name: "held", seconds: 1000, inside: container });
  await first.ready;
  first.go();
  await trialsStored(database, 3);
  first.child.kill("SIGKILL");
  await first.end.catch(() => undefined);
  const problems: string[] = [];
  const began = performance.now();
  let tries = 0;
  for (;;) {
    const next = member({ kind: "hold", database, name: "held", seconds: 1 });
    await next.ready;
    next.go();
    const end = await next.end;
    if (end.state === "complete") break;
    tries++;
    if (end.code !== "STUDY_BUSY") return [`a coordinator beside a dead container was told ${told(end)}`];
    if (performance.now() - began > 300_000) return ["nobody could take over within five minutes"];
    await setTimeout(5000);
  }
  if (tries === 0) problems.push("the study of another container was taken at once");
  if (performance.now() - began < 50_000) problems.push("the study of another container was taken before it was silent for a minute");
  return problems;
}

type Member = ReturnType<typeof member>;
type Three = [Member, Member, Member];

/** A code and a sentence. */
function told({ state, code, message }: MemberEnd): string {
  return `${state ?? code ?? "no code"}: ${message ?? ""}`;
}

async function trialsStored(database: string, count: number): Promise<void> {
  for (;;) {
    try {
      if (readStudy("held", { database }).trials.filter(({ state }) => state === "complete").length >= count) return;
    } catch {
      // It is not there yet.
    }
    await setTimeout(50);
  }
}

/** At an instant in which the process does not hold the file's lock: nobody could take over from it then. */
async function suspend(pid: number, database: string): Promise<void> {
  const db = openDatabase(database, { timeout: 0 });
  for (;;) {
    process.kill(pid, "SIGSTOP");
    await setTimeout(50);
    try {
      db.exec("BEGIN IMMEDIATE; ROLLBACK");
      db.close();
      return;
    } catch {
      process.kill(pid, "SIGCONT");
      await setTimeout(10);
    }
  }
}
