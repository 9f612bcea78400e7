import fc from "fast-check";
import { libsvm, type LibsvmOptions } from "hpo";
import { type Rng, rng } from "#hpo/math/rng";
import { byteChange, type ByteChange, caseFolder, changedBytes, writeCase } from "./case-folder.ts";
import { checkData } from "./equal-data.ts";
import { oddValue } from "./odd-values.ts";
import { type PlainData, plainGroup, plainNumber, plainScaled, plainTarget } from "./plain-csv.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface LibsvmCase {
  readonly text: Uint8Array;
  readonly options: LibsvmOptions;
  readonly task: "classification" | "regression";
  readonly change: ByteChange;
  readonly odd: readonly [option: string, value: unknown] | null;
}

const pick = <T>(random: Rng, list: readonly T[]): T => list[random.below(list.length)] as T;

const values = ["1", "0", "-1", "0.5", "1e-3", "+2", "3.4e38", "1e-320", ".5", "7."];
const oddTokens = [
  "1e39:1",
  "1:1e309",
  "3:1e39",
  "0:1",
  "-1:1",
  "1:",
  ":1",
  "x:1",
  "1:x",
  "4294967295:1",
  "2147483649:1",
  "2000000:1",
  "1:NaN",
  "1:0x10",
  "1 :2",
  "::",
  "1:1:1",
  "#",
  "qid:1",
  "1.5:2",
  "9".repeat(400) + ":1",
  "0001:1",
  "é",
];
const oddLabels = ["NaN", "+1", "-1", "1e400", "a", "1,2", "", "0x1", "Infinity", "00", "-0", "1.0"];

function libsvmCase(seed: number, [odd, change]: [LibsvmCase["odd"], ByteChange]): LibsvmCase {
  const random = rng(seed);
  const task = pick(random, ["classification", "regression"] as const);
  const options = {
    ...(random.below(3) === 0 ? { kind: pick(random, ["class", "number"] as const) } : {}),
    ...(random.below(4) === 0 ? { width: 1 + random.below(12) } : {}),
    ...(random.below(4) === 0 ? { precision: pick(random, ["f32", "f64"] as const) } : {}),
    ...(random.below(4) === 0 ? { scale: pick(random, ["none", "min-max"] as const) } : {}),
  };
  const spoilt = pick(random, [0, 0, 0, 0, 25, 6]);
  const wrong = (): boolean => spoilt > 0 && random.below(spoilt) === 0;
  const grouped = random.below(4) === 0;
  const gap = (): string => pick(random, [" ", " ", " ", "\t", "  "]);
  const line = (_: unknown, row: number): string => {
    const tokens = [wrong() ? pick(random, oddLabels) : row < 2 ? String(row) : pick(random, ["0", "1", "+1", "-1", "2.5"])];
    if (grouped && !(spoilt > 0 && random.below(20) === 0)) tokens.push(`qid:${pick(random, ["1", "2", "a"])}`);
    let index = 0;
    for (let left = random.below(5); left > 0; left--) {
      index += 1 + random.below(3);
      tokens.push(wrong() ? pick(random, oddTokens) : `${wrong() ? index - 2 : index}:${pick(random, values)}`);
    }
    return tokens.join(gap()) + (random.below(12) === 0 ? ` # ${pick(random, ["a comment", "1:1", "é"])}` : "");
  };
  const lines = Array.from({ length: random.below(25) === 0 ? random.below(2) : 2 + random.below(8) }, line);
  if (random.below(8) === 0) lines.splice(random.below(lines.length + 1), 0, pick(random, ["", "# all", "  ", "\t"]));
  const end = pick(random, ["\n", "\n", "\r\n"]);
  const text = (random.below(12) === 0 ? "\ufeff" : "") + lines.join(end) + pick(random, [end, ""]);
  return { text: Buffer.from(text), options, task, change, odd };
}

/** What a file says, line by line; null where it must be refused. */
function plainOf(bytes: Uint8Array, { options, task }: LibsvmCase): PlainData | null {
  const lines = Buffer.from(bytes)
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/u, "")
    .split("\n");
  const rows: { label: string; qid: string | undefined; entries: Map<number, number> }[] = [];
  for (const line of lines) {
    const [label, ...tokens] = (line.split("#")[0] as string).split(/[ \t\r]+/u).filter((token) => token !== "");
    if (label === undefined) continue;
    if (Number.isNaN(plainNumber(label))) return null;
    const qid = tokens[0]?.startsWith("qid:") === true ? tokens.shift()?.slice(4) : undefined;
    const entries = new Map<number, number>();
    let before = 0;
    for (const token of tokens) {
      const found = /^(\d+):(.*)$/su.exec(token);
      const [index, value] = [Number(found?.[1] ?? 0), plainNumber(found?.[2] ?? "x")];
      if (found === null || index <= before || index > 2 ** 31 || !Number.isFinite(value)) return null;
      entries.set((before = index), value);
    }
    rows.push({ label, qid, entries });
  }
  const largest = Math.max(0, ...rows.flatMap(({ entries }) => [...entries.keys()]));
  const width = options.width ?? largest;
  const grouped = rows[0]?.qid !== undefined;
  if (rows.length === 0 || width === 0 || width < largest || width > 2 ** 20 || rows.some(({ qid }) => (qid !== undefined) !== grouped))
    return null;
  const kind = options.kind ?? (task === "classification" ? "class" : "number");
  const target = plainTarget(
    rows.map(({ label }) => label),
    kind,
  );
  const group = grouped ? plainGroup(rows.map(({ qid }) => qid)) : null;
  if (target === null || (grouped && group === null)) return null;
  const single = options.precision !== "f64";
  const columns = Array.from({ length: width }, (_, at) => {
    const column = rows.map(({ entries }) => (entries.get(at + 1) ?? 0) + 0);
    if (options.scale === "min-max") return plainScaled(column).map((value) => (single ? Math.fround(value) : value));
    return single ? column.map(Math.fround) : column;
  });
  if (columns.some((column) => column.some((value) => !Number.isFinite(value)))) return null;
  return {
    features: rows.map((_, row) => columns.map((column) => column[row] as number)),
    columns: columns.map((_, at) => ({ name: `x${at + 1}`, levels: null })),
    target,
    group,
    weight: null,
    fold: null,
    time: null,
  };
}

export const libsvmTarget: FuzzTarget<LibsvmCase> = {
  name: "libsvm",
  leastAccepted: 0.2,
  refusals: [
    "there must be at least one row",
    "A line must begin with its label",
    "Several labels a row",
    "qid must stand in every line",
    "after the label there must be index:value pairs",
    "indices must count from",
    "indices must ascend",
    "indices must be at most the width option",
    "the value must be a number",
    "the value must be finite",
    "feature columns; got",
    "at least one feature column",
    "the gzip stream must be",
    "there is no option",
    "width must be an integer",
  ],
  fromCorpus: (text) => ({ text, options: {}, task: "classification", change: ["none", 0, 0], odd: null }),
  cases: fc
    .tuple(
      fc.noShrink(fc.integer()),
      fc.oneof(
        { weight: 20, arbitrary: fc.constant(null) },
        fc.tuple(fc.constantFrom("kind", "width", "scale", "precision", "weight", "group", "coordinates", "name", "x"), oddValue),
      ),
      byteChange,
    )
    .map(([seed, ...rest]) => libsvmCase(seed, rest)),
  async read(given) {
    const { text, options, task, change, odd } = given;
    const file = changedBytes(text, change);
    writeCase("case.svm", file);
    const judged = odd === null && !(change[0] !== "gzip" && file[0] === 0x1f && file[1] === 0x8b);
    const plain = judged ? plainOf(change[0] === "gzip" ? text : file, given) : null;
    try {
      const recipe = libsvm("case.svm", odd === null ? options : { ...options, [odd[0]]: odd[1] });
      const data = await recipe.load({ folder: caseFolder(), task });
      if (judged) checkData(data, plain);
    } catch (error) {
      if (plain === null || error instanceof WrongAnswer || (error as Error).name !== "HpoError") throw error;
      throw new WrongAnswer(`was refused, and the plain reader takes it: ${(error as Error).message}`);
    }
  },
};
