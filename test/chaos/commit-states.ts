import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { begunIn, placed } from "./killed-command.ts";
import { endProblems, type LeftStudy, leftStudy, repeated, wholeStudy } from "./left-study.ts";

const program = fileURLToPath(new URL("./commit-states.mjs", import.meta.url));

/** A study, to be left as a kill at its store commits leaves it. */
export interface StateJob {
  /** The study's name. */
  readonly kind: string;
  readonly file: string;
  /** By a worker thread instead of inline. */
  readonly threads: boolean;
  /** Which of its commits: every third, say. */
  readonly every: number;
}

export interface StateEnd {
  readonly kind: string;
  readonly commits: number;
  /** Kills that were tried: before every second of the commits, after the others. */
  readonly states: number;
  readonly problems: readonly string[];
}

/** Runs each study in one process, kills it at its commits, and lets all of that go on in another. */
export async function killAtCommits(root: string, jobs: readonly StateJob[]): Promise<StateEnd[]> {
  const placedJobs = jobs.map((job, index) => {
    const folder = path.join(root, `study-${index}`);
    mkdirSync(folder);
    // A process loads a file but once, and one file is several studies.
    const file = job.threads ? job.file : path.join(mkdtempSync(`${folder}-file-`), "study.ts");
    if (!job.threads) cpSync(job.file, file);
    return { ...job, file, folder, states: [] as string[] };
  });
  const commits = JSON.parse(await run("record", placedJobs)) as number[];
  for (const [index, job] of placedJobs.entries()) {
    for (let commit = 1; commit <= (commits[index] ?? 0); commit += job.every) {
      job.states.push(`${job.folder}-${commit}-${commit % 2 === 0 ? "before" : "after"}`);
    }
  }
  const left = new Map<string, LeftStudy>();
  for (const { kind, states } of placedJobs) for (const state of states) left.set(state, leftStudy(state, kind));
  await run("resume", placedJobs);
  return placedJobs.map(({ kind, folder, states }, index) => {
    const begun = (place: string): string[] => begunIn(placed.log(place));
    const expected = wholeStudy(folder, begun(folder));
    const problems = states.flatMap((state) => {
      const before = left.get(state) as LeftStudy;
      const found = [...endProblems(state, [before], expected), ...repeated(begun(state), before.committed, expected.begun)];
      return found.map((problem) => `${path.basename(state)}: ${problem}`);
    });
    return { kind, commits: commits[index] ?? 0, states: states.length, problems };
  });
}

function run(manner: "record" | "resume", jobs: readonly object[]): Promise<string> {
  const child = spawn(process.execPath, [program, manner, JSON.stringify(jobs)], { stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${manner} ended with ${code}: ${errors}`))));
  });
}
