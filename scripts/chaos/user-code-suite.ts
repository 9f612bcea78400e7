// User code that misbehaves, all ways at once: dealt by the seed into studies of 2 workers, threads and processes in turn.
//
//   npm run chaos -- user-code
//
// Every trial has to be what its way comes to, every other one what it is in a run in which nothing misbehaves; the process ends with 0 and leaves
// nothing. One trial prints a gigabyte. As many studies run at a time as there are cores.
import { rng } from "#hpo/math/rng";
import { expectedOf, wayProblems, waysOf } from "../../test/chaos/user-code/expected-ways.ts";
import { runWays, type WaysOptions, type WaysRun } from "../../test/chaos/user-code/run-ways.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";
import { inLanes } from "./in-lanes.ts";

/** Trials of a study; every second one is well behaved, and one of the others takes the time limit on each attempt. */
const length = 60;
const studies = 24;
const isolations = ["thread", "process"] as const;
/** Far more than any way takes that ends. */
const timeoutSeconds = 20;

const quick = waysOf("throwing", "returning", "dying", "leaving", "patching", "refused", "writing");
const hanging = waysOf("hanging");
const heap = "filling.heap";

interface NamedRun extends WaysOptions {
  readonly name: string;
}

export async function userCodeSuite({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const whole = await runWays({ ways: Array.from({ length }, () => "well"), isolation: "thread", workers: 1 });
  const values = whole.trials.map(({ trial }) => trial.values["value"]?.value ?? Number.NaN);
  const plans = [...specialRuns(), ...dealtRuns(Math.max(2, Math.round(studies * scale)), seed)];
  let [done, wrong] = [0, 0];
  const judged = await inLanes(plans, async (plan) => {
    const run = await runWays(plan);
    const problems = studyProblems(run, values).map((problem) => `${plan.name}: ${problem}`);
    done++;
    wrong += problems.length;
    say(`${plan.name}, ${done} of ${plans.length}: ${wrong} problems so far`);
    return { run, plan, problems };
  });

  const ways = [...quick, ...hanging, heap];
  const missing = isolations.flatMap((isolation) => {
    const met = new Set(judged.flatMap(({ run, plan }) => (plan.isolation === isolation ? run.trials.map(({ way }) => way) : [])));
    return ways.filter((way) => !met.has(way)).map((way) => `${way} was never met in a ${isolation}`);
  });
  const trials = judged.flatMap(({ run }) => run.trials);
  const flood = judged[0]?.run;
  const kept = flood?.trials[1]?.logs.reduce((sum, { head, tail }) => sum + head.length + tail.length, 0);
  return {
    counts: {
      studies: plans.length,
      trials: trials.length,
      "trials that misbehave": trials.filter(({ way }) => way !== "well").length,
      ways: ways.length,
      attempts: trials.reduce((sum, { attempts }) => sum + attempts.length, 0),
    },
    figures: [
      missing.length === 0
        ? "Each way was met in a thread and in a process."
        : `${missing.length} of ${2 * ways.length} ways in a thread or in a process were not met.`,
      `One trial that prints a gigabyte: ${kept} characters are kept of it; the whole process took ${flood?.peakMegabytes} MB at most.`,
    ],
    problems: [...judged.flatMap(({ problems }) => problems), ...(scale >= 1 ? missing : [])],
  };
}

/** The gigabyte first, for it takes longest. */
function specialRuns(): NamedRun[] {
  return [
    { name: "a gigabyte", ways: ["well", "writing.gigabyte", "well"], isolation: "thread", workers: 1, memory: true },
    ...isolations.map((isolation) => ({
      name: `a full heap (${isolation})`,
      ways: ["well", heap, "well"],
      isolation,
      workers: 1,
      ...(isolation === "thread" ? { nodeFlags: ["--max-old-space-size=96"] } : { flags: ["--trial-memory", "300MB"] }),
    })),
  ];
}

/** Studies whose ways are dealt like cards, so that each comes as often as any other, in a thread as in a process. */
function dealtRuns(count: number, seed: number): NamedRun[] {
  const decks = isolations.map((isolation) => ({
    isolation,
    quick: deck(quick, seed, `quick ${isolation}`),
    hanging: deck(hanging, seed, `hanging ${isolation}`),
  }));
  return Array.from({ length: count }, (_, at) => {
    const { isolation, ...own } = decks[at % decks.length] as (typeof decks)[number];
    const late =
      2 *
      rng(seed)
        .fork("late", at)
        .below(length / 2);
    const ways = Array.from({ length }, (_, trial) => (trial % 2 === 1 ? "well" : trial === late ? own.hanging() : own.quick()));
    return { name: `study ${at} (${isolation})`, ways, isolation, workers: 2, timeoutSeconds };
  });
}

/** Deals cards in a drawn order, and when all are dealt, in another. */
function deck(cards: readonly string[], seed: number, name: string): () => string {
  const stream = rng(seed).fork(name);
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = stream.shuffle(cards.map((_, at) => at));
    return cards[left.pop() as number] as string;
  };
}

/** `values`: of the trials of a run in which all are well behaved. */
function studyProblems(run: WaysRun, values: readonly number[]): string[] {
  const failed = run.trials.filter(({ way }) => expectedOf(way).fails !== undefined).length;
  const told = JSON.parse(run.stdout === "" ? "{}" : run.stdout) as { trials?: { failed?: number } };
  return [
    ...run.trials.flatMap((one) => wayProblems(one, values[one.trial.number] as number)),
    ...(run.exitCode === 0 ? [] : [`the command ended with ${run.exitCode}: ${run.stderr.slice(-300)}`]),
    ...(told.trials?.failed === failed ? [] : [`it told of ${told.trials?.failed} failed trials and must tell of ${failed}`]),
    ...run.left.map((left) => `it left ${left}`),
  ];
}
