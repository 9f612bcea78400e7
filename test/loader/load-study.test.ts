import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { HpoError } from "#hpo/core/hpo-error";
import { loadStudy } from "#hpo/loader/load-study";
import { choice, kFold } from "hpo";
import { studyFolder } from "./study-folder.ts";

const folder = studyFolder();
const { write, load } = folder;

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
    expect(found).toBe(folder.path);
  });

  it("prefers the running engine to one that is installed beside the study", async () => {
    const { spec } = await load({
      "study.ts": `import * as hpo from "hpo"; export default { kind: "study", HpoError: hpo.HpoError };`,
      "node_modules/hpo/package.json": `{ "name": "hpo", "type": "module", "exports": "./index.js" }`,
      "node_modules/hpo/index.js": `export const HpoError = "another";`,
    });
    expect(spec["HpoError"]).toBe(HpoError);
  });

  it("takes what files of a study name of hpo from the engine that runs", async () => {
    const { bundle, spec } = await load({
      "study.ts": `import { kFold } from "hpo"; import { choice } from "./own.ts"; export default { kind: "study", kFold, choice };`,
      "own.ts": `export { choice } from "hpo";`,
    });
    const imported = [...readFileSync(fileURLToPath(bundle), "utf8").matchAll(/from "(.*)"/g)].map(([, from]) => from as string);
    expect(new Set(imported)).toEqual(new Set([import.meta.resolve("hpo")]));
    expect([spec["kFold"], spec["choice"]]).toEqual([kFold, choice]);
  });

  it.each(["study.js", "study.mjs", "study.mts"])("loads %s", async (name) => {
    const { spec } = await load({ [name]: `export default { kind: "study", name: "plain" };` });
    expect(spec["name"]).toBe("plain");
  });

  it("finds a path relative to the given working folder", async () => {
    write({ "deep/study.ts": `export default { kind: "study" };` });
    expect((await loadStudy("deep/study.ts", { cwd: folder.path })).folder).toBe(path.join(folder.path, "deep"));
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
      url: pathToFileURL(path.join(folder.path, "study.ts")).href,
      file: path.join(folder.path, "study.ts"),
      folder: folder.path,
      other: pathToFileURL(path.join(folder.path, "lib/data.csv")).href,
      common: { folder: path.join(folder.path, "lib") },
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

  it("bundles what the study's own package.json and tsconfig.json name, and what is imported for its effect", async () => {
    const { spec } = await load({
      "study.ts": `import { part } from "#lib/part"; import { part as same } from "@lib/part.ts"; import "./lib/effect.ts";
        const { part: later } = await import("./lib/part.ts");
        export default { kind: "study", once: part === same && part === later, effect: process.env["HPO_TEST_EFFECT"] };`,
      "lib/part.ts": `export const part: object = {};`,
      "lib/effect.ts": `process.env["HPO_TEST_EFFECT"] = "done";`,
      "package.json": `{ "type": "module", "sideEffects": false, "imports": { "#lib/*": "./lib/*.ts" } }`,
      "tsconfig.json": `{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }`,
    });
    delete process.env["HPO_TEST_EFFECT"];
    expect(spec).toMatchObject({ once: true, effect: "done" });
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
    expect(bundle.startsWith(pathToFileURL(folder.path).href)).toBe(false);
    rmSync(fileURLToPath(bundle));
  });

  it("follows a link to the study to the real folder", async () => {
    write({ "real/study.ts": `export default { kind: "study", url: import.meta.url };` });
    symlinkSync(path.join(folder.path, "real/study.ts"), path.join(folder.path, "link.ts"));
    const { spec, folder: found } = await loadStudy(path.join(folder.path, "link.ts"));
    expect(found).toBe(path.join(folder.path, "real"));
    expect((spec as unknown as { url: string }).url).toBe(pathToFileURL(path.join(folder.path, "real/study.ts")).href);
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
    expect(readdirSync(path.join(folder.path, ".hpo/bundles"))).toHaveLength(1);
  });

  it("removes bundles that nothing loaded for a month, and nothing else", async () => {
    const old = path.join(folder.path, ".hpo/bundles", `${"0".repeat(32)}.mjs`);
    const recent = path.join(folder.path, ".hpo/bundles", `${"1".repeat(32)}.mjs`);
    const other = path.join(folder.path, ".hpo/bundles", "notes.mjs");
    write({ "study.ts": `export default { kind: "study" };`, ".hpo/bundles/notes.mjs": "" });
    for (const file of [old, recent]) writeFileSync(file, "");
    const longAgo = new Date(Date.now() - 31 * 24 * 3600 * 1000);
    for (const file of [old, other]) utimesSync(file, longAgo, longAgo);
    const { bundle } = await loadStudy(path.join(folder.path, "study.ts"));
    const kept = [path.basename(recent), "notes.mjs", path.basename(fileURLToPath(bundle))];
    expect(readdirSync(path.join(folder.path, ".hpo/bundles")).sort()).toEqual(kept.sort());
  });
});

describe("a study file that can't be used", () => {
  it("is told with the path as it was given and the working folder", async () => {
    const error = await failure("missing.ts", folder.path);
    expect(error.code).toBe("STUDY_FILE_NOT_FOUND");
    expect(error.message).toBe(`There is no study file missing.ts in ${folder.path}.`);
  });

  it("is not a folder", async () => {
    const error = await failure(".", folder.path);
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
    ["imports what hpo does not export", `import { nope } from "hpo";\nexport default nope;`, "study.ts:1:10: hpo exports no nope."],
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
    const error = await failure("study.ts", folder.path);
    expect(error.code).toBe("STUDY_FILE_INVALID");
    expect(error.message).toBe(message);
  });

  it("needs a package that is not installed", async () => {
    write({ "study.ts": `import lost from "hpo-lost-package";\nexport default lost;` });
    const error = await failure("study.ts", folder.path);
    expect(error.message).toBe(
      `study.ts: the package hpo-lost-package is not installed; run npm install hpo-lost-package in ${folder.path}.`,
    );
  });

  it("tells the place in an imported file, in its own lines", async () => {
    write({
      "study.ts": `import { a } from "./lib/a.ts";\nexport default a;`,
      "lib/a.ts": `// first\nexport const folder = import.meta.dirname;\nexport const a: number = (() => {\n  throw new Error("in a");\n})();`,
    });
    expect((await failure("study.ts", folder.path)).message).toBe(
      `${path.join("lib", "a.ts")}:4:9: the study failed while it was loaded: in a.`,
    );
  });

  it("is told the same where Node looks up source maps itself", () => {
    const file = write({ "study.ts": `interface A { a: string }\n\nexport const a: A = (() => { throw new Error("here"); })();` });
    const script = `import { loadStudy } from "#hpo/loader/load-study";
import { choice, kFold } from "hpo"; await loadStudy(process.argv[1]).catch((e) => console.log(e.message));`;
    const options = ["--enable-source-maps", "--input-type=module", "--eval", script, file];
    const { stdout } = spawnSync(process.execPath, options, { encoding: "utf8", cwd: import.meta.dirname });
    expect(stdout).toBe(`${file}:3:36: the study failed while it was loaded: here.\n`);
  });

  it("passes an error of hpo on, with its code and the place in front", async () => {
    write({
      "study.ts": `import { HpoError } from "hpo";\n\nthrow new HpoError("SPACE_INVALID", "float(): low must be finite; got NaN.", { data: { low: 1 } });`,
    });
    const error = await failure("study.ts", folder.path);
    expect(error.code).toBe("SPACE_INVALID");
    expect(error.message).toBe("study.ts:3:7: float(): low must be finite; got NaN.");
    expect(error.data).toMatchObject({ low: 1, line: 3, file: path.join(folder.path, "study.ts") });
  });
});
