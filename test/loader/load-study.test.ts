import { mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HpoError } from "#hpo/core/hpo-error";
import { type LoadedStudy, loadStudy } from "#hpo/loader/load-study";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "hpo loader (1) ")));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes files below the test's folder; returns the path of the first. */
function write(files: Readonly<Record<string, string>>): string {
  const paths = Object.entries(files).map(([name, content]) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  });
  return paths[0] ?? folder;
}

async function load(files: Readonly<Record<string, string>>): Promise<LoadedStudy & { readonly spec: Record<string, unknown> }> {
  return (await loadStudy(write(files))) as never;
}

async function failure(file: string, cwd?: string): Promise<HpoError> {
  const error: unknown = await loadStudy(file, cwd === undefined ? {} : { cwd }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HpoError);
  return error as HpoError;
}

describe("loadStudy()", () => {
  it("loads a study of TypeScript from a folder outside the checkout, with one copy of hpo", async () => {
    const { spec, folder: found } = await load({
      "study.ts": `import { HpoError } from "hpo";
        import type { StudySpec } from "hpo";
        const name: string = "mine";
        export default { kind: "study", name, HpoError } as unknown as StudySpec;`,
    });
    expect(spec).toMatchObject({ kind: "study", name: "mine" });
    expect(spec["HpoError"]).toBe(HpoError);
    expect(found).toBe(folder);
  });

  it("prefers the running engine to one that is installed beside the study", async () => {
    const { spec } = await load({
      "study.ts": `import * as hpo from "hpo"; export default { kind: "study", HpoError: hpo.HpoError };`,
      "node_modules/hpo/package.json": `{ "name": "hpo", "type": "module", "exports": "./index.js" }`,
      "node_modules/hpo/index.js": `export const HpoError = "another";`,
    });
    expect(spec["HpoError"]).toBe(HpoError);
  });

  it.each(["study.js", "study.mjs", "study.mts"])("loads %s", async (name) => {
    const { spec } = await load({ [name]: `export default { kind: "study", name: "plain" };` });
    expect(spec["name"]).toBe("plain");
  });

  it("finds a path relative to the given working folder", async () => {
    write({ "deep/study.ts": `export default { kind: "study" };` });
    expect((await loadStudy("deep/study.ts", { cwd: folder })).folder).toBe(path.join(folder, "deep"));
  });

  it("gives every file its own import.meta and __dirname", async () => {
    const { spec } = await load({
      "study.ts": `#!/usr/bin/env node
        import { other } from "./lib/other.ts";
        import common from "./lib/common.cjs";
        export default { kind: "study", url: import.meta.url, file: import.meta.filename, folder: import.meta.dirname, other, common };`,
      "lib/other.ts": `export const other = new URL("data.csv", import.meta.url).href;`,
      "lib/common.cjs": `const { HpoError } = require("hpo"); module.exports = { folder: __dirname, HpoError };`,
    });
    expect(spec).toMatchObject({
      url: pathToFileURL(path.join(folder, "study.ts")).href,
      file: path.join(folder, "study.ts"),
      folder,
      other: pathToFileURL(path.join(folder, "lib/data.csv")).href,
      common: { folder: path.join(folder, "lib") },
    });
    expect((spec["common"] as { HpoError: unknown }).HpoError).toBe(HpoError);
  });

  it("bundles JSON, and leaves packages to the study's node_modules", async () => {
    const { spec } = await load({
      "study.ts": `import settings from "./settings.json" with { type: "json" };
        import made from "esm-only";
        export default { kind: "study", settings, made };`,
      "settings.json": `{ "folds": 10 }`,
      "node_modules/esm-only/package.json": `{ "name": "esm-only", "type": "module", "exports": { "import": "./index.js" } }`,
      "node_modules/esm-only/index.js": `export default "a package";`,
    });
    expect(spec).toMatchObject({ settings: { folds: 10 }, made: "a package" });
  });

  it("loads from a folder where no bundle can be written, packages included", async () => {
    const { spec, bundle } = await load({
      "study.ts": `import made from "esm-only"; import { readFileSync } from "fs"; export default { kind: "study", made, readFileSync };`,
      "node_modules/esm-only/package.json": `{ "name": "esm-only", "type": "module", "exports": { "import": "./index.js" } }`,
      "node_modules/esm-only/index.js": `export default "a package";`,
      ".hpo": "a file where the folder would be",
    });
    expect(spec["made"]).toBe("a package");
    expect(bundle.startsWith(pathToFileURL(tmpdir()).href)).toBe(true);
    expect(bundle.startsWith(pathToFileURL(folder).href)).toBe(false);
    rmSync(fileURLToPath(bundle));
  });

  it("follows a link to the study to the real folder", async () => {
    write({ "real/study.ts": `export default { kind: "study", url: import.meta.url };` });
    symlinkSync(path.join(folder, "real/study.ts"), path.join(folder, "link.ts"));
    const { spec, folder: found } = await loadStudy(path.join(folder, "link.ts"));
    expect(found).toBe(path.join(folder, "real"));
    expect((spec as unknown as { url: string }).url).toBe(pathToFileURL(path.join(folder, "real/study.ts")).href);
  });

  it("makes a bundle that a worker thread can import by itself", async () => {
    const { bundle } = await load({
      "study.ts": `import { twice } from "./twice.ts"; import { HpoError } from "hpo";
        export default { kind: "study", answer: twice(21), name: new HpoError("USAGE", "x").name };`,
      "twice.ts": `export const twice = (x: number): number => 2 * x;`,
    });
    const script = `const { parentPort, workerData } = require("node:worker_threads");
      import(workerData).then(({ default: spec }) => parentPort.postMessage(spec));`;
    const worker = new Worker(script, { eval: true, workerData: bundle });
    const spec = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    await worker.terminate();
    expect(spec).toEqual({ kind: "study", answer: 42, name: "HpoError" });
  });

  it("loads one study many times at once, and keeps one bundle", async () => {
    const file = write({ "study.ts": `export default { kind: "study" };` });
    const loaded = await Promise.all(Array.from({ length: 8 }, () => loadStudy(file)));
    expect(new Set(loaded.map(({ bundle }) => bundle)).size).toBe(1);
    expect(readdirSync(path.join(folder, ".hpo/bundles"))).toHaveLength(1);
  });

  it("removes bundles that nothing loaded for a month, and nothing else", async () => {
    const old = path.join(folder, ".hpo/bundles", `${"0".repeat(32)}.mjs`);
    const recent = path.join(folder, ".hpo/bundles", `${"1".repeat(32)}.mjs`);
    const other = path.join(folder, ".hpo/bundles", "notes.mjs");
    write({ "study.ts": `export default { kind: "study" };`, ".hpo/bundles/notes.mjs": "" });
    for (const file of [old, recent]) writeFileSync(file, "");
    const longAgo = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    for (const file of [old, other]) utimesSync(file, longAgo, longAgo);
    const { bundle } = await loadStudy(path.join(folder, "study.ts"));
    const kept = [path.basename(recent), "notes.mjs", path.basename(fileURLToPath(bundle))];
    expect(readdirSync(path.join(folder, ".hpo/bundles")).sort()).toEqual(kept.sort());
  });
});

describe("the code hash", () => {
  const files = {
    "study.ts": `import { HpoError } from "hpo";
import { part } from "./lib/part.ts";
import common from "./lib/common.cjs";
export default { kind: "study", part, common, HpoError, url: import.meta.url };
`,
    "lib/part.ts": `export const part = (x: number): string => import.meta.dirname + x;`,
    "lib/common.cjs": `module.exports = __filename;`,
  };
  const hash = async (changed: Readonly<Record<string, string>> = {}): Promise<string> => (await load({ ...files, ...changed })).codeHash;

  it("stays when the folder moves", async () => {
    const before = await hash();
    const moved = `${folder} moved`;
    renameSync(folder, moved);
    try {
      const after = await loadStudy(path.join(moved, "study.ts"));
      expect(after.codeHash).toBe(before);
      expect((after.spec as unknown as { url: string }).url).toBe(pathToFileURL(path.join(moved, "study.ts")).href);
    } finally {
      renameSync(moved, folder);
    }
  });

  it("stays when only comments, white space and types change", async () => {
    const before = await hash();
    const study = `/* @license nobody */ ${files["study.ts"].replaceAll("\n", "\n\n// a comment\n")}`;
    expect(await hash({ "study.ts": study })).toBe(before);
    expect(await hash({ "lib/part.ts": `export const part = ( x: 1 | 2 ): string =>\n\n import.meta.dirname + x;` })).toBe(before);
  });

  it("changes with the code of the study and of every local file", async () => {
    const hashes = [
      await hash(),
      await hash({ "study.ts": files["study.ts"].replace("part,", "part, more: 1,") }),
      await hash({ "lib/part.ts": files["lib/part.ts"].replace("+ x", "- x") }),
      await hash({ "lib/common.cjs": "module.exports = 1;" }),
    ];
    expect(new Set(hashes).size).toBe(4);
  });
});

describe("a study file that can't be used", () => {
  it("is told with the path as it was given and the working folder", async () => {
    const error = await failure("missing.ts", folder);
    expect(error.code).toBe("STUDY_FILE_NOT_FOUND");
    expect(error.message).toBe(`There is no study file missing.ts in ${folder}.`);
  });

  it("is not a folder", async () => {
    const error = await failure(".", folder);
    expect(error.code).toBe("STUDY_FILE_INVALID");
    expect(error.message).toBe(". is a folder; give a study file in it, such as study.ts.");
  });

  it.each([
    [
      "does not compile",
      "const a = 1;\nexport default { kind: ; };\nlet b = ;",
      `study.ts:2:24: the study does not compile: Unexpected ";".`,
    ],
    ["imports a missing file", `import "./lost.ts";`, `study.ts:1:8: the study does not compile: Could not resolve "./lost.ts".`],
    [
      "imports a part of hpo",
      `import "hpo/core";`,
      `study.ts:1:8: the study does not compile: hpo has no part "hpo/core"; import from "hpo".`,
    ],
    ["imports what hpo does not export", `import { nope } from "hpo";\nexport default nope;`, "study.ts:1:1: hpo exports no nope."],
    [
      "throws while it is loaded",
      `interface A { a: string }\n\nfunction fail(): A {\n  throw new RangeError("too far.");\n}\nexport default fail();`,
      "study.ts:4:9: the study failed while it was loaded: too far.",
    ],
    ["throws what is no error", `throw "a text";`, `study.ts: the study failed while it was loaded: it threw "a text".`],
    [
      "has other exports only",
      "export const study = 1;",
      "study.ts exports study but has no default export; a study file ends in: export default defineStudy({ … }).",
    ],
    ["exports nothing", "const a = 1;", "study.ts exports nothing; a study file ends in: export default defineStudy({ … })."],
    ["exports no study", "export default 42;", "study.ts: the default export must be a study, made by defineStudy({ … }); got 42."],
    [
      "exports undefined",
      "export default undefined;",
      "study.ts: the default export must be a study, made by defineStudy({ … }); got nothing.",
    ],
  ])("%s", async (_what, source, message) => {
    write({ "study.ts": source });
    const error = await failure("study.ts", folder);
    expect(error.code).toBe("STUDY_FILE_INVALID");
    expect(error.message).toBe(message);
  });

  it("needs a package that is not installed", async () => {
    write({ "study.ts": `import lost from "hpo-lost-package";\nexport default lost;` });
    const error = await failure("study.ts", folder);
    expect(error.message).toBe(`study.ts: the package hpo-lost-package is not installed; run npm install hpo-lost-package in ${folder}.`);
  });

  it("tells the place in an imported file, in its own lines", async () => {
    write({
      "study.ts": `import { a } from "./lib/a.ts";\nexport default a;`,
      "lib/a.ts": `// first\nexport const folder = import.meta.dirname;\nexport const a: number = (() => {\n  throw new Error("in a");\n})();`,
    });
    expect((await failure("study.ts", folder)).message).toBe(
      `${path.join("lib", "a.ts")}:4:9: the study failed while it was loaded: in a.`,
    );
  });

  it("passes an error of hpo on, with its code and the place in front", async () => {
    write({
      "study.ts": `import { HpoError } from "hpo";\n\nthrow new HpoError("SPACE_INVALID", "float(): low must be finite; got NaN.", { data: { low: 1 } });`,
    });
    const error = await failure("study.ts", folder);
    expect(error.code).toBe("SPACE_INVALID");
    expect(error.message).toBe("study.ts:3:7: float(): low must be finite; got NaN.");
    expect(error.data).toMatchObject({ low: 1, line: 3, file: path.join(folder, "study.ts") });
  });
});
