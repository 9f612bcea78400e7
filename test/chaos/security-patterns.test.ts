import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { incidentOf } from "#hpo/workers/incident";
import { lineBuffer } from "#hpo/cli/line-buffer";
import { durationOption, sizeOption } from "#hpo/cli/option-values";
import { HpoError } from "#hpo/core/hpo-error";
import { nestedIn } from "#hpo/core/nested-names";
import { withoutSecrets } from "#hpo/core/without-secrets";
import { didYouMean } from "#hpo/data/did-you-mean";
import { numberOf } from "#hpo/data/number-text";
import { csvText } from "#hpo/report/csv-text";
import { latexText } from "#hpo/report/latex-text";
import { jsonText, plainLines, plainText, terminalText, truncate } from "#hpo/report/plain-text";
import { formatTime } from "#hpo/report/study-list";
import { escapeMarkdown } from "#hpo/report/table-markdown";
import { storedJson } from "#hpo/store/stored-json";
import { csv, libsvm, npy } from "hpo";
import { afterAll, describe, expect, it } from "vitest";
import { steepCost } from "./steep-cost.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-patterns-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pumps = [
  " ",
  "\t",
  "\n",
  "\r",
  "=",
  "-",
  "0",
  "1.",
  "a",
  "a@",
  "http:",
  "://a:",
  "/outer-1",
  "/outer-1/test-1",
  "\\",
  "\u0301",
  "\u200b",
  "\ud800",
  "😀",
];
const textsOf =
  (pump: string) =>
  (length: number): string =>
    `${pump.repeat(Math.ceil(length / pump.length))}!`;

const functions: Readonly<Record<string, (text: string) => unknown>> = {
  plainText,
  plainLines,
  terminalText: (text) => terminalText(text, { colour: true }),
  jsonText: (text) => jsonText({ [text]: text }),
  truncate: (text) => truncate(plainText(text), 40),
  csvText: (text) => csvText([text], [[text]]),
  escapeMarkdown,
  latexText,
  formatTime,
  nestedIn,
  withoutSecrets,
  didYouMean: (text) => didYouMean(text, [text.slice(1), "a"]),
  numberOf,
  storedJson: (text) => storedJson(JSON.stringify({ a: text, b: { $number: text } })),
  incidentOf: (text) => incidentOf(new Error(text)),
  lineBuffer: (text) => lineBuffer(() => undefined).add(text),
  durationOption: refused(durationOption),
  sizeOption: refused(sizeOption),
};

function refused(read: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      return error;
    }
  };
}

describe("a long text", () => {
  it.each(Object.entries(functions))("costs %s no more than its length", async (_, work) => {
    for (const pump of pumps) expect(await steepCost(work, textsOf(pump))).toBeUndefined();
  });

  it.each(["csv", "libsvm", "npy"])("costs the reader of %s no more than its length", async (reader) => {
    const context = { folder, task: "classification" as const };
    const file = (text: string): string => path.join(folder, `${reader}-${text.length}`);
    const read = async (text: string): Promise<void> => {
      const at = file(text);
      const recipe = reader === "csv" ? csv(at, { target: "b" }) : reader === "npy" ? npy({ features: at, target: null }) : libsvm(at);
      const end = await recipe.load(context as never).catch((error: unknown) => error);
      expect(end instanceof Error && !(end instanceof HpoError)).toBe(false);
    };
    // Each reader looks at bytes: some texts stand for all.
    for (const pump of pumps.filter((_, at) => at % 4 === 0)) {
      const written = (length: number): string => {
        const text = textsOf(pump)(length);
        writeFileSync(file(text), reader === "npy" ? npyHeader(text) : `a,b\n1,${text}\n`);
        return text;
      };
      expect(await steepCost(read, written, { length: 7900 })).toBeUndefined();
    }
  });

  it.each([/(\s+)$/, /^(\s+)+$/])("costs %s more, which is seen", async (pattern) => {
    expect(await steepCost((text) => pattern.test(text), textsOf(" "), { length: 2000, freeMs: 5, limitMs: 1000 })).toMatch(
      /times the CPU|never ends/,
    );
  });
});

/** As many letters as the text, half of them its own: the format has room for 65,535. */
function npyHeader(text: string): Buffer {
  const half = Math.floor(text.length / 2);
  const header = Buffer.from(`{'descr': '<f4', ${"'shape': (".repeat(half / 10)}${text}`).subarray(0, 65_535);
  const length16 = Buffer.alloc(2);
  length16.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length16, header]);
}
