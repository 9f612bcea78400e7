// The runs of the suite "search": one search, and its figures after so many trials.
import type { Sampler } from "hpo";
import { type Point, hypervolume } from "../bench/hypervolume.ts";
import { hpoTables, type Landscape, normalisedRegret } from "../bench/hpo-tables.ts";
import { namedSampler } from "../bench/named-sampler.ts";
import type { SuiteFunction, SuitePair } from "../bench/sampler-suite.ts";
import { simulateSearch } from "../bench/simulate-search.ts";
import type { Figures } from "./quality-suite.ts";

export interface Search {
  /** As named-sampler.ts reads it. */
  readonly sampler: string;
  readonly lookahead: number;
  readonly trials: number;
}

/** After so many trials figures are taken: enough for a curve over a logarithmic axis. */
export const checkpoints: readonly number[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 70, 80, 90, 100, 110, 125, 140, 160, 180,
  200, 225, 250, 280, 320, 360, 400, 450, 500, 560, 630, 710, 800, 900, 1000,
];

/** By the ends of the stored figures' names. */
export const references: Readonly<Record<string, Point>> = { "(1.1, 1.1)": [1.1, 1.1], "(1.1, 10.0)": [1.1, 10] };

/** Regret: the best value so far over the optimum. */
export function functionRun({ space, evaluate, optimum }: SuiteFunction, search: Search, seed: number): Figures {
  const { best } = simulateSearch({ ...search, sampler: named(search), space, seed, evaluate });
  return figuresAt(search, (trials) => [[String(trials), (best[Math.min(trials, best.length) - 1] ?? Infinity) - optimum]]);
}

/** Hypervolume for both references. */
export function pairRun({ space, evaluate }: SuitePair, search: Search, seed: number): Figures {
  const { values } = simulateSearch({ ...search, sampler: named(search), space, directions: ["minimize", "minimize"], seed, evaluate });
  const points = values.map(([first = Number.NaN, second = Number.NaN]): Point => [first, second]);
  return figuresAt(search, (trials) =>
    Object.entries(references).map(([name, reference]) => [`${trials} ${name}`, hypervolume(points.slice(0, trials), reference)]),
  );
}

/** Normalised regret, the mean over a table's tasks; each task has seeds of its own. */
export function tableRun(table: string, search: Search, seed: number): Figures {
  const landscapes = landscapesOf(table);
  const paths = landscapes.map((landscape, at) => {
    const { space, direction, evaluate } = landscape;
    const path = simulateSearch({ ...search, sampler: named(search), space, directions: [direction], seed: 1000 * at + seed, evaluate });
    return path.best.map((best) => normalisedRegret(landscape, best));
  });
  return figuresAt(search, (trials) => {
    const reached = paths.map((path) => path[Math.min(trials, path.length) - 1] ?? Infinity);
    return [[String(trials), reached.reduce((sum, one) => sum + one, 0) / reached.length]];
  });
}

const tables = new Map<string, readonly Landscape[]>();

function landscapesOf(table: string): readonly Landscape[] {
  const known = tables.get(table) ?? hpoTables[table]?.() ?? [];
  tables.set(table, known);
  return known;
}

function named({ sampler }: Search): Sampler {
  return namedSampler(sampler);
}

function figuresAt({ trials }: Search, of: (trials: number) => readonly (readonly [string, number])[]): Figures {
  return Object.fromEntries(checkpoints.filter((checkpoint) => checkpoint <= trials).flatMap(of));
}
