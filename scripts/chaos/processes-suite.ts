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
import { inLanes } from "./in-lanes.ts";

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

const isolations = ["process", "thread"] as const satisfies readonly Isolation[];
/** Of each study on each kind of slot: of those that break things, and of the others. */
const [breakingRuns, wholeRuns] = [12, 8];
const replacedSlots = 60;

/** An undisturbed run of a study. */
interface Reference {
  readonly study: Declared;
  readonly expected: string;
  readonly seconds: number;
}

/**
 * Each study on each kind of slot, many times: broken from within, slots killed from outside, the coordinator killed at random instants. As many runs at a
 * time as there are cores; what they left is found by a mark of each one's own.
 */
export async function breakProcesses({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  if (noMarks !== undefined) return { counts: {}, figures: [], problems: [], skipped: noMarks };
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-break-processes-"));
  const tally: Tally = { problems: [], coordinatorKills: 0, slotKills: 0, runs: 0, broken: 0 };
  const stream = rng(seed).fork("processes");
  try {
    const references = await inLanes(studies, (study) => undisturbed(study, folder, tally));
    const plans = references.flatMap((reference) =>
      isolations.flatMap((isolation) => {
        const repeats = Math.max(1, Math.round((reference.study.breaks ? breakingRuns : wholeRuns) * scale));
        return Array.from({ length: repeats }, (_, repeat) => ({ reference, isolation, repeat }));
      }),
    );
    let done = 0;
    const met = new Set<string>();
    await inLanes(plans, async ({ reference: { study, expected, seconds }, isolation, repeat }) => {
      const own = stream.fork(study.name, isolation, repeat);
      const run = disturbedRun(study, { folder: path.join(folder, `${study.name}-${isolation}-${repeat}`), isolation, own });
      await disturbed(run, { stream: own, seconds, tally });
      if (answersOf(run) !== expected) tally.problems.push(`${study.name} on ${isolation}: run ${repeat} has other answers`);
      const attempts = study.breaks ? readdirSync(path.join(run.folder, "attempts")) : [];
      for (const one of attempts) met.add(`${readFileSync(path.join(run.folder, "attempts", one), "utf8")} on ${isolation}`);
      tally.broken += attempts.length;
      say(`${++done} of ${plans.length} disturbed runs: ${tally.coordinatorKills} coordinators and ${tally.slotKills} slots killed so far`);
      rmSync(run.folder, { recursive: true, force: true });
    });
    const ways = isolations.flatMap((isolation) => waysOf(isolation).map((way) => `${way} on ${isolation}`));
    tally.problems.push(...ways.filter((way) => !met.has(way)).map((way) => `no trial met this way to break things: ${way}`));
    // It measures this process: nothing runs beside it.
    const restarts = await restarted(Math.max(10, Math.round(replacedSlots * scale)), tally.problems);
    return {
      counts: {
        runs: tally.runs,
        "ways to break things": breakNames.length,
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

const waysOf = (isolation: Isolation): readonly string[] => (isolation === "process" ? breakNames : threadBreakNames);

const answersOf = (run: BreakingRun & Declared): string => databaseAnswers(databaseOf(run), run.name, { surplus: false }).join("\n");

async function undisturbed(study: Declared, folder: string, tally: Tally): Promise<Reference> {
  const run = { ...study, folder: path.join(folder, `${study.name}-whole`), isolation: "thread" as const, ways: [], mark: processMark() };
  const began = performance.now();
  await finish(run, tally);
  return { study, seconds: (performance.now() - began) / 1000, expected: answersOf(run) };
}

function disturbedRun(
  study: Declared,
  { folder, isolation, own }: { readonly folder: string; readonly isolation: Isolation; readonly own: Stream },
): BreakingRun & Declared {
  // Another way for each trial in each run.
  const ways = study.breaks
    ? waysOf(isolation)
        .map((way) => ({ way, at: own.uniform() }))
        .toSorted((a, b) => a.at - b.at)
    : [];
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
    await nothingLeft(run, tally, code === null);
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

/** What the next run takes away: the draft of a checkpoint, and the journal of a database that was being made. */
const halfDone = /\.artefacts\/\d+\/[0-9a-f]{64}\.tmp$|^study\.sqlite-journal$/u;

async function nothingLeft(run: BreakingRun, { problems }: Tally, killed = false): Promise<void> {
  const processes = await run.mark.gone();
  if (processes.length > 0) problems.push(`${run.file} on ${run.isolation} left ${processes.join(", ")}`);
  const files = filesLeft(run).filter((file) => !(killed && halfDone.test(file)));
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
