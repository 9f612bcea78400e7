import { HpoError } from "../core/hpo-error.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import type { Isolation } from "../core/study-spec.ts";
import { accuracyTable } from "../report/accuracy-table.ts";
import { jsonText } from "../report/plain-text.ts";
import { runState, runSummary } from "../report/run-summary.ts";
import { fitsTable } from "../report/table-axes.ts";
import { tableText } from "../report/table-text.ts";
import { bestTrialsText } from "../report/trials-table.ts";
import type { OpenStudyOptions } from "../open-study.ts";
import type { Study } from "../study/study.ts";
import { engine } from "./engine.ts";
import { missesTarget, runExitCode } from "./exit-code.ts";
import { ignoreHangUps, type Interrupts, interrupts } from "./interrupts.ts";
import { dieOf } from "./process-end.ts";
import { defaultReporter, type Reporter, type ReporterName, reporter } from "./reporter.ts";
import { divertStdout, printData, textLayout, wantsColour } from "./terminal.ts";

export interface RunFlags {
  readonly workers?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly isolation?: Isolation;
  /** Bytes. */
  readonly trialMemory?: number;
  readonly trials?: number;
  readonly timeBudget?: number;
  readonly seed?: number;
  readonly db: string;
  readonly fork?: string;
  readonly fresh?: boolean;
  readonly acceptCode?: boolean;
  readonly json?: boolean;
  readonly reporter?: ReporterName;
}

/** `hpo run FILE`: starts or continues a study, prints its result, and says how it ended as the exit code. */
export async function runCommand(file: string, flags: RunFlags): Promise<number> {
  if (flags.isolation === "thread" && flags.trialMemory !== undefined) {
    const why = "since nobody can tell whose memory in one process is whose";
    throw new HpoError("USAGE", `--isolation must be process where --trial-memory is given, ${why}; got thread. Leave it out.`);
  }
  ignoreHangUps();
  const view = reporter(
    flags.reporter ?? defaultReporter(process.stderr, process.env),
    process.stderr,
    wantsColour(process.stderr, process.env),
  );
  const { snapshot, spec, interrupted } = await runStudy(file, flags, view);
  await printData(flags.json === true ? `${jsonText(runSummary(snapshot))}\n` : resultText(snapshot));
  if (missesTarget(snapshot, spec)) view.note(`the best value misses the target of ${spec.target}.`);
  const nestedLeft = spec.nested !== null && snapshot.state === "complete" && snapshot.estimate?.nested === undefined;
  if (nestedLeft && !interrupted) view.note(`nested cross-validation has not ended: its time is over. ${howToGoOn(spec, flags)}`);
  const { by } = snapshot.runs.at(-1)?.end ?? {};
  if (snapshot.state === "stopped" && (by === "time" || by === "cpu")) view.note(`not all trials are done. ${howToGoOn(spec, flags)}`);
  if (interrupted && (snapshot.state !== "complete" || nestedLeft))
    view.note("stopped; all results are stored. The same command continues.");
  return runExitCode(snapshot, spec, interrupted);
}

/** After a budget is spent. One that the study declares is of all its runs together. */
function howToGoOn(spec: Study["spec"], { timeBudget }: RunFlags): string {
  if (timeBudget !== undefined) return "The same command continues.";
  const names = (["timeBudgetSeconds", "cpuBudgetSeconds"] as const).filter((name) => spec[name] !== null);
  if (names.length === 0) return "The same command continues.";
  const own = spec.cpuBudgetSeconds === null ? ", or give a run time of its own with --time-budget" : "";
  return `To continue, raise ${names.join(" or ")} in the study's file, which counts for all runs together${own}.`;
}

async function runStudy(
  file: string,
  flags: RunFlags,
  view: Reporter,
): Promise<{ snapshot: StudySnapshot; spec: Study["spec"]; interrupted: boolean }> {
  const abort = new AbortController();
  let study: Study | null = null;
  let listener: Interrupts | null = null;
  const restoreStdout = divertStdout((text) => view.output(text));
  try {
    view.start(file);
    const opened = await (await engine()).openStudy(file, openOptions(flags));
    study = opened;
    // Only now: until something runs that has to be finished, a signal ends the process, also where a study file computes for long as it is loaded.
    listener = interrupts({
      stop: () => {
        view.message("stopping: running parts are finished and stored first; Ctrl-C again cuts them off.");
        opened.stop();
      },
      abort: () => {
        view.message("cutting off what runs; Ctrl-C again ends at once.");
        abort.abort();
      },
      kill: () => {
        view.end(null);
        dieOf("SIGINT");
      },
    });
    const snapshot = await opened.run({
      ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      ...(flags.memory === undefined ? {} : { memory: flags.memory }),
      ...(flags.isolation === undefined ? {} : { isolation: flags.isolation }),
      ...(flags.trialMemory === undefined ? {} : { trialMemory: flags.trialMemory }),
      signal: abort.signal,
      onProgress: (progress) => view.update(progress),
      progressIntervalMs: view.intervalMs,
      onOutput: (text: string, slot?: number) => view.output(text, slot),
    });
    view.end(runSummary(snapshot, runState(snapshot)));
    return { snapshot, spec: opened.spec, interrupted: listener.count() > 0 };
  } catch (error) {
    view.end(null);
    throw error;
  } finally {
    try {
      await study?.close();
    } finally {
      restoreStdout();
      await listener?.close();
    }
  }
}

function openOptions(flags: RunFlags): OpenStudyOptions {
  return {
    database: flags.db,
    ...(flags.fork === undefined ? {} : { fork: flags.fork }),
    ...(flags.fresh === undefined ? {} : { fresh: flags.fresh }),
    ...(flags.acceptCode === undefined ? {} : { acceptCode: flags.acceptCode }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.trials === undefined ? {} : { trials: flags.trials }),
    ...(flags.timeBudget === undefined ? {} : { timeBudgetSeconds: flags.timeBudget }),
  };
}

/** The table where it shows all that varies, else the best trials. */
function resultText(snapshot: StudySnapshot): string {
  const asTable = snapshot.description.cv !== null && fitsTable(snapshot);
  return asTable ? tableText(snapshot, accuracyTable(snapshot), textLayout()) : bestTrialsText(snapshot, textLayout());
}
