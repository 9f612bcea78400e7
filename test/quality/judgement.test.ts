import { rng } from "hpo";
import { describe, expect, it } from "vitest";
import { judge, type Judgement } from "../../scripts/quality/judgement.ts";
import { judgementLines } from "../../scripts/quality/judgement-lines.ts";
import type { QualityCase, QualityTest, Samples } from "../../scripts/quality/quality-suite.ts";

const one = (name: string, of: Partial<QualityCase> = {}): QualityCase => ({
  name,
  trials: 50,
  cost: 1,
  better: "lower",
  equalBeyond: null,
  judged: ["50"],
  run: () => ({}),
  ...of,
});

/** Twenty regrets of median about `scale`, spread over a factor of four. */
const regrets = (scale: number, key = ""): readonly number[] => {
  const stream = rng("regrets").fork(key);
  return Array.from({ length: 20 }, () => scale * 4 ** (stream.uniform() - 0.5));
};

const samples = (of: Readonly<Record<string, readonly number[]>>): Samples =>
  new Map(Object.entries(of).map(([name, values]) => [name, { "50": values }]));

const limit = (name: string, value: number): QualityTest => ({ case: name, figure: "50", bar: "peer", kind: "limit", limit: value });

const verdicts = ({ tests }: Judgement): readonly string[] => tests.map((test) => `${test.case} ${test.bar}: ${test.verdict}`);

describe("judge()", () => {
  it("refutes what is worse than its record by more than chance, and nothing that is equal or better", () => {
    const cases = ["same", "better", "worse", "new"].map((name) => one(name));
    const record = samples({ same: regrets(1, "r1"), better: regrets(1, "r2"), worse: regrets(1, "r3") });
    const now = samples({ same: regrets(1, "n1"), better: regrets(0.2, "n2"), worse: regrets(3, "n3"), new: regrets(1) });
    const judgement = judge({ cases, tests: [], quotas: [] }, { samples: now, record });
    expect(verdicts(judgement)).toEqual(["same record: ok", "better record: ok", "worse record: FAILED", "new record: skipped"]);
    expect(judgement.failed).toBe(true);
    expect(judgementLines(judgement, { all: false }).join("\n")).toMatch(
      /FAILED {2}worse @50: .*\n[^]*skipped 1: no figure is recorded[^]*FAILED: ok 2/u,
    );
  });

  it("fails at most one night in ten of many equal samplers", () => {
    const names = Array.from({ length: 20 }, (_, at) => `case ${at}`);
    const nights = Array.from({ length: 20 }, (_, night) => {
      const drawn = (when: string): Samples =>
        samples(Object.fromEntries(names.map((name) => [name, regrets(1, `${when} ${night} ${name}`)])));
      return judge({ cases: names.map((name) => one(name)), tests: [], quotas: [] }, { samples: drawn("now"), record: drawn("then") })
        .failed;
    });
    expect(nights.filter(Boolean).length).toBeLessThanOrEqual(2);
  });

  it("holds a median against a limit, calls a miss that chance may have made open, and one that the record has too known", () => {
    const cases = ["holds", "close", "misses", "old miss"].map((name) => one(name, { judged: [] }));
    const tests = cases.map(({ name }) => limit(name, 1));
    // Eleven of twenty above the limit are no proof.
    const close = Array.from({ length: 20 }, (_, at) => (at < 11 ? 1.1 : 0.9));
    const now = samples({ holds: regrets(0.4), close, misses: regrets(3), "old miss": regrets(3) });
    const judgement = judge(
      { cases, tests, quotas: [] },
      { samples: now, record: samples({ "old miss": regrets(3), misses: regrets(0.5) }) },
    );
    expect(verdicts(judgement)).toEqual(["holds peer: ok", "close peer: open", "misses peer: FAILED", "old miss peer: known"]);
  });

  it("takes values beyond a case's own bound for equal, and turns round what is better when higher", () => {
    const tiny = one("tiny", { equalBeyond: 1e-6 });
    const high = one("high", { better: "higher" });
    const tests = [limit("tiny", 1e-9), limit("high", 0.5)];
    const now = samples({ tiny: regrets(1e-8), high: regrets(0.1) });
    const record = samples({ tiny: regrets(1e-12), high: regrets(0.8) });
    const judgement = judge({ cases: [tiny, high], tests, quotas: [] }, { samples: now, record });
    expect(verdicts(judgement)).toEqual(["tiny peer: ok", "high peer: FAILED", "tiny record: ok", "high record: FAILED"]);
  });

  it("asks that one case is shown to be better than another, or no worse than a factor allows", () => {
    const cases = ["good", "alike", "random", "slow"].map((name) => one(name, { judged: [] }));
    const beats = (name: string): QualityTest => ({ case: name, figure: "50", bar: "beats", kind: "beats", than: "random" });
    const within = (name: string, factor: number): QualityTest => ({
      case: name,
      figure: "50",
      bar: `${factor}`,
      kind: "noWorse",
      than: "good",
      factor,
    });
    const tests = [beats("good"), beats("alike"), within("slow", 1.25), within("slow", 4), { ...beats("good"), than: "absent" }];
    const now = samples({ good: regrets(0.3, "g"), alike: regrets(1.1, "a"), random: regrets(1, "r"), slow: regrets(0.9, "s") });
    const judgement = judge({ cases, tests, quotas: [] }, { samples: now, record: new Map() });
    expect(verdicts(judgement)).toEqual([
      "good beats: ok",
      "alike beats: FAILED",
      "slow 1.25: FAILED",
      "slow 4: ok",
      "good beats: skipped",
    ]);
  });

  it("skips with the reason, and counts a quota only when all of it was judged", () => {
    const cases = [one("auto on a", { judged: [] }), one("auto on b", { judged: [], lacks: "needs data" })];
    const tests: QualityTest[] = [
      limit("auto on a", 1),
      limit("auto on b", 1),
      { case: "auto on a", figure: "50", bar: "peer", kind: "skip", reason: "none" },
    ];
    const quota = { name: "most", cases: cases.map(({ name }) => name), bar: "peer", atLeast: 1, of: 1 };
    const bad = { samples: samples({ "auto on a": regrets(3) }), record: samples({ "auto on a": regrets(3) }) };
    const judgement = judge({ cases, tests, quotas: [quota, { ...quota, of: 2 }] }, bad);
    expect(judgement.tests.map(({ reason }) => reason)).toEqual([null, "needs data", "none"]);
    expect(judgement.quotas.map(({ verdict, held }) => [verdict, held])).toEqual([
      ["FAILED", 0],
      ["skipped", 0],
    ]);
    const good = judge({ cases, tests, quotas: [quota] }, { ...bad, samples: samples({ "auto on a": regrets(0.2) }) });
    expect(good.quotas.map(({ verdict }) => verdict)).toEqual(["ok"]);
    expect(good.failed).toBe(false);
  });
});
