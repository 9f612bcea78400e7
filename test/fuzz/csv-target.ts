import fc from "fast-check";
import { csv, type CsvOptions } from "hpo";
import { type Rng, rng } from "#hpo/math/rng";
import { byteChange, type ByteChange, caseFolder, changedBytes, writeCase } from "./case-folder.ts";
import { checkData } from "./equal-data.ts";
import { oddValue } from "./odd-values.ts";
import { plainData } from "./plain-csv.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface CsvCase {
  readonly text: Uint8Array;
  readonly options: CsvOptions;
  readonly task: "classification" | "regression";
  readonly change: ByteChange;
  /** An option replaced by something that nobody means. */
  readonly odd: readonly [option: string, value: unknown] | null;
  /** The text stands so often in the file, below one header. */
  readonly copies: number;
}

const pick = <T>(random: Rng, list: readonly T[]): T => list[random.below(list.length)] as T;

const numbers = ["0", "1", "-1", "2.5", "1e3", "-0", " 7 ", "1e-320", "3.4e38", "00012", ".5", "5.", "+4", "0.1", "123456789", "1E-3"];
const huge = ["1e39", "1e309", "-1e400", "Infinity", "NaN", "0x1f", "1_0", "1,5", "--1", "1e", "∞", "١"];
const texts = [
  "a",
  "b",
  "NA",
  "?",
  "",
  " ",
  "é",
  "a b",
  'say ""so""',
  "x,y",
  "l1\nl2",
  "l1\r\nl2",
  "\ufeff",
  "\ufffd",
  "01",
  "1.0",
  "__proto__",
  "\t",
  "a\rb",
];
const dates = [
  "2024-05-31",
  "2024-02-29",
  "2023-02-29",
  "2024-05-31T14:30:00Z",
  "2024-05-31 24:00",
  "2024-13-01",
  "2024-05-31T10:00:00.5+02:00",
  "0000-01-01",
];
const names = ["y", "a", "b", "c", "d", "w", "g", "f", "t", "é", "a b", "__proto__", "0", " x", "toString"];
/** By which fields lines are cut, quoted, joined, and what goes wrong in a file. */
const breaks = [",", ";", "\n", "\r", '"', '""', "\ufeff", "\0", ",,", "\n\n", '"\n', "x", "\u2028"];

/** A table, mostly sound: the role of a column decides what stands in it. */
function csvCase(seed: number, [odd, change, copies]: [CsvCase["odd"], ByteChange, number]): CsvCase {
  const random = rng(seed);
  const delimiter = pick(random, [",", ",", ",", ";", "\t", "|", " ", "é"]);
  const width = 2 + random.below(5);
  const header = names
    .map((name) => ({ name, key: random.uniform() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, width)
    .map(({ name }) => name);
  if (!header.includes("y") && random.below(40) > 0) header[random.below(width)] = "y";
  const has = (name: string): boolean => header.includes(name) && random.below(2) === 0;
  const kind = pick(random, [undefined, "class", "number"] as const);
  const task = pick(random, ["classification", "regression"] as const);
  const left = header.filter((name) => !["y", "w", "g", "f", "t"].includes(name));
  const options = {
    target: random.below(10) === 0 ? null : kind === undefined ? "y" : { column: "y", kind },
    ...(random.below(4) === 0 ? { missing: ["NA", "?"].slice(random.below(2)) } : {}),
    ...(delimiter === "," ? {} : { delimiter }),
    ...(random.below(3) === 0 ? { precision: pick(random, ["f32", "f64"] as const) } : {}),
    ...(random.below(4) === 0 ? { scale: pick(random, ["none", "min-max"] as const) } : {}),
    ...(has("w") ? { weight: "w" } : {}),
    ...(has("g") ? { group: "g" } : {}),
    ...(has("f") ? { fold: "f" } : {}),
    ...(has("t") ? { time: "t" } : {}),
    ...(random.below(3) === 0 ? { categories: left.filter(() => random.below(2) === 0) } : {}),
    ...(random.below(6) === 0 ? { ignore: header.filter(() => random.below(5) === 0) } : {}),
    ...(random.below(40) === 0 ? { ignore: ["nobody"] } : {}),
  } satisfies CsvOptions;
  // How often something goes wrong in a cell; mostly never.
  const spoilt = pick(random, [0, 0, 0, 0, 0, 0, 0, 60, 12]);
  const wrong = (): boolean => spoilt > 0 && random.below(spoilt) === 0;
  const classes = pick(random, [
    ["a", "b"],
    ["1", "2.0", "02"],
    ["x", "y", "z z"],
    ["0", "1"],
    ["a", "b", "é"],
  ]);
  const dated = random.below(2) === 0;
  const sound = (name: string, row: number): string => {
    if (name === "y" && (kind === "number" || (kind === undefined && task === "regression"))) return pick(random, numbers);
    if (name === "y") return row < 2 && random.below(30) > 0 ? (classes[row] as string) : pick(random, classes);
    if (name === "w") return pick(random, ["1", "2", "0.5", "1"]);
    if (name === "f") return pick(random, ["0", "1", "-1", "2.0"]);
    if (name === "g") return pick(random, ["g1", "g2", "g 3"]);
    if (name === "t") return dated ? pick(random, ["2024-05-31", "2024-02-29", "2024-05-31T14:30:00Z"]) : pick(random, numbers);
    if (random.below(8) === 0) return "";
    return "categories" in options && options.categories?.includes(name) ? pick(random, texts) : pick(random, numbers);
  };
  const cell = (name: string, row: number): string => (wrong() ? pick(random, [...huge, ...texts, ...dates]) : sound(name, row));
  const always = random.below(5) === 0;
  const quoted = (field: string): string =>
    always || /["\r\n]/u.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field;
  const end = pick(random, ["\n", "\n", "\r\n", "\r"]);
  const rows = Array.from({ length: random.below(20) === 0 ? 0 : 1 + random.below(10) }, (_, row) =>
    header.map((name) => quoted(cell(name, row))),
  );
  let text = [header.map(quoted), ...rows].map((fields) => fields.join(delimiter)).join(end) + pick(random, [end, end, "", end + end]);
  if (random.below(8) === 0) text = `\ufeff${text}`;
  for (let left = pick(random, [0, 0, 0, 0, 0, 0, 0, 1, 1, 2]); left > 0; left--) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + pick(random, breaks) + text.slice(at + random.below(2));
  }
  return { text: Buffer.from(text), options, task, change, odd, copies };
}

const cases: fc.Arbitrary<CsvCase> = fc
  .tuple(
    fc.noShrink(fc.integer()),
    fc.oneof(
      { weight: 20, arbitrary: fc.constant(null) },
      fc.tuple(
        fc.constantFrom("target", "missing", "delimiter", "scale", "precision", "weight", "time", "coordinates", "ignore", "x"),
        oddValue,
      ),
    ),
    byteChange,
    fc.oneof({ weight: 300, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 4000, max: 9000 }) }),
  )
  .map(([seed, ...rest]) => csvCase(seed, rest));

/** Beyond a chunk of the file, so that lines and quotes are cut at its edge. */
function repeated(text: Uint8Array, copies: number): Uint8Array {
  if (copies === 1) return text;
  const [header = "", ...lines] = Buffer.from(text).toString("latin1").split("\n");
  return Buffer.from(`${header}\n${`${lines.join("\n")}\n`.repeat(copies)}`.slice(0, 700_000), "latin1");
}

/** What the plain reader makes of a file; UTF-16 is told by its byte order mark. */
function plainOf(bytes: Uint8Array, { options, task }: CsvCase): ReturnType<typeof plainData> {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return plainData(Buffer.from(bytes).toString(wide ? "utf16le" : "utf8"), options, task);
}

/** Reads a case; what is taken must be what the plain reader makes of it, and what is refused it must refuse too. */
async function read(given: CsvCase): Promise<void> {
  const { text, options, task, change, odd, copies } = given;
  const whole = repeated(text, copies);
  const file = changedBytes(whole, change);
  writeCase("case.csv", file);
  // A stream that is broken somewhere says nothing of its own; an odd option says something else.
  const judged = odd === null && (change[0] === "gzip" || !(file[0] === 0x1f && file[1] === 0x8b));
  const plain = judged ? plainOf(change[0] === "gzip" ? whole : file, given) : null;
  try {
    const recipe = csv("case.csv", odd === null ? options : { ...options, [odd[0]]: odd[1] });
    const data = await recipe.load({ folder: caseFolder(), task });
    if (judged) checkData(data, plain);
  } catch (error) {
    if (plain === null || error instanceof WrongAnswer || (error as Error).name !== "HpoError") throw error;
    throw new WrongAnswer(`was refused, and the plain reader takes it: ${(error as Error).message}`);
  }
}

export const csvTarget: FuzzTarget<CsvCase> = {
  name: "csv",
  cases,
  read,
  fromCorpus: (text) => ({ text, options: { target: "y" }, task: "classification", change: ["none", 0, 0], odd: null, copies: 1 }),
  leastAccepted: 0.2,
  refusals: [
    "the file is empty",
    "there must be rows after the header",
    "fields, as many as the header",
    "column names must differ",
    "must name a column of the file",
    "a quote must be closed",
    "a value that holds a quote must stand in quotes",
    "must be text in UTF",
    "texts must be UTF",
    "the value must be a number",
    "the value must be finite",
    "bit floats",
    "at least two classes",
    "every row must have a target",
    "a weight must be a finite number",
    "every row must have a group",
    "a fold must be an integer",
    "a time must be",
    "at least one feature column",
    "the gzip stream must be complete",
    "the gzip stream must be sound",
    "there is no option",
    "target must be",
    "delimiter must be one character",
  ],
};
