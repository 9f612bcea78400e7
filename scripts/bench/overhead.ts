// What a search costs besides its objective: CPU and memory of each sampler, what durability adds, and how long a large study takes to open.
//
//   npm run bench -- overhead [--samplers random,tpe,gp,cmaes,nsga2] [--repeats 3] [--peer] [--engine] [--json]
//
// Each search runs in a fresh process (sampler-overhead.mjs), pinned to one core where taskset is there; `--peer` runs Optuna's
// sampler after each (needs Optuna for /usr/bin/python3), `--engine` leaves the samplers out. Figures are described in
// docs/performance.md.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import * as hpo from "hpo";
import { sharedData } from "../../test/shared-data.ts";
import { pinnedOutput, root } from "./libsvm-peer.ts";
import { median, readCount } from "./table-cells.ts";

/** Under its short name: the exports that may hold it, the number of trials, and Optuna's name for it. */
const kinds: Readonly<Record<string, { readonly exports: readonly string[]; readonly trials: number; readonly peer: string | null }>> = {
  random: { exports: ["random"], trials: 5000, peer: "random" },
  tpe: { exports: ["tpe"], trials: 5000, peer: "tpe" },
  gp: { exports: ["gp", "gaussianProcess"], trials: 200, peer: null },
  cmaes: { exports: ["cmaes", "cmaEs"], trials: 10_000, peer: "cmaes" },
  nsga2: { exports: ["nsga2", "nsgaII", "nsgaTwo"], trials: 10_000, peer: "nsga2" },
};

/** A figure is null where so many trials were not run. */
interface Overhead {
  readonly cpuSeconds1000: number | null;
  readonly cpuSeconds10000: number | null;
  readonly msAt100: number | null;
  readonly msAt200: number | null;
  readonly msAt1000: number | null;
  readonly msAt5000: number | null;
  readonly peakMegabytes: number | null;
}

interface Durable {
  readonly trials: number;
  readonly commits: number;
  readonly allowedCommits: number;
  readonly fsyncMs: number;
  readonly wallMs: number;
  readonly beyondFsyncMs: number;
  readonly cpuMs: number;
}

interface Resumed {
  readonly trials: number;
  readonly openSeconds: number;
  readonly resumeSeconds: number;
  readonly bestSeconds: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

export async function overhead(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      samplers: { type: "string", default: Object.keys(kinds).join(",") },
      repeats: { type: "string", default: "3" },
      peer: { type: "boolean", default: false },
      engine: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const repeats = readCount("repeats", values.repeats, 1);
  const names = values.engine ? [] : values.samplers.split(",");
  const unknown = names.find((name) => kinds[name] === undefined);
  if (unknown !== undefined) throw new RangeError(`bench: --samplers must be of ${Object.keys(kinds).join(", ")}; got ${unknown}.`);
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const peer = values.peer ? livePeer(say) : undefined;
  const found: Record<string, Overhead | null> = {};
  for (const name of names) found[name] = samplerOverhead(name, { repeats, peer, say });
  const engine = engineOverhead(say);
  // The samplers stand alone in the last line, whoever reads it.
  if (values.json) console.log(`${JSON.stringify(engine)}\n${JSON.stringify(found)}`);
}

/** Medians over the repeats; null where hpo does not export the sampler. */
function samplerOverhead(
  name: string,
  { repeats, peer, say }: { readonly repeats: number; readonly peer: string | undefined; readonly say: (line: string) => void },
): Overhead | null {
  const kind = kinds[name] as (typeof kinds)[string];
  const exported = kind.exports.find((one) => Object.hasOwn(hpo, one));
  if (exported === undefined) {
    say(`${name.padEnd(8)} hpo does not export it`);
    return null;
  }
  const runs: Overhead[] = [];
  const peers: Readonly<Record<string, unknown>>[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    runs.push(child<Overhead>("search", exported, String(kind.trials)));
    if (peer !== undefined && kind.peer !== null) peers.push(JSON.parse(pinnedOutput("/usr/bin/python3", [peer, kind.peer, "1000"])));
  }
  const middle = (key: keyof Overhead): number | null => {
    const given = runs.flatMap((run) => run[key] ?? []);
    return given.length === 0 ? null : median(given);
  };
  const figures: Overhead = {
    cpuSeconds1000: middle("cpuSeconds1000"),
    cpuSeconds10000: middle("cpuSeconds10000"),
    msAt100: middle("msAt100"),
    msAt200: middle("msAt200"),
    msAt1000: middle("msAt1000"),
    msAt5000: middle("msAt5000"),
    peakMegabytes: middle("peakMegabytes"),
  };
  const shown = Object.entries(figures).flatMap(([key, value]) => (value === null ? [] : [`${key} ${Number(value.toPrecision(3))}`]));
  say(`${name.padEnd(8)} ${shown.join(", ")}`);
  if (peers.length > 0) {
    const of = (key: string): number => median(peers.map((row) => Number(row[key])));
    say(
      `${"".padEnd(8)} ${String(peers[0]?.["peer"])}: cpuSeconds1000 ${of("cpu_s")}, msAt100 ${of("ms_per_trial@100")}, msAt1000 ${of("ms_per_trial@1000")}, peakMegabytes ${of("peak_mb")}`,
    );
  }
  return figures;
}

/** What storing costs at the default lookahead, and how long a study of 100,000 trials takes. */
function engineOverhead(say: (line: string) => void): { readonly durable: Readonly<Record<string, Durable>>; readonly resume: Resumed } {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-overhead-"));
  try {
    const durable = child<Record<string, Durable>>("durable", "8", "400", folder);
    for (const [kind, { trials, commits, allowedCommits, fsyncMs, beyondFsyncMs, cpuMs }] of Object.entries(durable)) {
      say(
        `durable  ${kind}: ${commits} commits for ${trials} trials (trials / lookahead + 2 = ${allowedCommits}), ${beyondFsyncMs.toFixed(3)} ms a trial beyond commits × fsync (${fsyncMs.toFixed(2)} ms), ${cpuMs.toFixed(3)} ms CPU a trial`,
      );
    }
    child("fill", "100000", folder);
    const resume = child<Resumed>("resume", "100000", folder);
    say(
      `resume   ${resume.trials} trials: open ${resume.openSeconds.toFixed(2)} s, resume ${resume.resumeSeconds.toFixed(2)} s, list best ${resume.bestSeconds.toFixed(2)} s, ${resume.peakMegabytes.toFixed(0)} MB`,
    );
    return { durable, resume };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Optuna's script, where Optuna is installed; undefined (said) elsewhere. */
function livePeer(say: (line: string) => void): string | undefined {
  const script = sharedData("../peers/optuna_overhead.py");
  const installed = spawnSync("/usr/bin/python3", ["-c", "import optuna"], { stdio: "ignore" }).status === 0;
  if (script !== undefined && installed) return script;
  say(
    `The peer is left out: ${installed ? "optuna_overhead.py is not beside the checkout" : "Optuna is not installed for /usr/bin/python3"}.`,
  );
  return undefined;
}

function child<T>(...args: readonly string[]): T {
  return JSON.parse(pinnedOutput(process.execPath, [path.join(root, "scripts/bench/sampler-overhead.mjs"), ...args])) as T;
}
