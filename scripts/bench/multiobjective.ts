// Hypervolume of samplers on problems of two objectives, beside the peers' stored figures.
//
//   npm run bench -- multiobjective [--sampler nsga2] [--problems zdt1,zdt2,zdt1-abs,zdt2-abs] [--trials 200] [--seeds 20] [--lookahead 1,8] [--json]
//
// Figures are described in docs/performance.md.
import { parseArgs } from "node:util";
import { type Point, hypervolume } from "./hypervolume.ts";
import { namedSampler } from "./named-sampler.ts";
import { type PeerQuality, peerQuality } from "./peer-quality.ts";
import { type SuitePair, suitePairs } from "./sampler-suite.ts";
import { readNames, readSearchOptions, searchOptions } from "./search-options.ts";
import { simulateSearch } from "./simulate-search.ts";
import { median, quantile } from "./table-cells.ts";

/** By the names in the stored figures. */
const references: Readonly<Record<string, Point>> = { "(1.1, 1.1)": [1.1, 1.1], "(1.1, 10.0)": [1.1, 10] };
const budgets = [200, 1000];

interface Cell {
  readonly problem: string;
  readonly lookahead: number;
  readonly trials: number;
  readonly reference: string;
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
  /** Medians of the peer's samplers. */
  readonly peers: Readonly<Record<string, number>>;
}

export async function multiobjective(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...searchOptions, problems: { type: "string", default: Object.keys(suitePairs).join(",") } },
  });
  const { lookaheads, say, ...asked } = readSearchOptions(values);
  const problems = readNames("problems", values.problems, suitePairs);
  const peers = peerQuality();
  say(`${asked.sampler}, ${asked.seeds} seeds: median hypervolume [quartiles]`);
  const cells: Cell[] = [];
  for (const problem of problems) {
    for (const lookahead of lookaheads) {
      const { fronts, milliseconds } = searches(problem, { ...asked, lookahead });
      const front = problem.hypervolume === null ? "" : `; the true front has ${problem.hypervolume} at (1.1, 1.1)`;
      say(`${problem.name}, lookahead ${lookahead}: ${milliseconds.toFixed(3)} ms CPU a trial${front}`);
      for (const trials of budgets.filter((budget) => budget <= asked.trials)) {
        for (const reference of Object.keys(references)) {
          const cell = cellOf(problem.name, { lookahead, trials, reference, fronts, peers });
          cells.push(cell);
          say(`  ${lineOf(cell)}`);
        }
      }
    }
  }
  if (values.json) console.log(JSON.stringify({ ...asked, cells }));
}

/** The points of each seed, by trial. */
function searches(
  { space, evaluate }: SuitePair,
  { sampler, trials, seeds, lookahead }: { sampler: string; trials: number; seeds: number; lookahead: number },
): { readonly fronts: readonly (readonly Point[])[]; readonly milliseconds: number } {
  let cpuSeconds = 0;
  const fronts = Array.from({ length: seeds }, (_, seed) => {
    const directions = ["minimize", "minimize"] as const;
    const path = simulateSearch({ sampler: namedSampler(sampler), space, directions, seed, lookahead, trials, evaluate });
    cpuSeconds += path.cpuSeconds;
    return path.values.map(([first = Number.NaN, second = Number.NaN]): Point => [first, second]);
  });
  return { fronts, milliseconds: (1000 * cpuSeconds) / (seeds * trials) };
}

function cellOf(
  problem: string,
  of: {
    readonly lookahead: number;
    readonly trials: number;
    readonly reference: string;
    readonly fronts: readonly (readonly Point[])[];
    readonly peers: PeerQuality | null;
  },
): Cell {
  const { lookahead, trials, reference, fronts, peers } = of;
  const areas = fronts.map((points) => hypervolume(points.slice(0, trials), references[reference] as Point));
  const theirs = Object.entries(peers?.multi[problem] ?? {}).flatMap(([sampler, figures]) => {
    const figure = figures[`hypervolume@${trials} ref ${reference}`];
    return figure === undefined ? [] : [[sampler, figure.median] as const];
  });
  return {
    problem,
    lookahead,
    trials,
    reference,
    median: median(areas),
    q25: quantile(areas, 0.25),
    q75: quantile(areas, 0.75),
    peers: Object.fromEntries(theirs),
  };
}

function lineOf({ trials, reference, median: middle, q25, q75, peers }: Cell): string {
  const theirs = Object.entries(peers).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return [`@${trials} ${reference}  ${middle.toFixed(4)} [${q25.toFixed(4)}, ${q75.toFixed(4)}]`, ...theirs].join("; ");
}
