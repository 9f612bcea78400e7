import fc from "fast-check";
import { inMemory, type InMemoryOptions } from "hpo";
import { type Rng, rng } from "#hpo/math/rng";
import { checkData } from "./equal-data.ts";
import { oddValue } from "./odd-values.ts";
import { plainLevels, plainScaled } from "./plain-csv.ts";
import type { FuzzTarget } from "./target.ts";

interface MemoryCase {
  readonly options: InMemoryOptions;
  readonly task: "classification" | "regression";
  /** What the data must be where nothing was replaced; null where they must be refused, or nothing is known of them. */
  readonly sound: boolean;
}

const pick = <T>(random: Rng, list: readonly T[]): T => list[random.below(list.length)] as T;

type Cell = number | string | boolean | null;

function memoryCase(seed: number, replaced: readonly (readonly [option: string, place: number, value: unknown])[]): MemoryCase {
  const random = rng(seed);
  const [rows, width] = [2 + random.below(6), 1 + random.below(4)];
  const categories = Array.from({ length: width }, (_, at) => `x${at + 1}`).filter(() => random.below(4) === 0);
  const typed = categories.length === 0 && random.below(3) === 0;
  const cell = (column: number): Cell => {
    if (random.below(10) === 0) return pick(random, [null, Number.NaN]);
    if (categories.includes(`x${column + 1}`)) return pick(random, ["a", "b", "1", 1, 2.5, true, "é", "__proto__"]);
    return pick(random, [0, 1, -1, 2.5, 1e30, -0, 1e-310, true, false, 7]);
  };
  const list = Array.from({ length: rows }, () => Array.from({ length: width }, (_, column) => cell(column)));
  const flat = list.flat().map((value) => (value === null ? Number.NaN : Number(value)));
  const texts = random.below(2) === 0;
  const target: Cell[] = Array.from({ length: rows }, (_, row) =>
    texts ? pick(random, [["a", "b"][row % 2] as string, "c"]) : row % 2 === 0 ? 0 : 1 + random.below(3),
  );
  const options = {
    name: pick(random, ["data", "é", "__proto__"]),
    features: typed ? (random.below(2) === 0 ? Float64Array.from(flat) : Float32Array.from(flat)) : list,
    ...(typed ? { width } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    target: random.below(6) === 0 ? null : texts || random.below(2) === 0 ? target : Float64Array.from(target as number[]),
    ...(random.below(3) === 0 ? { kind: texts ? ("class" as const) : pick(random, ["class", "number"] as const) } : {}),
    ...(random.below(4) === 0 ? { weight: Array.from({ length: rows }, () => 1 + random.below(3)) } : {}),
    ...(random.below(4) === 0 ? { group: Array.from({ length: rows }, () => pick(random, ["g", "h"])) } : {}),
    ...(random.below(4) === 0 ? { fold: Array.from({ length: rows }, () => random.below(3) - 1) } : {}),
    ...(random.below(6) === 0 ? { time: Array.from({ length: rows }, () => random.below(9)) } : {}),
    ...(random.below(6) === 0 ? { coordinates: [Array.from({ length: rows }, () => random.below(9))] } : {}),
    ...(random.below(4) === 0 ? { scale: pick(random, ["none", "min-max"] as const) } : {}),
    ...(random.below(4) === 0 ? { precision: pick(random, ["f32", "f64"] as const) } : {}),
  } as Record<string, unknown>;
  for (const [name, place, value] of replaced) {
    const old = options[name];
    // An item of a list, or all of it.
    if (Array.isArray(old) && old.length > 0 && !Object.isFrozen(old) && place % 3 > 0) {
      const at = place % old.length;
      const inner: unknown = old[at];
      if (Array.isArray(inner) && inner.length > 0 && !Object.isFrozen(inner) && place % 3 === 2) inner[place % inner.length] = value;
      else old[at] = value;
    } else options[name] = value;
  }
  return {
    options: options as unknown as InMemoryOptions,
    task: pick(random, ["classification", "regression"] as const),
    sound: replaced.length === 0,
  };
}

/** By the plainest road; only for cases in which nothing was replaced. */
function plainOf({ options, task }: MemoryCase): Parameters<typeof checkData>[1] {
  const { features, width = 0, categories = [], scale = "none", precision = "f32" } = options;
  const rows: readonly (readonly Cell[])[] = Array.isArray(features)
    ? (features as Cell[][])
    : Array.from({ length: features.length / width }, (_, row) =>
        Array.from((features as Float64Array).subarray(row * width, (row + 1) * width)),
      );
  const single = precision === "f32";
  const columns = (rows[0] as readonly Cell[]).map((_, at) => {
    const name = `x${at + 1}`;
    const cells = rows.map((row) => row[at] as Cell);
    const missing = (cell: Cell): boolean => cell === null || (typeof cell === "number" && Number.isNaN(cell));
    if (categories.includes(name)) {
      const { levels, codes } = plainLevels(cells.map((cell) => (missing(cell) ? undefined : String(cell))));
      return { name, levels, values: codes.map((code) => (code < 0 ? Number.NaN : code)) };
    }
    const values = cells.map((cell) => (missing(cell) ? Number.NaN : Number(cell) + 0));
    const scaled = scale === "min-max" ? plainScaled(values) : values;
    return { name, levels: null, values: scaled.map((value) => (single ? Math.fround(value) : value)) };
  });
  const list = (values: unknown): (number | string)[] | null =>
    values === null || values === undefined ? null : Array.from(values as number[]);
  const target = list(options.target);
  const kind = options.kind ?? (typeof target?.[0] === "string" || task === "classification" ? "class" : "number");
  return {
    features: rows.map((_, row) => columns.map(({ values }) => values[row] as number)),
    columns: columns.map(({ name, levels }) => ({ name, levels })),
    target: target === null ? null : kind === "class" ? target.map(String) : target,
    weight: list(options.weight) as number[] | null,
    group: list(options.group) as string[] | null,
    fold: list(options.fold) as number[] | null,
    time: list(options.time) as number[] | null,
  };
}

const optionNames = [
  "name",
  "features",
  "width",
  "columns",
  "categories",
  "target",
  "kind",
  "weight",
  "group",
  "fold",
  "time",
  "coordinates",
  "scale",
  "precision",
  "x",
];

export const memoryTarget: FuzzTarget<MemoryCase> = {
  name: "inMemory",
  leastAccepted: 0.2,
  refusals: [
    "features must be",
    "width must divide the number of values",
    "a row must have",
    "the value must be a number",
    "columns must hold",
    "categories must name a column",
    "one value for each of",
    "at least two classes",
    "every row must have a target",
    "a weight must be a finite",
    "every row must have a group",
    "a fold must be",
    "a time must be",
    "a coordinate must be",
    "there is no option",
  ],
  fromCorpus: (text) => JSON.parse(text.toString()) as MemoryCase,
  cases: fc
    .tuple(
      fc.noShrink(fc.integer()),
      fc.array(
        fc.tuple(
          fc.constantFrom(...optionNames),
          fc.noShrink(fc.nat()),
          fc.oneof(oddValue, fc.constantFrom<unknown>(null, Number.NaN, Infinity, -1, 0.5, "a", 3)),
        ),
        { maxLength: 2 },
      ),
    )
    .map(([seed, replaced]) => memoryCase(seed, replaced)),
  async read(given) {
    const data = await inMemory(given.options).load({ folder: "/", task: given.task });
    if (given.sound) checkData(data, plainOf(given));
  },
};
