// User code that misbehaves, all ways at once: drawn at random into studies of 2 workers, threads and processes in turn.
//
//   npm run chaos -- user-code
//
// Every trial has to be what its way comes to, every other one what it is in a run in which nothing misbehaves; the process ends with 0 and leaves
// nothing. Then a gigabyte is printed by one trial.
import { rng } from "#hpo/math/rng";
import { expectedOf, wayProblems, waysOf } from "../../test/chaos/user-code/expected-ways.ts";
import { runWays, type WaysRun } from "../../test/chaos/user-code/run-ways.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

/** Trials of a study; every second one is well behaved. */
const length = 60;
const studies = 40;
/** Ways that take the time limit are drawn less often. */
const hangingShare = 0.04;

export async function userCodeSuite({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const stream = rng(seed);
  const quick = waysOf("throwing", "returning", "dying", "leaving", "patching", "refused", "writing");
  const hanging = waysOf("hanging");
  const whole = await runWays({ ways: Array.from({ length }, () => "well"), isolation: "thread", workers: 1 });
  const values = whole.trials.map(({ trial }) => trial.values["value"]?.value ?? Number.NaN);
  const counts = { studies: 0, trials: 0, "trials that misbehave": 0, ways: quick.length + hanging.length + 1, attempts: 0 };
  const problems: string[] = [];
  const seen = new Set<string>();

  function judge(run: WaysRun, study: string): void {
    counts.studies++;
    counts.trials += run.trials.length;
    for (const one of run.trials) {
      if (one.way !== "well") {
        counts["trials that misbehave"]++;
        seen.add(one.way);
      }
      counts.attempts += one.attempts.length;
      problems.push(...wayProblems(one, values[one.trial.number] as number).map((problem) => `${study}: ${problem}`));
    }
    const failed = run.trials.filter(({ way }) => expectedOf(way).fails !== undefined).length;
    const told = JSON.parse(run.stdout === "" ? "{}" : run.stdout) as { trials?: { failed?: number } };
    if (run.exitCode !== 0) problems.push(`${study}: the command ended with ${run.exitCode}: ${run.stderr.slice(-300)}`);
    if (told.trials?.failed !== failed)
      problems.push(`${study}: it told of ${told.trials?.failed} failed trials and must tell of ${failed}`);
    problems.push(...run.left.map((left) => `${study}: it left ${left}`));
  }

  const total = Math.max(2, Math.round(studies * scale));
  for (let at = 0; at < total; at++) {
    const draw = stream.fork("study", at);
    const isolation = at % 2 === 0 ? "thread" : "process";
    const ways = Array.from({ length }, (_, trial) => {
      if (trial % 2 === 1) return "well";
      const among = draw.uniform() < hangingShare ? hanging : quick;
      return among[draw.below(among.length)] as string;
    });
    judge(await runWays({ ways, isolation, workers: 2, timeoutSeconds: 20 }), `study ${at} (${isolation})`);
    say(`study ${at + 1} of ${total} (${isolation}): ${problems.length} problems so far`);
  }
  for (const isolation of ["thread", "process"] as const) {
    const ways = ["well", "filling.heap", "well"];
    const limit = isolation === "thread" ? { nodeFlags: ["--max-old-space-size=96"] } : { flags: ["--trial-memory", "300MB"] };
    judge(await runWays({ ways, isolation, workers: 1, ...limit }), `a full heap (${isolation})`);
  }
  const flood = await runWays({ ways: ["well", "writing.gigabyte", "well"], isolation: "thread", workers: 1, memory: true });
  judge(flood, "a gigabyte");
  const figures = [
    `${seen.size} of ${counts.ways} ways were drawn at least once.`,
    `One trial that prints a gigabyte: ${flood.trials[1]?.logs.reduce((sum, { head, tail }) => sum + head.length + tail.length, 0)} characters are kept of it; the whole process took ${flood.peakMegabytes} MB at most.`,
  ];
  return { counts, figures, problems };
}
