// Regret of samplers on the suite of functions, beside the peers' stored figures.
//
//   npm run bench -- samplers [--sampler tpe] [--functions sphere5,branin] [--trials 200] [--seeds 20] [--lookahead 1] [--json]
//
// `--sampler` takes what named-sampler.ts reads; with commas at top level only between options of a call. Figures are described
// in docs/performance.md.
import { parseArgs } from "node:util";
import { namedSampler } from "./named-sampler.ts";
import { bestPeer, noWorse, type PeerQuality, peerCells, peerQuality } from "./peer-quality.ts";
import { rangeOf, type SuiteFunction, suiteFunctions } from "./sampler-suite.ts";
import { simulateSearch } from "./simulate-search.ts";
import { median, quantile, readCount } from "./table-cells.ts";

const budgets = [50, 100, 200, 500];

interface Cell {
  readonly function: string;
  readonly trials: number;
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
  /** The peer's sampler of least median, and whether ours is no worse; null where no figure is stored. */
  readonly bestPeer: { readonly sampler: string; readonly median: number; readonly q75: number; readonly seeds: number } | null;
  readonly noWorse: boolean | null;
  /** Medians of all of the peer's samplers. */
  readonly peers: Readonly<Record<string, number>>;
}

export async function samplers(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sampler: { type: "string", default: "random" },
      functions: { type: "string", default: Object.keys(suiteFunctions).join(",") },
      trials: { type: "string", default: "200" },
      seeds: { type: "string", default: "20" },
      lookahead: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const asked = {
    sampler: values.sampler,
    trials: readCount("trials", values.trials, 1),
    seeds: readCount("seeds", values.seeds, 1),
    lookahead: readCount("lookahead", values.lookahead, 1),
  };
  const functions = values.functions.split(",").map((name) => {
    const one = suiteFunctions[name];
    if (one === undefined) throw new RangeError(`bench: --functions must be of ${Object.keys(suiteFunctions).join(", ")}; got ${name}.`);
    return one;
  });
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const peers = peerQuality();
  if (peers === null) say("The peers' figures are not there: put ../shared beside the checkout or set HPO_SHARED_DATA.");
  say(`${asked.sampler}, ${asked.seeds} seeds, lookahead ${asked.lookahead}: median regret [quartiles]; CPU for propose and absorb`);
  const cells: Cell[] = [];
  const cpu: Record<string, number> = {};
  for (const one of functions) {
    const { regrets, milliseconds } = searches(one, asked);
    const here = budgets.filter((trials) => trials <= asked.trials).map((trials) => cellOf(one, trials, { regrets, peers }));
    cpu[one.name] = milliseconds;
    cells.push(...here);
    say(`${one.name}: ${milliseconds.toFixed(3)} ms CPU a trial`);
    for (const cell of here) say(`  ${lineOf(cell)}`);
  }
  const judged = cells.filter((cell) => cell.noWorse !== null);
  say(`no worse than the best peer in ${judged.filter((cell) => cell.noWorse).length} of ${judged.length} cells`);
  if (values.json) console.log(JSON.stringify({ ...asked, cpuMillisecondsPerTrial: cpu, cells }));
}

/** Best-so-far over the optimum, by seed and trial. */
function searches(
  one: SuiteFunction,
  { sampler, trials, seeds, lookahead }: { sampler: string; trials: number; seeds: number; lookahead: number },
): { readonly regrets: readonly Float64Array[]; readonly milliseconds: number } {
  let cpuSeconds = 0;
  const regrets = Array.from({ length: seeds }, (_, seed) => {
    const { space, evaluate, optimum } = one;
    const path = simulateSearch({ sampler: namedSampler(sampler), space, seed, lookahead, trials, evaluate });
    cpuSeconds += path.cpuSeconds;
    return path.best.map((best) => best - optimum);
  });
  return { regrets, milliseconds: (1000 * cpuSeconds) / (seeds * trials) };
}

function cellOf(
  one: SuiteFunction,
  trials: number,
  { regrets, peers }: { readonly regrets: readonly Float64Array[]; readonly peers: PeerQuality | null },
): Cell {
  // A sampler that is exhausted earlier keeps what it has.
  const reached = regrets.map((path) => path[Math.min(trials, path.length) - 1] ?? Infinity);
  const ours = median(reached);
  const best = bestPeer(peers, one.name, trials);
  return {
    function: one.name,
    trials,
    median: ours,
    q25: quantile(reached, 0.25),
    q75: quantile(reached, 0.75),
    bestPeer: best === null ? null : { sampler: best.sampler, median: best.median, q75: best.q75, seeds: best.seeds },
    noWorse: best === null ? null : noWorse(ours, best, rangeOf(one)),
    peers: Object.fromEntries(peerCells(peers, one.name, trials).map((cell) => [cell.sampler, cell.median])),
  };
}

function lineOf(cell: Cell): string {
  const ours = `@${cell.trials}  ${short(cell.median)} [${short(cell.q25)}, ${short(cell.q75)}]`;
  if (cell.bestPeer === null) return ours;
  const { sampler, median: theirs } = cell.bestPeer;
  const others = Object.entries(cell.peers)
    .filter(([name]) => name !== sampler)
    .map(([name, value]) => `${name} ${short(value)}`);
  return `${ours}  ${cell.noWorse ? "no worse" : "WORSE   "}  best peer ${sampler} ${short(theirs)}; ${others.join(", ")}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
