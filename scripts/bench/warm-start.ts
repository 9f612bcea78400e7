// Searches on real landscapes that learn from the studies of the other landscapes of the table, beside the same searches cold.
//
//   npm run bench -- warm-start [--sampler random] [--table svm_grid_50x288] [--tasks 50] [--earlier 49] [--warm 15] [--trials 50] [--seeds 1] [--lookahead 1] [--drawn 0]
//
// An earlier study holds every configuration that the table has for its task or, with --drawn n, n drawn at random. Regret as in `tables`.
import { parseArgs } from "node:util";
import type { Params, Sampler } from "hpo";
import type { EarlierRecord } from "#hpo/core/earlier-study";
import { rng } from "#hpo/math/rng";
import { warmStarted } from "#hpo/samplers/warm-started";
import { gridParams, spaceSize } from "#hpo/space/space-grid";
import { completion } from "#hpo/space/completion";
import { hpoTables, type Landscape, normalisedRegret } from "./hpo-tables.ts";
import { namedSampler } from "./named-sampler.ts";
import { simulateSearch } from "./simulate-search.ts";
import { readCount } from "./table-cells.ts";

const budgets = [1, 5, 10, 15, 25, 50, 100];

export function warmStartTable(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sampler: { type: "string", default: "random" },
      table: { type: "string", default: "svm_grid_50x288" },
      tasks: { type: "string", default: "1000" },
      earlier: { type: "string", default: "1000" },
      warm: { type: "string", default: "15" },
      trials: { type: "string", default: "50" },
      seeds: { type: "string", default: "1" },
      lookahead: { type: "string", default: "1" },
      drawn: { type: "string", default: "0" },
    },
  });
  const read = hpoTables[values.table];
  if (read === undefined) throw new RangeError(`bench: --table must be one of ${Object.keys(hpoTables).join(", ")}; got ${values.table}.`);
  const all = read();
  const landscapes = all.slice(0, readCount("tasks", values.tasks, 1));
  const records = all.map((landscape, at) => recordOf(landscape, at, readCount("drawn", values.drawn, 0)));
  const counts = {
    trials: readCount("trials", values.trials, 1),
    lookahead: readCount("lookahead", values.lookahead, 1),
    seeds: readCount("seeds", values.seeds, 1),
  };
  const most = readCount("earlier", values.earlier, 0);
  const warm = (at: number): readonly EarlierRecord[] => [...records.slice(at + 1), ...records.slice(0, at)].slice(0, most);
  console.log(`${values.table}: ${landscapes.length} tasks × ${counts.seeds} seeds; mean normalised regret, share of runs at the best`);
  console.log(`cold  ${lineOf(landscapes, counts, () => [namedSampler(values.sampler), []])}`);
  console.log(
    `warm  ${lineOf(landscapes, counts, (at) => [warmStarted(readCount("warm", values.warm, 1), namedSampler(values.sampler)), warm(at)])}`,
  );
}

function lineOf(
  landscapes: readonly Landscape[],
  { trials, seeds, lookahead }: { readonly trials: number; readonly seeds: number; readonly lookahead: number },
  make: (at: number) => readonly [Sampler, readonly EarlierRecord[]],
): string {
  let seconds = 0;
  const runs = landscapes.flatMap((landscape, at) =>
    Array.from({ length: seeds }, (_, seed) => {
      const [sampler, earlier] = make(at);
      const { space, direction, evaluate } = landscape;
      const path = simulateSearch({
        sampler,
        space,
        directions: [direction],
        seed: 1000 * at + seed,
        lookahead,
        trials,
        evaluate,
        earlier,
      });
      seconds += path.cpuSeconds;
      return path.best.map((best) => normalisedRegret(landscape, best));
    }),
  );
  const figures = budgets
    .filter((budget) => budget <= trials)
    .map((budget) => {
      const reached = runs.map((path) => path[Math.min(budget, path.length) - 1] ?? Number.NaN);
      const mean = reached.reduce((sum, one) => sum + one, 0) / reached.length;
      return `@${budget} ${mean.toFixed(4)} (${((100 * reached.filter((one) => one === 0).length) / reached.length).toFixed(0)} %)`;
    });
  return `${figures.join("  ")}  ${((1000 * seconds) / (runs.length * trials)).toFixed(2)} ms CPU a trial`;
}

/** A study of a landscape: every cell of a finite space that has a value, or some drawn configurations. */
function recordOf({ name, space, evaluate }: Landscape, at: number, drawn: number): EarlierRecord {
  const size = spaceSize(space);
  const points: readonly Params[] =
    drawn === 0 && size !== null && size <= 20_000
      ? Array.from({ length: size }, (_, cell) => gridParams(space, cell))
      : Array.from({ length: drawn === 0 ? 200 : drawn }, (_, point) => completion(space, {}, rng("earlier").fork(at, point)));
  const trials = points.map((params) => ({ params, values: [evaluate(params)], standardErrors: [null] }));
  return { study: name, trials: trials.filter(({ values: [value] }) => !Number.isNaN(value)) };
}
