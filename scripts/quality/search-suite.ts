// The suite "search": every sampler on ten functions, on pairs of objectives and on tables of real landscapes. A new sampler is a row of search-rows.ts.
import { peerQuality } from "../bench/peer-quality.ts";
import { suiteFunctions } from "../bench/sampler-suite.ts";
import type { QualityCase, QualitySuite, QualityTest, SuiteLimits } from "./quality-suite.ts";
import { regretPictures } from "./regret-pictures.ts";
import { type SearchRow, searchRows } from "./search-rows.ts";
import { type Ground, type PeerLimit, searchGrounds } from "./search-grounds.ts";

/** What `auto()` was made to reach besides the peers' figures: a limit of the median by case and figure. */
const stated: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "auto on zdt1": { "200 (1.1, 1.1)": 0.4 },
  "auto on zdt2": { "200 (1.1, 1.1)": 0.2 },
  "auto on zdt1-abs": { "200 (1.1, 1.1)": 0.4 },
  "auto on zdt2-abs": { "200 (1.1, 1.1)": 0.2 },
  "auto on svm_grid_50x288": { "25": 0.09, "50": 0.055, "100": 0.036 },
  "auto, lookahead 8 on svm_grid_50x288": { "25": 0.105, "50": 0.055, "100": 0.036 },
};

const sources = [
  ...["simulate-search", "sampler-suite", "hpo-tables", "named-sampler", "hypervolume"].map((file) => `scripts/bench/${file}.ts`),
  ...["search-rows", "search-runs"].map((file) => `scripts/quality/${file}.ts`),
];

/** On functions `auto()` with lookahead 8 reaches at most this times its own regret with lookahead 1. */
const lookaheadFactor = 1.25;

/** The suite, with runs of at most `limits.trials` trials. */
export function searchSuite({ trials = Infinity }: SuiteLimits = {}): QualitySuite {
  const peers = peerQuality();
  const parts = searchGrounds(peers).flatMap((ground) =>
    searchRows
      .filter((row) => row.on === ground.kind)
      .map((row) => {
        const one = caseOf(row, ground, Math.min(row.trials, trials));
        return { case: one, tests: testsOf(row, ground, { one, peersThere: peers !== null }) };
      }),
  );
  return {
    name: "search",
    sources,
    cases: parts.map((part) => part.case),
    tests: parts.flatMap((part) => part.tests),
    quotas: [
      {
        name: "auto() no worse than the best peer on functions",
        cases: Object.keys(suiteFunctions).map((name) => `auto on ${name}`),
        bar: "best peer",
        atLeast: 30,
        of: 40,
      },
    ],
    pictures: (samples) => regretPictures(samples, peers),
  };
}

function caseOf(row: SearchRow, ground: Ground, trials: number): QualityCase {
  const search = { sampler: row.sampler.replace("TRIALS", String(trials)), lookahead: row.lookahead ?? 1, trials };
  return {
    name: `${row.label} on ${ground.name}`,
    trials,
    cost: (ground.tasks * trials * row.milliseconds) / 1000,
    better: ground.better,
    equalBeyond: ground.equalBeyond,
    judged: ground.figures(trials),
    lacks: ground.lacks,
    run: (seed) => ground.run(search, seed),
  };
}

function testsOf(
  row: SearchRow,
  ground: Ground,
  { one, peersThere }: { readonly one: QualityCase; readonly peersThere: boolean },
): readonly QualityTest[] {
  const limits = stated[one.name] ?? {};
  const tests = one.judged.flatMap((figure): readonly QualityTest[] => {
    const about = { case: one.name, figure };
    const limit = limits[figure];
    return [
      peerTest(row, ground, { ...about, peersThere }),
      ...(limit === undefined ? [] : [{ ...about, bar: "stated", kind: "limit" as const, limit }]),
      ...(row.lookahead === undefined || ground.kind !== "function"
        ? []
        : [{ ...about, bar: "lookahead 1", kind: "noWorse" as const, than: `auto on ${ground.name}`, factor: lookaheadFactor }]),
    ];
  });
  const figure = one.judged.at(-1);
  if (row.learns !== true || figure === undefined) return tests;
  return [...tests, { case: one.name, figure, bar: "better than random", kind: "beats", than: `random on ${ground.name}` }];
}

function peerTest(
  row: SearchRow,
  ground: Ground,
  { peersThere, ...about }: { readonly case: string; readonly figure: string; readonly peersThere: boolean },
): QualityTest {
  const bar = row.peer === "best" ? "best peer" : "peer";
  const skip = (reason: string): QualityTest => ({ ...about, bar, kind: "skip", reason });
  if (row.peer === undefined) return skip(row.noPeer ?? "");
  if (!peersThere) return skip("needs ../shared/peers, which is not beside this checkout");
  const better = (a: PeerLimit, b: PeerLimit): boolean => (ground.better === "lower" ? a.median < b.median : a.median > b.median);
  const peer = ground
    .peers(about.figure)
    .filter(({ sampler }) => row.peer === "best" || row.peer === sampler)
    .reduce<PeerLimit | undefined>((best, one) => (best === undefined || better(one, best) ? one : best), undefined);
  if (peer === undefined) return skip("the peers have no figure here");
  return { ...about, bar, kind: "limit", limit: peer.limit };
}
