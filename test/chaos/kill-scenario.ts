// A study that is killed again and again and goes on by the same command, held against one that nobody disturbed.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandEnd, type Instant, placed, runKilled, type StudyPlace, type WorkerInstant } from "./killed-command.ts";
import { endProblems, type LeftStudy, leftStudy, repeated, type Stage, stopProblems, type Undisturbed, wholeStudy } from "./left-study.ts";
import { processMark } from "./marked-processes.ts";

const here = path.dirname(fileURLToPath(import.meta.url));

export interface Scenario extends StudyPlace {
  /** A database that is there before the first start, or undefined. */
  readonly seed?: string | undefined;
}

export interface KilledScenario {
  readonly kills: readonly Stage[];
  /** Of these, by exit code 130. */
  readonly stops: number;
  /** Of these, by other signals than SIGKILL. */
  readonly asked: number;
  /** Signals that were sent. */
  readonly signals: number;
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
  { instants, worker }: { readonly instants: readonly Instant[]; readonly worker?: WorkerInstant | undefined },
  expected: Undisturbed,
): Promise<KilledScenario> {
  const { folder, mark, kind } = scenario;
  prepare(scenario);
  const left: LeftStudy[] = [];
  const problems: string[] = [];
  let [starts, stops, asked, signals, workersKilled] = [0, 0, 0, 0, 0];
  let end: CommandEnd;
  do {
    const committed = left.at(-1)?.committed ?? new Map();
    // In later starts at their first piece of work, until one was killed: two kills of one piece would be all of its attempts.
    const first = starts === 0 || worker === undefined ? worker : { ...worker, count: 1 };
    end = await runKilled(scenario, { coordinator: instants[starts++], worker: workersKilled > 0 ? undefined : first });
    workersKilled += end.workersKilled;
    signals += end.sent;
    if (end.killed && instants[starts - 1]?.signals !== undefined) asked++;
    // What a killed worker was at, a piece of work or two that came to it together, is begun again, once.
    problems.push(...repeated(without(end.begun, end.lastOfKilled), committed, expected.begun));
    if (end.killed) left.push(leftStudy(folder, kind));
    if (end.stopped) {
      const cut = end.sent > 1 || end.workersKilled > 0;
      const [begun, now] = [cut ? [] : end.begun, left.at(-1) as LeftStudy];
      problems.push(...stopProblems(folder, { begun, before: committed, now }, expected));
      stops++;
    }
  } while (end.killed);
  problems.push(...endProblems(folder, left, expected, workersKilled));
  problems.push(...(await processMark(mark).gone()).map((one) => `still runs: ${one}`));
  rmSync(folder, { recursive: true });
  return { kills: left.map(({ stage }) => stage), stops, asked, signals, workersKilled, starts, problems };
}

function prepare({ folder, seed }: Scenario): void {
  mkdirSync(placed.temporary(folder), { recursive: true });
  cpSync(path.join(here, "../fixtures/any-kind.ts"), placed.study(folder));
  if (seed !== undefined) cpSync(seed, placed.database(folder));
}

/** Leaves out one of `list` for each of `some`. */
function without(list: readonly string[], some: readonly string[]): string[] {
  const left = [...list];
  for (const one of some) if (left.includes(one)) left.splice(left.indexOf(one), 1);
  return left;
}
