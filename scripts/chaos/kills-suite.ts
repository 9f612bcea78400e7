// Studies of every kind, killed by SIGKILL at instants drawn over the whole life of the process, some of them several times.
//
//   npm run chaos -- kills
//
// Each goes on by the same command, and must end as if nobody had disturbed it: `test/chaos/kill-scenario.ts` says what is compared.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { kindNames } from "../../test/fixtures/any-kind.ts";
import { askedInstant, killInstants, workerInstant } from "../../test/chaos/kill-instants.ts";
import { killAndResume, type Scenario, undisturbed } from "../../test/chaos/kill-scenario.ts";
import type { Manner } from "../../test/chaos/killed-command.ts";
import type { Stage } from "../../test/chaos/left-study.ts";
import { olderDatabases } from "../../test/chaos/takeovers.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

/** Studies at a time: the machine that this must pass on has two cores. */
const atOnce = 2;
const runsOfAll = 324;

/** Kills studies of every kind, run in every manner, beginning with a new database or with one of an older schema. */
export async function killStudies({ scale, seed, say }: ChaosLimits): Promise<ChaosResult> {
  const root = mkdtempSync(path.join(tmpdir(), "hpo-kills-"));
  try {
    return await killed(root, { runs: Math.max(1, Math.round(runsOfAll * scale)), seed, say });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

interface Size {
  readonly runs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

async function killed(root: string, { runs, seed, say }: Size): Promise<ChaosResult> {
  const earlier = await earlierStudy(root);
  const references = new Map<string, ReturnType<typeof undisturbed>>();
  const stages: Record<Stage, number> = {
    "before the first write": 0,
    "before the first result": 0,
    "among results": 0,
    "after the last result": 0,
  };
  const byKind = new Map<string, number>();
  const problems: string[] = [];
  let [done, kills, asked, workersKilled, starts] = [0, 0, 0, 0, 0];

  /** At once, too: what it happened beside is known only now. */
  function found(problem: string): void {
    say(`PROBLEM: ${problem}`);
    problems.push(problem);
  }

  async function run(number: number): Promise<void> {
    const { seeded, ...scenario } = scenarioOf(root, { number, earlier });
    const key = `${scenario.kind}, ${scenario.manner === "ask" ? "ask" : "run"}, ${seeded}`;
    let reference = references.get(key);
    if (reference === undefined) {
      reference = undisturbed({ ...scenario, folder: `${scenario.folder}-undisturbed`, mark: randomUUID() });
      references.set(key, reference);
    }
    const told = `run ${number} (${scenario.kind}, ${scenario.manner}, ${scenario.workers} workers, each a ${scenario.isolation}, ${seeded})`;
    try {
      const expected = await reference;
      const work = [...expected.begun.values()].reduce((sum, count) => sum + count, 0);
      const drawn = seed * 100_003 + number;
      const instants = [...killInstants(drawn, { wallMs: expected.wallMs, work })];
      const ask = askedInstant(drawn, { wallMs: expected.wallMs, work });
      if (scenario.manner === "cli" && number % 2 === 1) instants.splice(number % 4 === 1 ? 0 : instants.length, 0, ask);
      const worker = unretried.has(scenario.kind) ? undefined : workerInstant(drawn, work);
      const ended = await killAndResume(scenario, { instants, worker }, expected);
      for (const stage of ended.kills) stages[stage]++;
      workersKilled += ended.workersKilled;
      kills += ended.kills.length - ended.asked;
      asked += ended.asked;
      starts += ended.starts;
      byKind.set(scenario.kind, (byKind.get(scenario.kind) ?? 0) + ended.kills.length);
      for (const problem of ended.problems) found(`${told}: ${problem}`);
    } catch (error) {
      found(`${told}: ${error instanceof Error ? error.message : String(error)}`);
    }
    done++;
    if (done % 20 === 0) say(`${done} of ${runs} runs, ${kills} kills, ${problems.length} problems`);
  }

  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runs) await run(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return {
    counts: { runs, "coordinators killed": kills, "ended by other signals": asked, "worker processes killed": workersKilled, starts },
    figures: [
      `Kills and signals ${Object.entries(stages)
        .map(([stage, count]) => `${stage}: ${count}`)
        .join(", ")}.`,
      `By kind: ${[...byKind].map(([kind, count]) => `${kind.replaceAll(",", " with")} ${count}`).join(", ")}.`,
    ],
    problems,
  };
}

/** A database with the study that another kind learns from. */
async function earlierStudy(root: string): Promise<string> {
  const database = path.join(root, "earlier.sqlite");
  await undisturbed(
    { folder: path.join(root, "earlier"), kind: "random", manner: "inline", workers: 1, isolation: "thread", mark: randomUUID() },
    database,
  );
  return database;
}

const manners: readonly Manner[] = ["cli", "cli", "run", "cli", "inline", "cli", "ask"];

/** Which study, and how it is run: kinds in turn, so that each comes equally often. */
function scenarioOf(
  root: string,
  { number, earlier }: { readonly number: number; readonly earlier: string },
): Scenario & { readonly seeded: string } {
  const kind = kindNames[number % kindNames.length] ?? "grid";
  const turn = Math.floor(number / kindNames.length);
  const manner = manners[(turn + number) % manners.length] ?? "cli";
  const older = turn % 3 === 2 ? olderDatabases[(turn + number) % olderDatabases.length] : undefined;
  const learns = kind.includes("earlier study");
  return {
    folder: path.join(root, `run-${number}`),
    kind,
    manner: manner === "ask" && foldKinds.has(kind) ? "inline" : manner,
    // Folds of a race that were begun too many are stored, too.
    workers: kind === "racing" ? 1 : 1 + (turn % 2),
    // Three of five, of no kind or manner alone: 5 is prime to how many there are of these.
    isolation: number % 5 < 3 ? "process" : "thread",
    mark: randomUUID(),
    seed: learns ? earlier : older,
    seeded: learns ? "earlier study" : older === undefined ? "new database" : path.basename(older, ".sqlite"),
  };
}

/** Where a killed worker's attempt is the last one, or one of many that fail: it would change the answer. */
const unretried: ReadonlySet<string> = new Set(["population-based", "failures, retries"]);

/** Judged by folds, which nobody can tell. */
const foldKinds: ReadonlySet<string> = new Set(["folds", "racing", "nested", "svm, shared solves", "pipelines, shared prefixes"]);
