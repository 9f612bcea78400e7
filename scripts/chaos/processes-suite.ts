// Slots that are broken in every way, from within and from outside: what threads and processes contain, and what a killed coordinator leaves.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rng } from "hpo";
import { processExecutor } from "#hpo/workers/process-executor";
import { type BreakingRun, databaseOf, filesLeft, type Isolation, startBreaking } from "../../test/chaos/breaking-run.ts";
import { noMarks, type ProcessMark, processMark } from "../../test/chaos/marked-processes.ts";
import { breakNames, threadBreakNames } from "../../test/fixtures/breaks.ts";
import { databaseAnswers } from "../../test/study-answers.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

type Stream = ReturnType<typeof rng>;

interface Tally {
  readonly problems: string[];
  coordinatorKills: number;
  slotKills: number;
  runs: number;
  broken: number;
}

interface Declared {
  readonly name: string;
  readonly file: string;
  readonly trials?: number;
  /** Whether its trials break things. */
  readonly breaks: boolean;
}

const fixture = (name: string): string => fileURLToPath(new URL(`../../test/fixtures/${name}.ts`, import.meta.url));

const studies: readonly Declared[] = [
  { name: "breaking", file: fixture("breaking"), trials: 34, breaks: true },
  { name: "breaking-folds", file: fixture("breaking-folds"), trials: 12, breaks: true },
  { name: "iris-pipeline", file: fixture("iris-pipeline"), breaks: false },
  { name: "iris-race", file: fixture("iris-race"), breaks: false },
  { name: "iris-relay", file: fixture("iris-relay"), breaks: false },
  { name: "training", file: fixture("training"), breaks: false },
];

/** Each study on each kind of slot, many times: broken from within, slots killed from outside, the coordinator killed at random instants. */
export async function breakProcesses({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  if (noMarks !== undefined) return { counts: {}, figures: [], problems: [], skipped: noMarks };
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-break-processes-"));
  const tally: Tally = { problems: [], coordinatorKills: 0, slotKills: 0, runs: 0, broken: 0 };
  const stream = rng(seed).fork("processes");
  try {
    for (const study of studies) {
      const whole = {
        ...study,
        folder: path.join(folder, `${study.name}-whole`),
        isolation: "thread" as const,
        ways: [],
        mark: processMark(),
      };
      const began = performance.now();
      await finish(whole, tally);
      const seconds = (performance.now() - began) / 1000;
      const expected = databaseAnswers(databaseOf(whole), study.name, { surplus: false }).join("\n");
      for (const isolation of ["process", "thread"] as const satisfies readonly Isolation[]) {
        const repeats = Math.max(1, Math.round((study.breaks ? 12 : 10) * scale));
        for (let repeat = 0; repeat < repeats; repeat++) {
          const own = stream.fork(study.name, isolation, repeat);
          const run = disturbedRun(study, { folder: path.join(folder, `${study.name}-${isolation}-${repeat}`), isolation, own });
          await disturbed(run, { stream: own, seconds, tally });
          const same = databaseAnswers(databaseOf(run), study.name, { surplus: false }).join("\n") === expected;
          if (!same) tally.problems.push(`${study.name} on ${isolation}: run ${repeat} has other answers`);
          if (study.breaks) tally.broken += readdirSync(path.join(run.folder, "attempts")).length;
          say(
            `${study.name} on ${isolation} ${repeat + 1}/${repeats}: ${tally.coordinatorKills} coordinators and ${tally.slotKills} slots killed so far`,
          );
          rmSync(run.folder, { recursive: true, force: true });
        }
      }
    }
    const restarts = await restarted(Math.max(10, Math.round(150 * scale)), tally.problems);
    return {
      counts: {
        runs: tally.runs,
        "tasks that broke something": tally.broken,
        "slots killed from outside": tally.slotKills,
        "coordinators killed": tally.coordinatorKills,
        ...restarts.counts,
      },
      figures: restarts.figures,
      problems: tally.problems,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function disturbedRun(
  study: Declared,
  { folder, isolation, own }: { readonly folder: string; readonly isolation: Isolation; readonly own: Stream },
): BreakingRun & Declared {
  const known = isolation === "process" ? breakNames : threadBreakNames;
  // Another way for each trial in each run.
  const ways = study.breaks ? known.map((way) => ({ way, at: own.uniform() })).toSorted((a, b) => a.at - b.at) : [];
  return { ...study, folder, isolation, ways: ways.map(({ way }) => way), mark: processMark(), workers: 1 + own.below(4) };
}

interface Disturbance {
  readonly stream: Stream;
  /** About how long an undisturbed run takes. */
  readonly seconds: number;
  readonly tally: Tally;
}

/** Runs until it ends: up to three coordinators are killed on the way, or up to eight slots. */
async function disturbed(run: BreakingRun, { stream, seconds, tally }: Disturbance): Promise<void> {
  // Deaths of slots cost attempts, of which only these studies have many.
  const slots = run.ways.length > 0 && run.isolation === "process" && stream.uniform() < 0.5;
  for (let kill = 0; kill < (slots ? 0 : 3); kill++) {
    const started = startBreaking(run);
    tally.runs++;
    const timer = setTimeout(started.kill, 1000 * stream.uniform() * 1.5 * seconds);
    const { code, stderr } = await started.ended;
    clearTimeout(timer);
    if (code === null) tally.coordinatorKills++;
    else if (code !== 0) tally.problems.push(`${run.file} ended with ${code}: ${stderr.slice(-500)}`);
    await nothingLeft(run, tally);
    if (code !== null) break;
  }
  await finish(run, tally, slots ? stream : null);
}

/** Runs to the end; with a stream, kills slots on the way. */
async function finish(run: BreakingRun, tally: Tally, stream: Stream | null = null): Promise<void> {
  const started = startBreaking(run);
  tally.runs++;
  let over = false;
  const ended = started.ended.finally(() => (over = true));
  for (let kills = 0; stream !== null && kills < 8 && !over; ) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100 + 400 * stream.uniform()))]);
    const slots = over ? [] : slotsOf(run.mark);
    const one = slots[stream.below(Math.max(1, slots.length))];
    if (one === undefined) continue;
    try {
      process.kill(one, "SIGKILL");
      kills++;
      tally.slotKills++;
    } catch {
      // It has ended by itself.
    }
  }
  const { code, stderr } = await ended;
  if (code !== 0) tally.problems.push(`${run.file} ended with ${code}: ${stderr.slice(-500)}`);
  await nothingLeft(run, tally);
}

async function nothingLeft(run: BreakingRun, { problems }: Tally): Promise<void> {
  const processes = await run.mark.gone();
  if (processes.length > 0) problems.push(`${run.file} on ${run.isolation} left ${processes.join(", ")}`);
  const files = filesLeft(run);
  if (files.length > 0) problems.push(`${run.file} on ${run.isolation} left ${files.join(", ")}`);
}

function slotsOf(mark: ProcessMark): number[] {
  return mark
    .living()
    .filter((one) => /process-entry|hpo slot/.test(one))
    .map((one) => Number.parseInt(one, 10));
}

/** Many slots that die in one coordinator: its open files and memory stay as they are. */
async function restarted(count: number, problems: string[]): Promise<Pick<ChaosResult, "counts" | "figures">> {
  const executor = processExecutor({ slots: 2, onOutput: () => undefined });
  const module = new URL("../../test/workers/tasks/breakers.mjs", import.meta.url).href;
  const task = { key: "k", label: "k", module, export: "kills", input: "SIGSEGV", shared: null, priority: 0, timeoutSeconds: null };
  const files = (): number => readdirSync("/proc/self/fd").length;
  const megabytes = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) / 1024;
  for (let warm = 0; warm < 10; warm++) await executor.run(task);
  const before = { files: files(), megabytes: megabytes() };
  for (let done = 0; done < count; done++) {
    const result = await executor.run(task);
    if (result.ok || result.incident.kind !== "crash") problems.push(`A task that crashes its process ended as ${JSON.stringify(result)}`);
  }
  const after = { files: files(), megabytes: megabytes() };
  await executor.close();
  if (after.files > before.files + 4) problems.push(`${count} slots that died left ${after.files - before.files} open files`);
  const grown = after.megabytes - before.megabytes;
  return {
    counts: { "slots replaced in one coordinator": count },
    figures: [`after ${count} replaced slots: ${after.files - before.files} more open files, ${grown.toFixed(1)} MB more memory`],
  };
}
