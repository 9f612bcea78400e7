import fc from "fast-check";
import * as hpo from "hpo";
import { type Rng, rng } from "#hpo/math/rng";
import { type Call, estimators, metrics, parameters, pruners, samplers, splitters, transformers } from "./declared-parts.ts";
import { oddValue } from "./odd-values.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface OptionsCase {
  readonly seed: number;
  /** Of a declaration's members or of those of its parts: which one, and what stands there in place of it. */
  readonly changes: readonly (readonly [place: number, value: unknown])[];
}

const pick = <T>(random: Rng, list: readonly T[]): T => list[random.below(list.length)] as T;

const rows = 12;
const list = <T>(of: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => of(row));
const data = hpo.inMemory({
  name: "few",
  features: list((row) => [row % 5, (row * 7) % 11, row % 3]),
  target: list((row) => (row % 2 === 0 ? "a" : "b")),
  weight: list((row) => 1 + (row % 2)),
  group: list((row) => `g${row % 4}`),
  fold: list((row) => row % 2),
  time: list((row) => row),
  coordinates: [list((row) => row), list((row) => (row * row) % 7)],
});

/** Puts an odd value somewhere into an object of objects, its own copy: as a member, in place of one, or in place of a whole. */
function spoilt(value: unknown, place: number, odd: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth > 3 || place % 7 === 0) return odd;
  if (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value)) return odd;
  const keys = Object.keys(value);
  const key = keys[place % Math.max(1, keys.length)];
  const next = Math.floor(place / Math.max(1, keys.length));
  if (key === undefined || place % 11 === 0) return Array.isArray(value) ? [...value, odd] : { ...value, x: odd };
  const inner = spoilt((value as Record<string, unknown>)[key], next, odd, depth + 1);
  if (Array.isArray(value)) return value.map((one: unknown, at) => (String(at) === key ? inner : one));
  if (place % 13 === 0) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return { ...value, [key]: inner };
}

/** Calls a factory, with some of its arguments spoilt. */
function made(one: Call, change: readonly [number, unknown] | undefined): unknown {
  const [make, ...args] = one;
  return make(...((change === undefined ? args : spoiltList(args, change)) as never[]));
}

function spoiltList(args: readonly unknown[], [place, odd]: readonly [number, unknown]): readonly unknown[] {
  if (args.length === 0) return [odd];
  const at = place % args.length;
  return args.map((one, index) => (index === at ? spoilt(one, Math.floor(place / args.length) + 1, odd) : one));
}

interface Declared {
  readonly definition: Record<string, unknown>;
  readonly model: boolean;
}

function declared({ seed, changes }: OptionsCase): Declared {
  const random = rng(seed);
  const left = [...changes];
  /** The next change, now and then, for this part. */
  const change = (): readonly [number, unknown] | undefined => (left.length > 0 && random.below(6) === 0 ? left.pop() : undefined);
  const part = (of: readonly (() => Call)[]): unknown => made(pick(random, of)(), change());
  const space: Record<string, unknown> = { x: hpo.float(0, 1), n: hpo.int(1, 5), k: hpo.choice(["a", "b"]) };
  if (random.below(2) === 0) space[pick(random, ["z", "x", "é", "a b"])] = part(parameters);
  const model = random.below(2) === 0;
  const estimator = part(estimators);
  const steps = random.below(3) === 0 ? [part(transformers)] : [];
  const maybe = (name: string, value: unknown, rare = 5): object => (random.below(rare) === 0 ? { [name]: value } : {});
  const common = {
    name: pick(random, ["study", "é", "a b", "__proto__", "x/y"]),
    space,
    trials: 2 + random.below(4),
    ...maybe("sampler", part(samplers), 2),
    ...maybe("forbid", [{ k: "a", n: { min: 4 } }]),
    ...maybe("limits", [{ sum: { x: 1, n: 2 }, max: 9 }]),
    ...maybe("enqueue", [{ x: 0.5, k: "b" }, {}]),
    ...maybe("seed", random.below(9)),
    ...maybe("lookahead", 1 + random.below(4)),
    ...maybe("retries", random.below(2)),
    ...maybe("target", 0.5),
    ...maybe("staleTrials", 3),
    ...maybe("timeBudgetSeconds", 100),
    ...maybe("cpuBudgetSeconds", 100),
    ...maybe("timeoutSeconds", 100),
    ...maybe("stopAtNoise", { minTrials: 3 }, 9),
    ...maybe("warmStart", { from: [hpo.fromStudy("earlier", { assume: { k: "a" } })], trials: 2 }, 30),
  };
  const metric = part(metrics);
  const definition: Record<string, unknown> = model
    ? {
        ...common,
        data,
        cv: part(splitters),
        metrics: { first: metric, ...maybe("second", hpo.accuracy()) },
        model: steps.length === 0 ? () => estimator : () => hpo.pipeline(...(steps as []), estimator as never),
        ...maybe("race", pick(random, [true, false, "exact"])),
        ...maybe("select", "simplest-within-one-se", 9),
        ...maybe("simplicity", [{ parameter: "x", simpler: "smaller" }], 9),
        ...maybe("keepPredictions", random.below(2) === 0),
        ...maybe("nested", { outer: hpo.kFold({ folds: 2 }) }, 20),
      }
    : {
        ...common,
        objective: ({ params }: { params: { x: number; n: number } }) => ({ value: params.x + params.n, cost: params.n }),
        metrics: { value: "minimize", cost: "maximize" },
        ...maybe("objectives", pick(random, [["value"], ["value", "cost"]]), 3),
        ...maybe("constraints", { cost: { max: 4 } }),
        ...maybe("pruner", part(pruners), 3),
        ...maybe("checkpointBytes", 1000, 9),
      };
  let spoiltDefinition = definition;
  for (const [place, odd] of left) {
    const names = [...Object.keys(definition), "x", "data", "cv", "objective", "pruner"];
    const name = names[place % names.length] as string;
    const deeper = Math.floor(place / names.length);
    spoiltDefinition = { ...spoiltDefinition, [name]: deeper % 3 === 0 ? odd : spoilt(definition[name], deeper, odd) };
  }
  return { definition: spoiltDefinition, model };
}

/** A run of some trials, of few enough of the cases that are taken. */
async function run(spec: ReturnType<typeof hpo.defineStudy>): Promise<void> {
  const study = await hpo.openStudy(spec, { database: ":memory:", trials: 3, timeBudgetSeconds: 5 });
  try {
    const { state, trials } = await study.run({ workers: 1 });
    if (!["complete", "stopped", "failed"].includes(state)) throw new WrongAnswer(`the run ended as ${state}`);
    if (trials.some((trial, at) => trial.number !== at)) throw new WrongAnswer("the trials are not counted from 0");
  } finally {
    await study.close();
  }
}

export const optionsTarget: FuzzTarget<OptionsCase> = {
  name: "options",
  leastAccepted: 0.2,
  refusals: [
    "defineStudy(): name must be",
    "defineStudy(): space must be",
    "defineStudy(): there is no option",
    "defineStudy(): trials must be",
    "defineStudy(): sampler must be",
    "defineStudy(): cv must be",
    "defineStudy(): data must be",
    "defineStudy(): model must be",
    "defineStudy(): metrics must be",
    "kFold(): folds must be",
    "forbid",
    "limits",
    "enqueue",
    "objectives",
    "constraints",
    "There is no study",
  ],
  fromCorpus: (bytes) => JSON.parse(bytes.toString()) as OptionsCase,
  cases: fc.record({
    seed: fc.noShrink(fc.integer()),
    changes: fc.array(fc.tuple(fc.noShrink(fc.nat()), oddValue), { maxLength: 2 }),
  }),
  async read(given) {
    const spec = hpo.defineStudy(declared(given).definition as never);
    if (!Object.isFrozen(spec)) throw new WrongAnswer("the study is not frozen");
    if (given.seed % 8 === 0) await run(spec);
  },
};
