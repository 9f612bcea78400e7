import { describe, expect, it, vi } from "vitest";
import { canonicalJson } from "#hpo/core/json";
import type { Pruner, PrunerView, ReportedTrial } from "#hpo/core/pruner";
import { rng } from "#hpo/math/rng";
import { deepFreeze, expectFrozenData } from "./plain-data.ts";

/** A law of the contract; `check` throws where a pruner breaks it. `factory` makes a fresh pruner each time. */
export interface PrunerLaw {
  readonly name: string;
  /** Holds only for pruners that compare a trial with others. */
  readonly comparing: boolean;
  check(factory: () => Pruner): void;
}

/** Declares the contract's tests for a pruner; `comparing`: it judges a trial by others, not by itself alone. */
export function describePrunerContract(name: string, factory: () => Pruner, { comparing }: { readonly comparing: boolean }): void {
  describe(`${name} keeps the pruner contract`, () => {
    for (const law of prunerLaws) if (comparing || !law.comparing) it(law.name, () => law.check(factory));
  });
}

export const prunerLaws: readonly PrunerLaw[] = [
  {
    name: "says what it is as frozen plain data",
    comparing: false,
    check(factory) {
      const { name, options } = factory();
      expect(name).toMatch(/\S/);
      expect(Object.isFrozen(factory())).toBe(true);
      expectFrozenData(options);
      expect(canonicalJson(factory().options)).toBe(canonicalJson(options));
    },
  },
  {
    name: "gives the same verdicts again, in another process, at another time and with other luck",
    comparing: false,
    check(factory) {
      const first = verdicts(factory(), views());
      expect(first.some((verdict) => verdict === undefined)).toBe(true);
      expect(first.some((verdict) => verdict !== undefined)).toBe(true);
      const pruner = factory();
      verdicts(pruner, views().slice(0, 100));
      expect(verdicts(pruner, views())).toEqual(first);
      expect(verdicts(pruner, views().toReversed()).toReversed()).toEqual(first);
      const stored = JSON.parse(JSON.stringify(views())) as PrunerView[];
      expect(elsewhere(() => verdicts(factory(), stored.map(deepFreeze)))).toEqual(first);
    },
  },
  {
    name: "gives a reason as one line for people, without a full stop",
    comparing: false,
    check(factory) {
      for (const verdict of verdicts(factory(), views())) {
        if (verdict === undefined) continue;
        expect(verdict).toMatch(/^\S.*[^\s.]$/);
        expect(verdict).not.toMatch(/NaN|undefined|null|\n/);
        expect(verdict.length).toBeLessThan(200);
      }
    },
  },
  {
    name: "says the same in the other direction of values turned round",
    comparing: true,
    check(factory) {
      const pruner = factory();
      const stops = (all: readonly PrunerView[]) => verdicts(pruner, all).map((verdict) => verdict !== undefined);
      expect(stops(views().map(turned))).toEqual(stops(views()));
    },
  },
  {
    name: "judges a trial by its own values alone where nothing is visible yet",
    comparing: true,
    check(factory) {
      const alone = views().map((view) => deepFreeze({ ...view, history: [] }));
      expect(verdicts(factory(), alone).every((verdict) => verdict === undefined)).toBe(true);
    },
  },
  {
    name: "does not look at what failed trials are said to have reported, or at trials that reported nothing",
    comparing: true,
    check(factory) {
      const pruner = factory();
      const silent = (number: number): ReportedTrial => ({ number, state: "failed", value: null, steps: [], values: [] });
      // Put where trials were, so that the others keep their numbers.
      const without = views().map((view) => ({
        ...view,
        history: view.history.filter((trial) => trial.state !== "failed"),
      }));
      const padded = without.map((view) => ({ ...view, history: [...view.history, silent(1000)] }));
      expect(verdicts(pruner, padded.map(deepFreeze))).toEqual(verdicts(pruner, without.map(deepFreeze)));
    },
  },
  {
    name: "never stops a trial that is at every step as good as the best visible one",
    comparing: true,
    check(factory) {
      const pruner = factory();
      for (const view of views()) {
        const values = view.steps.map((step, at) => {
          const others = view.history.map((trial) => bestUpTo(trial, step)).filter((value) => value !== undefined);
          return others.length === 0 ? (view.values[at] as number) : others.reduce((a, b) => best(a, b, view.direction));
        });
        expect(pruner.verdict(deepFreeze({ ...view, values })), `trial ${view.number}, step ${view.steps.at(-1)}`).toBeUndefined();
      }
    },
  },
  {
    name: "takes infinities, equal values, unequal steps and histories of failures",
    comparing: false,
    check(factory) {
      const pruner = factory();
      const odd = [Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324];
      for (const direction of ["minimize", "maximize"] as const) {
        for (const value of odd) {
          const history = odd.map((other, number): ReportedTrial => {
            const steps = [number, number + 1, 40];
            return {
              number,
              state: number === 3 ? "pruned" : "complete",
              value: number === 3 ? null : other,
              steps,
              values: [other, value, other],
            };
          });
          for (const past of [
            history,
            history.map((trial) => ({ ...trial, state: "failed" as const, value: null, steps: [], values: [] })),
          ]) {
            const view = { number: 20, direction, steps: [1, 2, 3, 9, 27, 40], values: [value, 0, value, value, 1, value], history: past };
            const verdict = pruner.verdict(deepFreeze(view));
            expect(verdict === undefined || verdict.length > 0).toBe(true);
            expect(verdict ?? "").not.toContain("NaN");
          }
        }
      }
    },
  },
];

let made: readonly PrunerView[] | undefined;

/** Curves of 24 trials at lookahead 3, as they are judged step by step; some trials end early, some fail, some report every other step. */
function views(): readonly PrunerView[] {
  made ??= makeViews();
  return made;
}

function makeViews(): PrunerView[] {
  const trials = Array.from({ length: 24 }, (_, number): ReportedTrial => {
    const stream = rng("pruner contract").fork(number);
    const end = stream.uniform();
    const stride = number % 5 === 2 ? 2 : 1;
    const length = number % 7 === 3 ? 5 : 14;
    const steps = Array.from({ length: Math.ceil(length / stride) }, (_, at) => 1 + at * stride);
    // Rounded, so that some are equal.
    const values = steps.map((step) => Math.round(100 * (end + (1 - end) / step + 0.1 * (stream.uniform() - 0.5))) / 100);
    const state = number % 11 === 6 ? "failed" : number % 7 === 3 ? "pruned" : "complete";
    if (state === "failed") return { number, state, value: null, steps: [], values: [] };
    return { number, state, value: state === "complete" ? (values.at(-1) as number) : null, steps, values };
  });
  return trials.flatMap((trial) =>
    trial.steps.map((step, at) => {
      const history = trials.slice(0, Math.max(0, trial.number - 2)).map((past) => upTo(past, step));
      const { number, steps, values } = trial;
      return deepFreeze<PrunerView>({
        number,
        direction: "minimize",
        steps: steps.slice(0, at + 1),
        values: values.slice(0, at + 1),
        history,
      });
    }),
  );
}

function upTo(trial: ReportedTrial, step: number): ReportedTrial {
  const count = trial.steps.filter((one) => one <= step).length;
  return { ...trial, steps: trial.steps.slice(0, count), values: trial.values.slice(0, count) };
}

function turned(view: PrunerView): PrunerView {
  const turn = (values: readonly number[]): number[] => values.map((value) => -value);
  const history = view.history.map((trial) => ({
    ...trial,
    value: trial.value === null ? null : -trial.value,
    values: turn(trial.values),
  }));
  return deepFreeze({ ...view, direction: "maximize", values: turn(view.values), history });
}

function bestUpTo(trial: ReportedTrial, step: number): number | undefined {
  const seen = trial.values.slice(0, trial.steps.filter((one) => one <= step).length);
  return seen.length === 0 ? undefined : Math.min(...seen);
}

function best(a: number, b: number, direction: PrunerView["direction"]): number {
  return direction === "minimize" ? Math.min(a, b) : Math.max(a, b);
}

function verdicts(pruner: Pruner, all: readonly PrunerView[]): (string | undefined)[] {
  return all.map((view) => pruner.verdict(view));
}

function elsewhere<T>(action: () => T): T {
  vi.useFakeTimers({ now: 4_000_000_000_000, toFake: ["Date", "performance", "hrtime"] });
  const random = vi.spyOn(Math, "random").mockReturnValue(0.123);
  try {
    return action();
  } finally {
    random.mockRestore();
    vi.useRealTimers();
  }
}
