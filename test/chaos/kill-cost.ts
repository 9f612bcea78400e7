// What a kill costs: a table killed at commits spread over it and resumed, beside undisturbed runs.
import { rmSync } from "node:fs";
import path from "node:path";
import { medianSorted } from "simple-statistics";
import { databaseAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import { drive } from "./kill-run.ts";

export interface KillCostOptions {
  readonly file: string;
  /** The study's. */
  readonly name: string;
  readonly folder: string;
  readonly kills: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface KillCost {
  readonly commits: number;
  /** CPU seconds, medians: of a killed and resumed table, of an undisturbed one, and of a start that has nothing to do. */
  readonly killed: number;
  readonly undisturbed: number;
  readonly start: number;
  /** Kills after which a table cost more than 1.1 times an undisturbed one and a start. */
  readonly dearer: number;
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** Two processes at a time, undisturbed runs among the others, so that both kinds meet the same machine. */
export async function killCost({ file, name, folder, kills, environment = {} }: KillCostOptions): Promise<KillCost> {
  const first = path.join(folder, "whole.sqlite");
  const common = { file, workers: 1, environment } as const;
  const { commits } = await drive({ ...common, database: first, killAt: 0 });
  const answers = databaseAnswers(first, name).join("\n");
  const last = commits - 5;
  const [killed, undisturbed, starts]: [number[], number[], number[]] = [[], [], []];
  const problems: string[] = [];

  async function killAndResume(kill: number): Promise<void> {
    const killAt = 1 + Math.round((kill * (last - 1)) / (kills - 1));
    const told = (what: string): void => void problems.push(`${name}, killed at commit ${killAt}: ${what}`);
    const database = path.join(folder, `kill-${killAt}.sqlite`);
    const before = await drive({ ...common, database, killAt, when: kill % 2 === 0 ? "after" : "before" });
    if (before.state !== "killed") told(`it was not killed, but ended as ${before.state}`);
    const rows = databaseRows(database);
    const after = await drive({ ...common, database, killAt: 0 });
    if (after.state !== "complete") told(`the second run ended as ${after.state}`);
    for (const row of lostRows(rows, databaseRows(database))) told(`lost ${row.slice(0, 200)}`);
    if (databaseAnswers(database, name).join("\n") !== answers) told("other bits");
    killed.push(before.cpuSeconds + after.cpuSeconds);
    rmSync(database);
  }

  async function runWhole(index: number): Promise<void> {
    const database = path.join(folder, `whole-${index}.sqlite`);
    undisturbed.push((await drive({ ...common, database, killAt: 0 })).cpuSeconds);
    // The same command again has nothing to do but to start: Node, the study, its data, the database.
    starts.push((await drive({ ...common, database, killAt: 0 })).cpuSeconds);
  }

  const jobs = Array.from({ length: kills }, (_, kill) => [
    () => killAndResume(kill),
    ...(kill % 2 === 1 ? [() => runWhole(kill)] : []),
  ]).flat();
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
  };
  await Promise.all([worker(), worker()]);
  const [whole, start] = [median(undisturbed), median(starts)];
  const dearer = killed.filter((cpuSeconds) => cpuSeconds - start > 1.1 * whole).length;
  return { commits, killed: median(killed), undisturbed: whole, start, dearer, problems };
}

function median(values: readonly number[]): number {
  return medianSorted([...values].sort((a, b) => a - b));
}
