// What samplers are judged on in the suite "search": functions, pairs of objectives, tables of real landscapes; each with the peers' stored figures.
import { sharedData, sharedDataReason } from "../../test/shared-data.ts";
import { type PeerCell, peerCells, type PeerQuality } from "../bench/peer-quality.ts";
import { rangeOf, type SuiteFunction, type SuitePair, suiteFunctions, suitePairs } from "../bench/sampler-suite.ts";
import { equalFactor } from "./judgement.ts";
import type { QualityCase } from "./quality-suite.ts";
import type { SearchRow } from "./search-rows.ts";
import { functionRun, pairRun, references, type Search, tableRun } from "./search-runs.ts";

/** A sampler of the peers after so many trials. */
export interface PeerLimit {
  readonly sampler: string;
  readonly median: number;
  /** A median of ours at this is no worse. */
  readonly limit: number;
}

export interface Ground extends Pick<QualityCase, "better" | "equalBeyond" | "lacks"> {
  readonly name: string;
  readonly kind: SearchRow["on"];
  /** How many searches one run is. */
  readonly tasks: number;
  /** The judged figures of a search of so many trials. */
  readonly figures: (trials: number) => readonly string[];
  readonly peers: (figure: string) => readonly PeerLimit[];
  readonly run: (search: Search, seed: number) => Readonly<Record<string, number>>;
}

const tableTasks: Readonly<Record<string, number>> = { svm_grid_50x288: 50, nasbench201_3tasks: 3, deepar_lstm_11tasks: 11 };

/** All of them; without `peers` none has a peer's figure. */
export function searchGrounds(peers: PeerQuality | null): readonly Ground[] {
  return [
    ...Object.values(suiteFunctions).map((one) => functionGround(one, peers)),
    ...Object.values(suitePairs).map((one) => pairGround(one, peers)),
    ...Object.entries(tableTasks).map(([table, tasks]) => tableGround(table, tasks, peers)),
  ];
}

/** By function, since 20,000 values each take a moment. */
const ranges = new Map<string, number>();

function functionGround(one: SuiteFunction, peers: PeerQuality | null): Ground {
  const range = ranges.get(one.name) ?? rangeOf(one);
  ranges.set(one.name, range);
  // The rule of peer-quality.ts.
  const equalBeyond = 1e-6 * range;
  return {
    name: one.name,
    kind: "function",
    tasks: 1,
    better: "lower",
    equalBeyond,
    lacks: undefined,
    figures: (trials) => [50, 100, 200, 500].filter((budget) => budget <= trials).map(String),
    peers: (figure) =>
      peerCells(peers, one.name, Number(figure)).map((cell) => ({
        sampler: cell.sampler,
        median: cell.median,
        limit: Math.max(regretLimit(cell), cell.median < equalBeyond ? equalBeyond : 0),
      })),
    run: (search, seed) => functionRun(one, search, seed),
  };
}

/** As `noWorse` of peer-quality.ts: 1.05 times the median, or the upper quartile of fewer than 20 seeds. */
function regretLimit({ median, q75, seeds }: PeerCell): number {
  return Math.max(equalFactor * median, seeds < 20 ? q75 : 0);
}

function pairGround(one: SuitePair, peers: PeerQuality | null): Ground {
  return {
    name: one.name,
    kind: "pair",
    tasks: 1,
    better: "higher",
    equalBeyond: null,
    lacks: undefined,
    figures: (trials) =>
      [100, 200, 1000]
        .filter((budget) => budget <= trials)
        .flatMap((budget) => Object.keys(references).map((reference) => `${budget} ${reference}`)),
    peers: (figure) =>
      Object.entries(peers?.multi[one.name] ?? {}).flatMap(([sampler, cells]) => {
        const cell = cells[`hypervolume@${figure.replace(" ", " ref ")}`];
        return cell === undefined ? [] : [{ sampler, median: cell.median, limit: cell.median / equalFactor }];
      }),
    run: (search, seed) => pairRun(one, search, seed),
  };
}

function tableGround(table: string, tasks: number, peers: PeerQuality | null): Ground {
  return {
    name: table,
    kind: "table",
    tasks,
    better: "lower",
    equalBeyond: null,
    lacks: sharedData(`hpo-tables/${table}.csv.gz`) === undefined ? sharedDataReason : undefined,
    figures: (trials) => [10, 25, 50, 100].filter((budget) => budget <= trials).map(String),
    peers: (figure) =>
      Object.entries(table === "svm_grid_50x288" ? (peers?.svm_grid_50x288.samplers ?? {}) : {}).flatMap(([sampler, cells]) => {
        const regret = cells[`mean normalised regret@${figure}`];
        return regret === undefined ? [] : [{ sampler, median: regret, limit: equalFactor * regret }];
      }),
    run: (search, seed) => tableRun(table, search, seed),
  };
}
