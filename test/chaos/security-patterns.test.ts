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

const folder = mkdtempSync(path.join(tmpdir(), "hpo-patterns-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Long enough that O(length³), and O(length²) of anything but bare comparisons, would not end within the time of a test. */
const length = 20_000;
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
const texts = pumps.flatMap((pump) => {
  const pumped = pump.repeat(Math.ceil(length / pump.length));
  return [`${pumped}!`];
});

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

describe("a text of twenty thousand letters", () => {
  it.each(Object.entries(functions))("costs %s no more than its length", (_, work) => {
    for (const text of texts) work(text);
    expect(texts.length).toBe(pumps.length);
  });

  it.each(["csv", "libsvm", "npy"])("costs the reader of %s no more than its length", async (reader) => {
    const { context } = { context: { folder, task: "classification" as const } };
    // Each reader looks at bytes: some texts stand for all.
    for (const [i, text] of texts.filter((_, at) => at % 4 === 0).entries()) {
      const file = path.join(folder, `${reader}-${i}`);
      const header = `{'descr': '<f4', ${"'shape': (".repeat(5000)}${text}`;
      const length16 = Buffer.alloc(2);
      length16.writeUInt16LE(Math.min(65_535, header.length));
      const bytes =
        reader === "npy"
          ? Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length16, Buffer.from(header)])
          : Buffer.from(`a,b\n1,${text}\n`);
      writeFileSync(file, bytes);
      const recipe =
        reader === "csv" ? csv(file, { target: "b" }) : reader === "npy" ? npy({ features: file, target: null }) : libsvm(file);
      const end = await recipe.load(context as never).catch((error: unknown) => error);
      if (end instanceof Error) expect(end).toBeInstanceOf(HpoError);
      rmSync(file);
    }
  });
});
