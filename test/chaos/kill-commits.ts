// A study killed by SIGKILL at counted store commits, each time in a process of its own, and resumed in another.
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { databaseAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import { drive } from "./kill-run.ts";

export interface CommitStudy {
  /** Of the study, and of its file among the fixtures. */
  readonly name: string;
  readonly about: string;
  /** The kill falls just before or just after the commit. */
  readonly when: "before" | "after";
}

export const commitStudies: readonly CommitStudy[] = [
  { name: "slow-quadratic", about: "an objective", when: "after" },
  { name: "training", about: "trials that continue others' checkpoints", when: "after" },
  { name: "iris-centroid", about: "a task a fold", when: "after" },
  { name: "iris-race", about: "a race over folds", when: "after" },
  { name: "iris-svm", about: "shared solves", when: "after" },
  { name: "iris-svm", about: "shared solves", when: "before" },
  { name: "iris-relay", about: "parts that pass on what they found", when: "after" },
  { name: "iris-relay", about: "parts that pass on what they found", when: "before" },
];

export interface CommitKills {
  /** Of an undisturbed run. */
  readonly commits: number;
  readonly kills: number;
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** The file of a study among the fixtures. */
export function fixtureFile(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
}

/** Kills it at those of its commits that `chosen` takes, two at a time. */
export async function killAtEachCommit(
  { name, when }: CommitStudy,
  folder: string,
  chosen: (commit: number, commits: number) => boolean = () => true,
): Promise<CommitKills> {
  const file = fixtureFile(name);
  const whole = path.join(folder, `${name}-${when}-whole.sqlite`);
  const undisturbed = await drive({ file, database: whole, workers: 1, killAt: 0 });
  const answers = databaseAnswers(whole, name).join("\n");
  const files = checkpointFiles(whole).join("\n");
  const problems: string[] = [];
  let kills = 0;

  async function killAndResume(killAt: number): Promise<void> {
    const told = (what: string): void => void problems.push(`${name}, killed ${when} commit ${killAt}: ${what}`);
    const database = path.join(folder, `${name}-${when}-${killAt}.sqlite`);
    const first = await drive({ file, database, workers: 1, killAt, when });
    // A tick's rows go into one commit, so the number of commits varies a little from run to run.
    if (first.state === "killed") kills++;
    else if (first.commits >= killAt) told(`the run was not killed, though it made ${first.commits} commits`);
    const before = databaseRows(database);
    const second = await drive({ file, database, workers: 1, killAt: 0 });
    if (second.state !== "complete") told(`the second run ended as ${second.state}`);
    for (const row of lostRows(before, databaseRows(database))) told(`lost ${row.slice(0, 200)}`);
    if (databaseAnswers(database, name).join("\n") !== answers) told("other bits");
    if (checkpointFiles(database).join("\n") !== files) told("other checkpoints");
    rmSync(database);
    rmSync(`${database}.artefacts`, { recursive: true, force: true });
  }

  const commits = Array.from({ length: undisturbed.commits }, (_, at) => at + 1).filter((at) => chosen(at, undisturbed.commits));
  const worker = async (): Promise<void> => {
    for (let killAt = commits.shift(); killAt !== undefined; killAt = commits.shift()) await killAndResume(killAt);
  };
  await Promise.all([worker(), worker()]);
  return { commits: undisturbed.commits, kills, problems };
}

/** What lies beside a database: the checkpoints that its rows name and no more, each named by its bytes. */
function checkpointFiles(database: string): string[] {
  const folder = `${database}.artefacts`;
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
}
