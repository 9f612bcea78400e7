import { hyperband, median, patience, percentile, type Pruner, successiveHalving, threshold, wilcoxon } from "hpo";
import { describe, expect, it } from "vitest";
import { describePrunerContract, prunerLaws } from "../contract/pruner-contract.ts";

describePrunerContract("median", () => median(), { comparing: true });
describePrunerContract("median, later and seldom", () => median({ startupTrials: 1, warmupSteps: 3, interval: 4 }), { comparing: true });
describePrunerContract("percentile", () => percentile({ percentile: 25 }), { comparing: true });
describePrunerContract("threshold", () => threshold({ upper: 0.8 }), { comparing: false });
describePrunerContract("patience", () => patience({ reports: 4 }), { comparing: false });
describePrunerContract("patience with a rule", () => patience({ reports: 1, rule: median() }), { comparing: true });
describePrunerContract("successiveHalving", () => successiveHalving(), { comparing: true });
describePrunerContract("successiveHalving with an end", () => successiveHalving({ minSteps: 2, factor: 2, maxSteps: 16 }), {
  comparing: true,
});
describePrunerContract("hyperband", () => hyperband({ maxSteps: 27 }), { comparing: true });
describePrunerContract("wilcoxon", () => wilcoxon(), { comparing: true });

/** The median rule with its verdict replaced. */
const spoiled = (verdict: Pruner["verdict"]): Pruner => Object.freeze({ ...median(), verdict });

let calls = 0;

const defects: Readonly<Record<string, readonly [law: string, factory: () => Pruner]>> = {
  "counts its calls": ["gives the same verdicts again", () => spoiled(() => (calls++ % 3 === 0 ? "its turn" : undefined))],
  "draws lots": ["gives the same verdicts again", () => spoiled(() => (Math.random() < 0.5 ? "unlucky" : undefined))],
  "looks at the clock": [
    "gives the same verdicts again",
    () => spoiled((view) => (new Date().getFullYear() > 2090 ? "late" : median().verdict(view))),
  ],
  "turns round what it is shown": [
    "gives the same verdicts again",
    () =>
      spoiled((view) => {
        (view.values as number[]).reverse();
        return median().verdict(view);
      }),
  ],
  "stops without a word": ["gives a reason", () => spoiled((view) => (median().verdict(view) === undefined ? undefined : ""))],
  "ends its reasons with a full stop": [
    "gives a reason",
    () => spoiled((view) => (median().verdict(view) === undefined ? undefined : "It is bad.")),
  ],
  "knows no direction": [
    "says the same in the other direction",
    () => spoiled((view) => median().verdict({ ...view, direction: "minimize" })),
  ],
  "counts trials that said nothing": [
    "does not look at what failed trials",
    () => spoiled((view) => (view.history.length % 2 === 1 ? "odd" : undefined)),
  ],
  "stops what is equal": [
    "never stops a trial that is at every step as good",
    () =>
      spoiled(({ values, history }) =>
        history.some((trial) => trial.values.length > 0 && Math.min(...trial.values) <= Math.min(...values)) ? "not better" : undefined,
      ),
  ],
  "has options that can be changed": ["says what it is", () => Object.freeze({ ...median(), options: { startupTrials: 5 } })],
};

describe("the pruner contract", () => {
  it.each(Object.entries(defects))("rejects a pruner that %s", (_, [wanted, factory]) => {
    const broken = prunerLaws.filter((law) => !holds(() => law.check(factory))).map((law) => law.name);
    expect(
      broken.some((name) => name.startsWith(wanted)),
      `broken: ${broken.join("; ")}`,
    ).toBe(true);
  });
});

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
