// A study that is killed again and again and goes on by the same command, held against one that nobody disturbed.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandEnd, type Instant, type Kills, placed, runKilled, type StudyPlace } from "./killed-command.ts";
import { endProblems, type LeftStudy, leftStudy, repeated, type Stage, type Undisturbed, wholeStudy } from "./left-study.ts";
import { processMark } from "./marked-processes.ts";

const here = path.dirname(fileURLToPath(import.meta.url));

export interface Scenario extends StudyPlace {
  /** A database that is there before the first start, or undefined. */
  readonly seed?: string | undefined;
}

export interface KilledScenario {
  readonly kills: readonly Stage[];
  readonly workersKilled: number;
  readonly starts: number;
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** Runs it once; its database may be kept as `keep`. */
export async function undisturbed(scenario: Scenario, keep?: string): Promise<Undisturbed & { readonly wallMs: number }> {
  prepare(scenario);
  const { begun, wallMs } = await runKilled(scenario);
  const { folder } = scenario;
  if (keep !== undefined) cpSync(placed.database(folder), keep);
  const whole = wholeStudy(folder, begun);
  rmSync(folder, { recursive: true });
  return { ...whole, wallMs };
}

/** Kills it at each of `instants`, one a start, lets it end, and says what is not as it must be. */
export async function killAndResume(
  scenario: Scenario,
  { instants, worker }: { readonly instants: readonly Instant[]; readonly worker?: Kills["worker"] },
  expected: Undisturbed,
): Promise<KilledScenario> {
  const { folder, mark, kind } = scenario;
  prepare(scenario);
  const left: LeftStudy[] = [];
  const problems: string[] = [];
  let [starts, workersKilled] = [0, 0];
  let end: CommandEnd;
  do {
    const committed = left.at(-1)?.committed ?? new Map();
    end = await runKilled(scenario, { coordinator: instants[starts++], worker });
    workersKilled += end.workersKilled;
    // What a killed worker had begun is begun again, once.
    problems.push(...repeated(end.begun, committed, expected.begun).slice(end.workersKilled));
    if (end.killed) left.push(leftStudy(folder, kind));
  } while (end.killed);
  problems.push(...endProblems(folder, left, expected, workersKilled));
  problems.push(...(await processMark(mark).gone()).map((one) => `still runs: ${one}`));
  rmSync(folder, { recursive: true });
  return { kills: left.map(({ stage }) => stage), workersKilled, starts, problems };
}

function prepare({ folder, seed }: Scenario): void {
  mkdirSync(placed.temporary(folder), { recursive: true });
  cpSync(path.join(here, "../fixtures/any-kind.ts"), placed.study(folder));
  if (seed !== undefined) cpSync(seed, placed.database(folder));
}
