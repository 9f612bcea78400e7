// The suite "racing": replays of searches over the losses that racing-losses.ts keeps. One run of a case is 40 searches of 60 trials, so that 5 seeds are 200 searches.
import { existsSync } from "node:fs";
import path from "node:path";
import type { QualityCase, QualitySuite, QualityTest, SuiteLimits } from "./quality-suite.ts";
import { pairFile, pairNames } from "./racing-losses.ts";
import { type ReplayOptions, readLosses, replayer } from "./racing-replay.ts";

const searches = 40;

/** Of all fits, the most that a search may make: the goal of half of all pairs, and of each pair of these data. */
const most = 0.4;
const mostOf: Readonly<Record<string, number>> = { satellite: 0.3, digits: 0.3 };

export function racingSuite({ trials = 60 }: SuiteLimits = {}): QualitySuite {
  const parts = pairNames.map((pair) => ({ one: caseOf(pair, Math.min(trials, 60)), limit: mostOf[pair.split(" ")[0] ?? ""] }));
  const there = parts.filter(({ one }) => one.lacks === undefined).length;
  return {
    name: "racing",
    sources: ["racing-replay", "racing-suite"].map((file) => `scripts/quality/${file}.ts`),
    cases: parts.map(({ one }) => one),
    tests: parts.flatMap(({ one, limit }): QualityTest[] => [
      // A search misses where it ends with a trial more than a quarter of a standard error worse than the one that all folds would have found.
      { case: one.name, figure: "missed", bar: "stated", kind: "limit", limit: 0.05 },
      { case: one.name, figure: "two workers make more", bar: "stated", kind: "limit", limit: 0.05 },
      { case: one.name, figure: "fits", bar: limit === undefined ? "half of the pairs" : "stated", kind: "limit", limit: limit ?? most },
    ]),
    quotas: [
      {
        name: "pairs that make 40 % of all fits at most",
        cases: parts.map(({ one }) => one.name),
        bar: "half of the pairs",
        atLeast: Math.ceil(parts.filter(({ limit }) => limit === undefined).length / 2),
        of: Math.min(there, parts.filter(({ limit }) => limit === undefined).length),
      },
    ],
    pictures: () => ({}),
  };
}

function caseOf(pair: string, trials: number): QualityCase {
  const file = pairFile(pair);
  const there = existsSync(file);
  return {
    name: pair,
    trials,
    cost: pair.startsWith("satellite") ? 40 : 10,
    better: "lower",
    equalBeyond: null,
    judged: ["fits", "missed"],
    lacks: there
      ? undefined
      : `its losses are not kept yet: npx tsx scripts/quality/racing-losses.ts --pairs ${path.basename(file, ".losses")}`,
    run: (seed) => figures(replayOf(file), seed, trials),
  };
}

type Replay = ReturnType<typeof replayer>;
const replays = new Map<string, Replay>();

function replayOf(file: string): Replay {
  let replay = replays.get(file);
  if (replay === undefined) replays.set(file, (replay = replayer(readLosses(file))));
  return replay;
}

function figures(replay: Replay, seed: number, trials: number): Record<string, number> {
  const share = (options: Partial<ReplayOptions>): { readonly fits: number; readonly missed: number; readonly surplus: number } => {
    let [fits, missed, surplus] = [0, 0, 0];
    for (let search = 0; search < searches; search++) {
      const found = replay(seed * searches + search, { trials, lookahead: 4, workers: 1, manner: "spending", ...options });
      fits += (1 - found.saved) / searches;
      surplus += found.surplus / searches;
      if (!found.sameWinner && found.standardErrorsOff > 0.25) missed += 1 / searches;
    }
    return { fits, missed, surplus };
  };
  const [one, two] = [share({}), share({ workers: 2 })];
  return { fits: one.fits, missed: one.missed, "two workers make more": two.fits - one.fits };
}
