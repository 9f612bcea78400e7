// Regret of samplers on the suite of functions, beside the peers' stored figures.
//
//   npm run bench -- samplers [--sampler tpe] [--functions sphere5,branin] [--trials 200] [--seeds 20] [--lookahead 1,8] [--json]
//
// `--sampler` takes what named-sampler.ts reads. Figures are described in docs/performance.md.
import { parseArgs } from "node:util";
import { namedSampler } from "./named-sampler.ts";
import { bestPeer, noWorse, type PeerQuality, peerCells, peerQuality } from "./peer-quality.ts";
import { rangeOf, type SuiteFunction, suiteFunctions } from "./sampler-suite.ts";
import { readNames, readSearchOptions, searchOptions } from "./search-options.ts";
import { simulateSearch } from "./simulate-search.ts";
import { median, quantile } from "./table-cells.ts";

const budgets = [50, 100, 200, 500];

interface Cell {
  readonly function: string;
  readonly lookahead: number;
  readonly trials: number;
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
  /** The peer's sampler of least median, and whether ours is no worse; null where no figure is stored. */
  readonly bestPeer: { readonly sampler: string; readonly median: number; readonly q75: number; readonly seeds: number } | null;
  readonly noWorse: boolean | null;
  /** Medians of all of the peer's samplers. */
  readonly peers: Readonly<Record<string, number>>;
  /** This median over that at the first lookahead, 1 where both are equal by the rule; null at the first. */
  readonly overFirst: number | null;
}

export async function samplers(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...searchOptions, functions: { type: "string", default: Object.keys(suiteFunctions).join(",") } },
  });
  const { lookaheads, say, ...asked } = readSearchOptions(values);
  const functions = readNames("functions", values.functions, suiteFunctions);
  const peers = peerQuality();
  if (peers === null) say("The peers' figures are not there: put ../shared beside the checkout or set HPO_SHARED_DATA.");
  say(`${asked.sampler}, ${asked.seeds} seeds: median regret [quartiles]`);
  const cells: Cell[] = [];
  const searches: { function: string; lookahead: number; cpuMillisecondsPerTrial: number; medianRegrets: readonly number[] }[] = [];
  for (const one of functions) {
    const range = rangeOf(one);
    for (const lookahead of lookaheads) {
      const { regrets, milliseconds } = searchesOf(one, { ...asked, lookahead });
      const here = budgets
        .filter((trials) => trials <= asked.trials)
        .map((trials) => {
          const first = cells.find((cell) => cell.function === one.name && cell.trials === trials) ?? null;
          return cellOf(one, { trials, lookahead, regrets, peers, range, first });
        });
      const medianRegrets = Array.from({ length: asked.trials }, (_, at) => median(reachedBy(regrets, at + 1)));
      searches.push({ function: one.name, lookahead, cpuMillisecondsPerTrial: milliseconds, medianRegrets });
      cells.push(...here);
      say(`${one.name}, lookahead ${lookahead}: ${milliseconds.toFixed(3)} ms CPU a trial for propose and absorb`);
      for (const cell of here) say(`  ${lineOf(cell)}`);
    }
  }
  for (const lookahead of lookaheads) {
    const judged = cells.filter((cell) => cell.lookahead === lookahead && cell.noWorse !== null);
    const compared = cells.filter((cell) => cell.lookahead === lookahead && cell.overFirst !== null);
    const close = compared.filter((cell) => (cell.overFirst as number) <= 1.25);
    const own = compared.length === 0 ? "" : `; within 1.25 × lookahead ${lookaheads[0]} in ${close.length} of ${compared.length}`;
    say(
      `lookahead ${lookahead}: no worse than the best peer in ${judged.filter((cell) => cell.noWorse).length} of ${judged.length} cells${own}`,
    );
  }
  if (values.json) console.log(JSON.stringify({ ...asked, cells, searches }));
}

/** Best-so-far over the optimum, by seed and trial. */
function searchesOf(
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

/** By seed; a sampler that is exhausted earlier keeps what it has. */
function reachedBy(regrets: readonly Float64Array[], trials: number): readonly number[] {
  return regrets.map((path) => path[Math.min(trials, path.length) - 1] ?? Infinity);
}

interface CellParts {
  readonly trials: number;
  readonly lookahead: number;
  readonly regrets: readonly Float64Array[];
  readonly peers: PeerQuality | null;
  readonly range: number;
  /** The cell at the first lookahead. */
  readonly first: Cell | null;
}

function cellOf(one: SuiteFunction, { trials, lookahead, regrets, peers, range, first }: CellParts): Cell {
  const reached = reachedBy(regrets, trials);
  const ours = median(reached);
  const best = bestPeer(peers, one.name, trials);
  const equal = first !== null && Math.max(ours, first.median) < 1e-6 * range;
  return {
    function: one.name,
    lookahead,
    trials,
    median: ours,
    q25: quantile(reached, 0.25),
    q75: quantile(reached, 0.75),
    bestPeer: best === null ? null : { sampler: best.sampler, median: best.median, q75: best.q75, seeds: best.seeds },
    noWorse: best === null ? null : noWorse(ours, best, range),
    peers: Object.fromEntries(peerCells(peers, one.name, trials).map((cell) => [cell.sampler, cell.median])),
    overFirst: first === null ? null : equal ? 1 : ours / first.median,
  };
}

function lineOf(cell: Cell): string {
  const own = cell.overFirst === null ? "" : `  ${cell.overFirst.toFixed(2)} × first`;
  const ours = `@${cell.trials}  ${short(cell.median)} [${short(cell.q25)}, ${short(cell.q75)}]${own}`;
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
