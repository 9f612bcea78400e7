// npx tsx scripts/quality/racing-losses.ts [--configurations 300] [--pairs wine,satellite·rbf]
//
// What race replays are made of: random configurations of each (data, model) pair, each judged on ten folds, with the loss of every row in the fold that tests it.
// A file a pair in .cache/racing; a pair that is there is left alone. An hour or two of one core, most of it for satellite.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import {
  accuracy,
  csv,
  type DataRecipe,
  defineStudy,
  float,
  inMemory,
  kFold,
  mse,
  openStudy,
  random,
  stratifiedKFold,
  svm,
  svr,
  values,
} from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { readCount } from "../bench/table-cells.ts";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const shared = process.env["HPO_SHARED_DATA"] ?? path.join(root, "../shared/data");
const lossFolder: string = path.join(root, ".cache/racing");

/** A file of losses, before its numbers: 32-bit floats, one row of the data after the other for each configuration. */
export interface LossFile {
  readonly pair: string;
  readonly configurations: number;
  readonly rows: number;
  /** Of each row, the fold that tests it. */
  readonly folds: readonly number[];
}

const tabular = (name: string, ignore: readonly string[] = []): DataRecipe =>
  csv(path.join(shared, "tabular", `${name}.csv.gz`), {
    target: "y",
    scale: "min-max",
    ...(ignore.length === 0 ? {} : { ignore: [...ignore] }),
  });

/** The first 2310 rows of the letters: as many rows as the image segments of the literature, with 16 features and 26 classes. */
function letters(): DataRecipe {
  const lines = gunzipSync(readFileSync(path.join(shared, "tabular/letterrecognition.csv.gz")))
    .toString()
    .trim()
    .split("\n")
    .slice(1, 2311);
  const cells = lines.map((line) => line.split(",").slice(1));
  return inMemory({
    name: "letters",
    features: cells.map((row) => row.slice(0, -1).map(Number)),
    target: cells.map((row) => row.at(-1) as string),
    scale: "min-max",
  });
}

const classData: Readonly<Record<string, () => DataRecipe>> = {
  wine: () => tabular("wine"),
  vehicle: () => tabular("vehicle"),
  vowel: () => tabular("vowel"),
  letters,
  digits: () => tabular("digits8x8"),
  satellite: () => tabular("satellite", ["split"]),
};

const cost = float(1e-3, 1000, { log: true });
const width = float(1e-4, 10, { log: true });

type Study = ReturnType<typeof defineStudy>;
type Common = { readonly name: string; readonly trials: number; readonly race: false; readonly seed: number };

/** Each pair's study. */
const pairs: Readonly<Record<string, (common: Common) => Study>> = Object.fromEntries([
  ...Object.entries(classData).flatMap(([data, make]) => {
    const judged = () => ({ data: make(), cv: stratifiedKFold({ folds: 10 }), metrics: { accuracy: accuracy() }, sampler: random() });
    return [
      [
        `${data} · rbf`,
        (common: Common) =>
          defineStudy({
            ...common,
            ...judged(),
            space: { gamma: width, C: cost },
            model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
          }),
      ],
      [
        `${data} · poly`,
        (common: Common) =>
          defineStudy({
            ...common,
            ...judged(),
            space: { gamma: float(1e-3, 2, { log: true }), C: float(1e-3, 10, { log: true }), degree: values([2, 3, 4]) },
            model: ({ gamma, C, degree }) => svm({ kernel: "poly", gamma, C, degree, coef0: 1 }),
          }),
      ],
      [
        `${data} · linear`,
        (common: Common) =>
          defineStudy({
            ...common,
            ...judged(),
            space: { C: float(1e-5, 100, { log: true }) },
            model: ({ C }) => svm({ kernel: "linear", C }),
          }),
      ],
    ] as const;
  }),
  ...(["rbf", "linear"] as const).map(
    (kernel) =>
      [
        `energy · ${kernel}`,
        (common: Common) =>
          defineStudy({
            ...common,
            data: csv(path.join(shared, "regression/energy.csv.gz"), { target: "y", scale: "min-max" }),
            cv: kFold({ folds: 10 }),
            metrics: { mse: mse() },
            sampler: random(),
            space: { gamma: width, C: cost, epsilon: float(0.01, 3, { log: true }) },
            model: ({ gamma, C, epsilon }) => svr(kernel === "rbf" ? { kernel, gamma, C, epsilon } : { kernel, C, epsilon }),
          }),
      ] as const,
  ),
]);

/** Data and model of every pair, such as "wine · rbf". */
export const pairNames: readonly string[] = Object.keys(pairs);

/** Where the losses of a pair are kept. */
export function pairFile(pair: string): string {
  return path.join(lossFolder, `${pair.replaceAll(" ", "")}.losses`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = parseArgs({
    options: { configurations: { type: "string", default: "300" }, pairs: { type: "string", default: "" } },
  }).values;
  const wanted = options.pairs.split(",");
  for (const pair of Object.keys(pairs))
    if (wanted.some((part) => pair.replaceAll(" ", "").includes(part)))
      await keep(pair, readCount("configurations", options.configurations, 2));
}

async function keep(pair: string, configurations: number): Promise<void> {
  const file = pairFile(pair);
  if (existsSync(file)) return;
  const cpu = process.cpuUsage();
  const store = memoryStore();
  const study = await openStudy((pairs[pair] as (typeof pairs)[string])({ name: pair, trials: configurations, race: false, seed: 0 }), {
    store,
  });
  const { trials, description } = await study.run();
  await study.close();
  const rows = description.data?.rows ?? 0;
  const folds = Array.from({ length: rows }, () => -1);
  const losses = new Float32Array(trials.length * rows);
  for (const { number, state } of trials) {
    if (state !== "complete") throw new Error(`${pair}: trial ${number} is ${state}.`);
    for (const { fold, rows: tested, predicted, truth } of store.predictions(pair, number)) {
      for (const [i, row] of tested.entries()) {
        folds[row] = fold;
        const [given, wanted] = [predicted[i] as number, truth[i] as number];
        losses[number * rows + row] = pair.startsWith("energy") ? (given - wanted) ** 2 : given === wanted ? 0 : 1;
      }
    }
  }
  const head = Buffer.from(`${JSON.stringify({ pair, configurations: trials.length, rows, folds } satisfies LossFile)}\n`);
  mkdirSync(lossFolder, { recursive: true });
  writeFileSync(`${file}.part`, Buffer.concat([head, Buffer.from(losses.buffer)]));
  renameSync(`${file}.part`, file);
  const { user } = process.cpuUsage(cpu);
  console.log(`${pair}: ${trials.length} configurations, ${(user / 1e6).toFixed(0)} CPU seconds`);
}
