// Searches on real landscapes: how far from the best configuration, and how often at it, beside the peers' stored figures.
//
//   npm run bench -- tables [--sampler tpe] [--table svm_grid_50x288] [--tasks 50] [--trials 100] [--seeds 10] [--lookahead 1,8] [--same-seeds] [--json]
//
// Tables are those of hpo-tables.ts. Each task has seeds of its own unless --same-seeds is given: a sampler's first trials
// are the same for one seed on every task, so ten seeds for all of them leave a standard error of 0.025 at ten trials.
// Figures are described in docs/performance.md.
import { parseArgs } from "node:util";
import type { Sampler } from "hpo";
import { hpoTables, type Landscape, normalisedRegret } from "./hpo-tables.ts";
import { namedSampler } from "./named-sampler.ts";
import { peerQuality } from "./peer-quality.ts";
import { readSearchOptions, searchOptions } from "./search-options.ts";
import { simulateSearch } from "./simulate-search.ts";
import { readCount } from "./table-cells.ts";

const budgets = [10, 25, 50, 100];

interface Asked {
  readonly sampler: string;
  readonly table: string;
  readonly trials: number;
  readonly seeds: number;
  /** Give every task the same seeds 0 … as the peers had, instead of seeds of its own. */
  readonly sameSeeds: boolean;
}

interface Cell {
  readonly lookahead: number;
  readonly trials: number;
  /** Mean over tasks of the mean over seeds. */
  readonly regret: number;
  /** Share of runs at the best configuration. */
  readonly atBest: number;
  /** By the peer's sampler; the peers run one trial at a time. */
  readonly peers: Readonly<Record<string, { readonly regret: number; readonly atBest: number }>>;
}

export async function tables(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...searchOptions,
      table: { type: "string", default: "svm_grid_50x288" },
      tasks: { type: "string" },
      trials: { type: "string", default: "100" },
      seeds: { type: "string", default: "10" },
      lookahead: { type: "string", default: "1,8" },
      "same-seeds": { type: "boolean", default: false },
    },
  });
  const read = hpoTables[values.table];
  if (read === undefined) throw new RangeError(`bench: --table must be one of ${Object.keys(hpoTables).join(", ")}; got ${values.table}.`);
  const { lookaheads, say, ...search } = readSearchOptions(values);
  const asked = { ...search, table: values.table, sameSeeds: values["same-seeds"] };
  const all = read();
  const landscapes = all.slice(0, values.tasks === undefined ? all.length : readCount("tasks", values.tasks, 1));
  say(
    `${asked.sampler} on ${asked.table}: ${landscapes.length} tasks × ${asked.seeds} seeds; mean normalised regret, share of runs at the best`,
  );
  const cells: Cell[] = [];
  for (const lookahead of lookaheads) {
    const here = cellsOf(landscapes, { ...asked, lookahead });
    say(`lookahead ${lookahead}: ${here.milliseconds.toFixed(3)} ms CPU a trial`);
    for (const cell of here.cells) say(`  ${lineOf(cell)}`);
    cells.push(...here.cells);
  }
  if (values.json) console.log(JSON.stringify({ ...asked, tasks: landscapes.length, cells }));
}

function cellsOf(
  landscapes: readonly Landscape[],
  asked: Asked & { readonly lookahead: number },
): { cells: readonly Cell[]; milliseconds: number } {
  const { trials, seeds, lookahead } = asked;
  let cpuSeconds = 0;
  // The runs of all landscapes weigh alike, which is the mean over data sets of the mean over seeds.
  const runs = landscapes.flatMap((landscape, at) => {
    const firstSeed = asked.sameSeeds ? 0 : 1000 * at;
    return Array.from({ length: seeds }, (_, seed) => {
      const { space, direction, evaluate } = landscape;
      const sampler = samplerOf(landscape, asked);
      const path = simulateSearch({ sampler, space, directions: [direction], seed: firstSeed + seed, lookahead, trials, evaluate });
      cpuSeconds += path.cpuSeconds;
      return path.best.map((best) => normalisedRegret(landscape, best));
    });
  });
  const cells = budgets
    .filter((budget) => budget <= trials)
    .map((budget) => {
      const reached = runs.map((path) => path[Math.min(budget, path.length) - 1] ?? Number.NaN);
      return {
        lookahead,
        trials: budget,
        regret: reached.reduce((sum, one) => sum + one, 0) / reached.length,
        atBest: reached.filter((one) => one === 0).length / reached.length,
        peers: peerFigures(asked.table, budget),
      };
    });
  return { cells, milliseconds: (1000 * cpuSeconds) / (runs.length * trials) };
}

/** The sampler for one landscape, cold. A search warm-started from the other landscapes' studies begins here. */
function samplerOf(_landscape: Landscape, { sampler }: Asked): Sampler {
  return namedSampler(sampler);
}

function peerFigures(table: string, budget: number): Cell["peers"] {
  if (table !== "svm_grid_50x288") return {};
  const entries = Object.entries(peerQuality()?.svm_grid_50x288.samplers ?? {}).flatMap(([name, figures]) => {
    const regret = figures[`mean normalised regret@${budget}`];
    const atBest = figures[`share of runs at the best cell@${budget}`];
    return regret === undefined || atBest === undefined ? [] : [[name, { regret, atBest }] as const];
  });
  return Object.fromEntries(entries);
}

function lineOf({ trials, regret, atBest, peers }: Cell): string {
  const show = (one: { readonly regret: number; readonly atBest: number }): string =>
    `${one.regret.toFixed(4)} (${(100 * one.atBest).toFixed(1)} %)`;
  const theirs = Object.entries(peers).map(([name, one]) => `${name} ${show(one)}`);
  return [`@${trials}  ${show({ regret, atBest })}`, ...theirs].join("; ");
}
