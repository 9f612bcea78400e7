// What the engine adds to a fit of a cross-validated study.
//
//   npm run bench -- engine [--repeats 5] [--json]
//
// Each repeat runs the study inline in memory, on two threads and inline in SQLite, each in a fresh process (engine-overhead.mjs), then
// scikit-learn's GridSearchCV where it is there. Figures are described in docs/performance.md.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { sharedData } from "../../test/shared-data.ts";
import { root } from "./libsvm-peer.ts";
import { median, readCount } from "./table-cells.ts";

/** Microseconds that a fit costs above the same fits, predictions and scores in a bare loop. */
interface Figure {
  readonly overheadMicroseconds: number;
}

/** One run of `engine-overhead.mjs`. */
interface EngineRun extends Figure {
  readonly fits: number;
  readonly commits: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly bareMs: number;
  readonly cpuOverheadMicroseconds: number;
}

interface EngineFigure extends Figure {
  readonly cpuOverheadMicroseconds: number;
  readonly commits: number;
}

const kinds = ["memory", "threads", "sqlite"] as const;

/** 1000 configurations of a model that costs nothing, ten folds of iris, each a trial of its own: what the engine takes for a fit. */
export async function engine(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { repeats: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
  });
  const repeats = readCount("repeats", values.repeats, 1);
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const runs = new Map<(typeof kinds)[number], EngineRun[]>(kinds.map((kind) => [kind, []]));
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-engine-"));
  const peers: Figure[] = [];
  const script = peerScript(say);
  try {
    // In turn, so that a busy minute falls on all of them.
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const kind of kinds) runs.get(kind)?.push(engineRun(kind, folder));
      if (script !== undefined) peers.push(peerRun(script));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const figures = Object.fromEntries(kinds.map((kind) => [kind, figure(runs.get(kind) ?? [])]));
  for (const [kind, { overheadMicroseconds, cpuOverheadMicroseconds, commits }] of Object.entries(figures)) {
    const measured = kind === "threads" ? "CPU" : "wall";
    say(
      `${kind.padEnd(8)} ${overheadMicroseconds.toFixed(1)} µs of ${measured} a fit above the bare loop (CPU ${cpuOverheadMicroseconds.toFixed(1)} µs), ${commits} commits`,
    );
  }
  const peer =
    peers.length === 0 ? { overheadMicroseconds: null } : { overheadMicroseconds: median(peers.map((one) => one.overheadMicroseconds)) };
  if (peer.overheadMicroseconds !== null) say(`peer     ${peer.overheadMicroseconds.toFixed(1)} µs of CPU (GridSearchCV)`);
  if (values.json) console.log(JSON.stringify({ ...figures, peer }));
}

/** Medians; of `threads` the overhead is CPU, of the others wall. */
function figure(runs: readonly EngineRun[]): EngineFigure {
  const middle = (of: (run: EngineRun) => number): number => median(runs.map(of));
  return {
    overheadMicroseconds: middle((run) => run.overheadMicroseconds),
    cpuOverheadMicroseconds: middle((run) => run.cpuOverheadMicroseconds),
    commits: middle((run) => run.commits),
  };
}

/** A fresh process, on whatever cores there are: two threads need them, and V8's own run beside one. */
function engineRun(kind: string, folder: string): EngineRun {
  return output<EngineRun>(process.execPath, [path.join(root, "scripts/bench/engine-overhead.mjs"), kind, folder]);
}

function peerRun(script: string): Figure {
  const row = output<{ readonly bare_us_per_fit: number; readonly search_us_per_fit: number }>("/usr/bin/python3", [script, "engine"]);
  return { overheadMicroseconds: row.search_us_per_fit - row.bare_us_per_fit };
}

function output<T>(program: string, args: readonly string[]): T {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, OPENBLAS_NUM_THREADS: "1" } });
  if (status !== 0) throw new Error(`bench: ${program} ${args.join(" ")} failed: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** scikit-learn's script, where both are there; undefined (said) elsewhere. */
function peerScript(say: (line: string) => void): string | undefined {
  const script = sharedData("../peers/sklearn_overhead.py");
  const installed = spawnSync("/usr/bin/python3", ["-c", "import sklearn"], { stdio: "ignore" }).status === 0;
  if (script !== undefined && installed) return script;
  say(
    `The peer is left out: ${installed ? "sklearn_overhead.py is not beside the checkout" : "scikit-learn is not installed for /usr/bin/python3"}.`,
  );
  return undefined;
}
