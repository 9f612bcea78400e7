import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  accuracy,
  auto,
  choice,
  cmaes,
  defineStudy,
  type Estimator,
  f1,
  float,
  fromStudy,
  gp,
  grid,
  inMemory,
  int,
  lbfgs,
  nsga2,
  pca,
  populationBased,
  random,
  replicated,
  rng,
  rocAuc,
  smote,
  sobol,
  standardize,
  startup,
  stratifiedKFold,
  successiveHalving,
  svm,
  tpe,
  type Trial,
  tuned,
  tunedPipeline,
  values,
} from "hpo";

// A small study of every kind, to be killed: HPO_KILL_KIND says which one this file is. Each begin of a user's function is a line in HPO_KILL_LOG.

/** One write call, so that lines of threads and processes don't mix. */
function begun(what: string): void {
  const log = process.env["HPO_KILL_LOG"] ?? "";
  if (log !== "") appendFileSync(log, `${process.pid} ${what}\n`);
}

type Point = { readonly x: number; readonly y: number };

/** Takes some milliseconds, so that trials end one by one. */
async function bowl({ number, params: { x, y } }: Trial<Point>): Promise<number> {
  begun(`trial ${number}`);
  await sleep(2 + (number % 3));
  return (x - 0.3) ** 2 + 2 * (y + 0.2) ** 2;
}

const plane = { x: float(-1, 1), y: float(-1, 1) };

const shapes = rng(7);
/** Three classes of 20 rows that overlap. */
const features = Array.from({ length: 60 }, (_, row) => [0, 1, 2, 3].map((column) => shapes.normal() + (row % 3 === column ? 1.4 : 0)));
const data = inMemory({ name: "three clouds", features, target: features.map((_, row) => `class ${row % 3}`) });

/** The class whose shrunken mean is nearest. */
function centroid(shrink: number): Estimator {
  return {
    name: "centroid",
    task: "classification",
    traits: { gives: ["labels"], missing: false, categories: false, weights: false },
    options: { shrink },
    async fit({ data: { features: block }, rows, target }) {
      if (block.kind !== "dense" || target.kind !== "class") throw new TypeError("centroid() takes dense features and classes.");
      begun(`fit ${shrink} ${createHash("sha256").update(rows).digest("hex").slice(0, 12)}`);
      await sleep(2);
      const { width, stride, values: x } = block;
      const means = target.classes.map((_, code) => {
        const own = [...rows].filter((row) => target.codes[row] === code);
        return Array.from({ length: width }, (__, j) => {
          const sum = own.reduce((total, row) => total + (x[row * stride + j] as number), 0);
          return ((1 - shrink) * sum) / own.length;
        });
      });
      const distance = (mean: readonly number[], row: number): number =>
        mean.reduce((sum, m, j) => sum + (m - (x[row * stride + j] as number)) ** 2, 0);
      return {
        predict: (input) =>
          Float64Array.from(input.rows, (row) => {
            const far = means.map((mean) => distance(mean, row));
            return far.indexOf(Math.min(...far));
          }),
        toJSON: () => ({ shrink }),
        dispose: () => undefined,
      };
    },
  };
}

const judged = { data, cv: stratifiedKFold({ folds: 3 }), metrics: { accuracy: accuracy() } };

/** Every kind by its name, which is the study's. */
const kinds = {
  grid: () => ({ space: { x: values([-1, 0, 1]), y: values([-0.5, 0, 0.5]) }, sampler: grid(), objective: bowl }),
  random: () => ({ space: plane, sampler: random(), trials: 10, objective: bowl }),
  tpe: () => ({
    space: { ...plane, kind: choice({ plain: {}, bent: { bend: float(0, 1) } }) },
    sampler: startup(4, random(), tpe()),
    lookahead: 3,
    trials: 12,
    objective: async (trial: Trial<Point & { readonly bend?: number }>) => (await bowl(trial)) + (trial.params.bend ?? 0.1),
  }),
  gp: () => ({ space: plane, sampler: startup(5, sobol(), gp()), lookahead: 2, trials: 10, objective: bowl }),
  auto: () => ({ space: plane, sampler: auto(), trials: 12, objective: bowl }),
  cmaes: () => ({ space: plane, sampler: cmaes(), lookahead: 4, trials: 14, objective: bowl }),
  "nsga2, two objectives": () => ({
    space: plane,
    sampler: nsga2({ populationSize: 4 }),
    lookahead: 2,
    trials: 12,
    metrics: { near: "minimize" as const, far: "maximize" as const },
    objectives: ["near", "far"] as const,
    objective: async (trial: Trial<Point>) => ({ near: await bowl(trial), far: trial.params.x + trial.params.y }),
  }),
  lbfgs: () => ({
    space: plane,
    sampler: lbfgs(),
    trials: 10,
    objective: async (trial: Trial<Point>) => ({
      value: await bowl(trial),
      gradient: { x: 2 * (trial.params.x - 0.3), y: 4 * (trial.params.y + 0.2) },
    }),
  }),
  folds: () => ({ ...judged, space: { shrink: float(0, 0.9) }, model: shrunken, sampler: random(), trials: 5 }),
  racing: () => ({
    ...judged,
    cv: stratifiedKFold({ folds: 5 }),
    space: { shrink: float(0.8, 1.1) },
    model: shrunken,
    sampler: random(),
    enqueue: [{ shrink: 0.81 }],
    trials: 5,
    lookahead: 2,
    race: true,
  }),
  nested: () => ({
    ...judged,
    space: { shrink: float(0, 1) },
    model: shrunken,
    sampler: startup(2, random(), tpe()),
    lookahead: 2,
    trials: 3,
    nested: { outer: stratifiedKFold({ folds: 2 }) },
  }),
  "svm, shared solves": () => ({
    ...judged,
    metrics: { accuracy: accuracy(), f1: f1({ average: "macro" }), auc: rocAuc() },
    space: { gamma: values([0.5, 2]), C: values([1, 3, 10]) },
    model: ({ gamma, C }: { readonly gamma: number; readonly C: number }) => svm({ kernel: "rbf", gamma, C }),
    sampler: grid(),
  }),
  "pipelines, shared prefixes": () => ({
    ...judged,
    ...tunedPipeline({
      scale: standardize(),
      balance: smote({ ratio: 0.9 }),
      pca: tuned(pca, { components: int(2, 3) }),
      svm: tuned(svm, { kernel: "rbf", C: float(0.1, 100, { log: true }), gamma: float(0.01, 1, { log: true }) }),
    }),
    sampler: random(),
    trials: 6,
  }),
  pruned: () => ({
    space: { x: float(0, 1) },
    sampler: random(),
    pruner: successiveHalving({ factor: 2 }),
    lookahead: 3,
    trials: 14,
    objective: async ({ number, params: { x }, report }: Trial<{ readonly x: number }>) => {
      begun(`trial ${number}`);
      await sleep(2);
      for (let step = 1; step <= 8; step++) if (report(step, x + (1 - x) / step)) break;
      return x;
    },
  }),
  "population-based": () => ({
    space: { rate: float(1e-3, 0.9, { log: true }) },
    sampler: populationBased({ members: 3 }),
    lookahead: 2,
    retries: 0,
    trials: 9,
    objective: async ({ number, params: { rate }, seed, checkpoint }: Trial<{ readonly rate: number }>) => {
      begun(`trial ${number}`);
      await sleep(2);
      const bytes = checkpoint.read();
      const place = bytes === undefined ? Float64Array.of(3) : new Float64Array(bytes.buffer);
      const stream = rng(seed);
      for (let step = 0; step < 12; step++) place[0] = (place[0] as number) * (1 - rate) + rate * stream.normal();
      checkpoint.write(new Uint8Array(place.buffer));
      return (place[0] as number) ** 2;
    },
  }),
  replicated: () => ({
    space: { x: int(0, 2), y: int(0, 2) },
    sampler: startup(3, random(), replicated(tpe())),
    lookahead: 3,
    trials: 16,
    objective: async (trial: Trial<Point>) => (await bowl(trial)) + 3 * rng(trial.seed).normal(),
  }),
  "rules, given points, earlier study": () => ({
    space: plane,
    forbid: [{ x: { min: 0.7 } }],
    limits: [{ sum: { x: 1, y: 1 }, min: -1.5 }],
    enqueue: [{ x: 0.6 }, {}],
    warmStart: { from: [fromStudy("random")], trials: 3 },
    metrics: { value: "minimize" as const, cost: "minimize" as const },
    constraints: { cost: { min: 0.2 } },
    sampler: startup(4, random(), tpe()),
    lookahead: 3,
    trials: 12,
    objective: async (trial: Trial<Point>) => ({ value: await bowl(trial), cost: Math.abs(trial.params.x) }),
  }),
  "failures, retries": () => ({
    space: plane,
    sampler: random(),
    trials: 8,
    retries: 1,
    objective: async (trial: Trial<Point>) => {
      const value = await bowl(trial);
      if (trial.number % 3 === 1) throw new Error(`no luck with ${trial.number}`);
      return value;
    },
  }),
};

function shrunken({ shrink }: { readonly shrink: number }): Estimator {
  return centroid(shrink);
}

export type Kind = keyof typeof kinds;

export const kindNames: readonly Kind[] = Object.keys(kinds) as Kind[];

const kind = process.env["HPO_KILL_KIND"] ?? "grid";
// Each is checked by its own type above; here they are only told apart by name.
const definition = kinds[kind as Kind]() as unknown as Parameters<typeof defineStudy>[0];

export default defineStudy({ ...definition, name: kind });
