import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { apiProblems } from "../../scripts/check-api.ts";
import { layerProblems } from "../../scripts/check-layers.ts";
import { sizeProblems } from "../../scripts/check-sizes.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "hpo-checks-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function plant(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
}

describe("the check of layers", () => {
  it("accepts imports downwards, within a room, and computed ones in workers and the loader", () => {
    plant({
      "src/index.ts": `export { defineStudy } from "./define-study.ts";`,
      "src/define-study.ts": `import "./study/study.ts"; import "./validation/folds.ts";`,
      "src/cli/main.ts": `import { x } from "../index.ts"; import { y } from "./run.ts"; import pico from "picocolors";`,
      "src/validation/folds.ts": `import type { S } from "../study/study.ts"; import "../core/json.ts";`,
      "src/core/sampler.ts": `import type { Rng } from "../math/rng.ts";`,
      "src/workers/slot.ts": `await import(task.module);`,
      "src/loader/load-study.ts": `await import(bundle);`,
      "studies/mine.ts": `import { float } from "hpo"; import "./data/rows.ts";`,
      "test/core/json.test.ts": `import { x } from "#hpo/core/json"; import { y } from "../shared-data.ts";`,
    });
    expect(layerProblems(root)).toEqual([]);
  });

  it.each([
    ["src/math/rng.ts", `\nimport type { Json } from "../core/json.ts";`, "src/math/rng.ts:2: math imports core, a floor above it."],
    ["src/store/a.ts", `import "../study/study.ts";`, "src/store/a.ts:1: store imports study, a floor above it."],
    ["src/report/a.ts", `export { x } from "../index.ts";`, "src/report/a.ts:1: report imports public, a floor above it."],
    ["src/data/csv.ts", `import "../space/float.ts";`, "src/data/csv.ts:1: data imports space; rooms of one row are strangers."],
    [
      "src/models/svm/svm.ts",
      `const w = new URL("../../workers/slot.js", import.meta.url);`,
      "src/models/svm/svm.ts:1: models imports workers; rooms of one row are strangers.",
    ],
    ["src/study/run.ts", "await import(name);", "src/study/run.ts:1: computes an import(); only workers and loader may."],
    [
      "src/utils/a.ts",
      `import "../math/rng.ts";`,
      "src/utils/a.ts:1: the room utils is not in the house; give it a row in scripts/check-layers.ts.",
    ],
    [
      "src/helpers.ts",
      `import "./math/rng.ts";`,
      "src/helpers.ts:1: the room helpers.ts is not in the house; give it a row in scripts/check-layers.ts.",
    ],
    ["src/cli/a.ts", `import "hpo";`, "src/cli/a.ts:1: imports hpo; within src, import the file by its path."],
    ["src/cli/a.ts", `import "../../scripts/check.ts";`, "src/cli/a.ts:1: imports scripts/check.ts, which is not part of the package."],
    [
      "test/a.test.ts",
      `import "../src/math/rng.ts";`,
      `test/a.test.ts:1: imports src/math/rng.ts; import the built package: "hpo" or "#hpo/…".`,
    ],
    [
      "studies/a.ts",
      `import "#hpo/math/rng";`,
      `studies/a.ts:1: imports #hpo/math/rng; a study uses what a user can: "hpo", packages and files beside it.`,
    ],
  ])("tells what is wrong in %s: %s", (file, source, problem) => {
    plant({ [file]: source });
    expect(layerProblems(root)).toEqual([problem]);
  });
});

describe("the check of sizes", () => {
  const lines = (count: number): string => "x;\n".repeat(count);

  it("accepts 300 lines, and 500 with a reason in the head", () => {
    plant({ "src/core/a.ts": lines(300), "scripts/b.mjs": `// One table.\n// Size: the table of a published method.\n${lines(498)}` });
    expect(sizeProblems(root)).toEqual([]);
  });

  it("tells files above 300 lines without a reason, and above 500 with any", () => {
    plant({
      "src/kernels/assembly/a.entry.ts": lines(301),
      "test/b.test.ts": `// Size: it is long.\n${lines(500)}`,
      "studies/c.ts": `${lines(300)}// Size: a reason that is not in the head.\n`,
    });
    expect(sizeProblems(root)).toEqual([
      "src/kernels/assembly/a.entry.ts: 301 lines; above 300, split it, or say why not in its head: // Size: …",
      "studies/c.ts: 301 lines; above 300, split it, or say why not in its head: // Size: …",
      "test/b.test.ts: 501 lines; a file has at most 500: split it.",
    ]);
  });
});

describe("the check of public names", () => {
  const files = {
    "src/index.ts": `// The public face.\nexport { fold, type Fold as Part } from "./fold.ts";\n`,
    "src/fold.ts": `/** A fold. */\nexport interface Fold {}\n\n/** Makes one. */\nexport function fold(): Fold { return {}; }\n`,
    "docs/api.txt": "function fold\ninterface Part\n",
  };

  it("accepts the names of the list", () => {
    plant(files);
    expect(apiProblems(root)).toEqual([]);
  });

  it("tells names that came and went, and writes the list when asked", () => {
    plant({ ...files, "docs/api.txt": "function fold\nfunction gone\n" });
    expect(apiProblems(root)).toEqual([
      "interface Part is public, but not in docs/api.txt; if that is meant, run npm run check -- api --write.",
      "function gone is in docs/api.txt, but no longer public; if that is meant, run npm run check -- api --write.",
    ]);
    expect(apiProblems(root, true)).toEqual([]);
    expect(readFileSync(path.join(root, "docs/api.txt"), "utf8")).toBe(files["docs/api.txt"]);
  });

  it("tells public names without a docstring", () => {
    plant({ ...files, "src/fold.ts": files["src/fold.ts"].replace("/** Makes one. */", "// Makes one.") });
    expect(apiProblems(root)).toEqual(["function fold is public and has no docstring."]);
  });

  it("tells an index that holds more than names", () => {
    plant({ ...files, "src/index.ts": `${files["src/index.ts"]}export * from "./fold.ts";\n` });
    expect(apiProblems(root)).toEqual([`src/index.ts must hold nothing but export { … } from "…"; it holds export * from "…";`]);
  });
});
