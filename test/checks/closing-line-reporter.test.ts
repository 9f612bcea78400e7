import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const reporter = path.join(root, "test/closing-line-reporter.ts");

it("ends a run with the reasons of what was skipped and one line of counts", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-reporter-"));
  const config = `import { closingLineReporter } from ${JSON.stringify(reporter)};
    export default { test: { globals: true, include: ["*.test.js"], reporters: [closingLineReporter()] } };`;
  writeFileSync(path.join(folder, "vitest.config.mjs"), config);
  writeFileSync(
    path.join(folder, "a.test.js"),
    `it("passes", () => {});
    it("fails", () => { throw new Error("as planned"); });
    it("asks", (context) => context.skip(true, "needs a GPU"));
    it("asks too", (context) => context.skip("needs a GPU"));
    describe.skipIf(true)("drawing (needs tmux)", () => { it("draws", () => {}); });
    it.skip("says nothing", () => {});
    describe("broken", () => { beforeAll(() => { throw new Error("no server"); }); it("never runs", () => {}); });`,
  );
  writeFileSync(path.join(folder, "b.test.js"), `import "./lost.js";`);
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
  const { status, stdout } = spawnSync(process.execPath, [vitest, "run", "--root", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  rmSync(folder, { recursive: true });
  expect(status).toBe(1);
  expect(stdout.replaceAll(folder, "FOLDER")).toBe(`
  2 skipped: needs a GPU
    a.test.js › asks
    a.test.js › asks too
  1 skipped: needs tmux
    a.test.js › drawing (needs tmux) > draws
  1 skipped: no reason given
    a.test.js › says nothing
  1 skipped: their suite failed before them
  failed: a.test.js › broken
    no server
  failed: a.test.js › fails
    as planned
  failed: b.test.js
    Cannot find module './lost.js' imported from FOLDER/b.test.js
1 passed, 3 failed, 5 skipped
`);
});
