import { describe, expect, it } from "vitest";
import { maskText, sourceImports } from "../../scripts/source-imports.ts";

const targets = (source: string): (string | null)[] => sourceImports(source).map(({ target }) => target);

describe("sourceImports()", () => {
  it.each([
    [`import a from "./a.ts";`],
    [`import { b, type C } from './a.ts'`],
    [`import type { D } from "./a.ts";`],
    [`import * as all from "./a.ts";`],
    [`import {\n  one,\n  two,\n} from "./a.ts";`],
    [`import "./a.ts";`],
    [`import data from "./a.ts" with { type: "json" };`],
    [`export { e } from "./a.ts";`],
    [`export type { F } from "./a.ts";`],
    [`export * from "./a.ts";`],
    [`export * as g from "./a.ts";`],
    [`const h = await import("./a.ts");`],
    [`type I = import("./a.ts").I;`],
    ["const j = `text ${await import('./a.ts')} text`;"],
    [`const k = new URL("./a.ts", import.meta.url);`],
    [`const l = x / 2; /* " */ import "./a.ts"; // ' `],
    ["const m = /[/\"'`]/.test(text); import './a.ts';"],
    ["const n = `a ${{ b: `${1}` }.b} \\` c`; import './a.ts';"],
  ])("finds the import in %s", (source) => {
    expect(targets(source)).toEqual(["./a.ts"]);
  });

  it.each([
    [`// import "./a.ts";`],
    [`/* import x from "./a.ts" */`],
    [`const text = 'import "./a.ts"';`],
    ['const text = `import "./a.ts"`;'],
    [`const here = import.meta.url; const from = "./a.ts";`],
    [`const wasm = new URL("./a.wasm", import.meta.url);`],
    [`export const from = "./a.ts";`],
    [`archive.import("./a.ts");`],
  ])("finds none in %s", (source) => {
    expect(targets(source)).toEqual([]);
  });

  it("tells a computed import and its line", () => {
    expect(sourceImports("// one\n\nconst m = await import(task.module);\nimport(`./${name}.ts`);\nimport('./a' + b);")).toEqual([
      { line: 3, target: null },
      { line: 4, target: null },
      { line: 5, target: null },
    ]);
  });

  it("keeps every line break, so that lines count", () => {
    const source = "/* a\n b */ const x = `1\n${2}\n3`; const y = 'a\\\nb';\n// end";
    expect(maskText(source).code.split("\n")).toHaveLength(source.split("\n").length);
  });
});
