import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const main = path.join(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), "dist/cli/main.js");
const engine: Readonly<Record<string, unknown>> = await import("#hpo/index");
let folder = "";

const parabola = `
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "parabola",
  space: { x: values([0, 1, 2]), y: values([0, 1]) },
  sampler: grid(),
  objective: async ({ params }) => (params.x - 1) ** 2 + params.y,
});
`;

/** Each trial says on stderr that it runs and ends when the file "go" is there. */
const patient = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "patient",
  space: { x: values([0, 1, 2, 3, 4, 5]) },
  sampler: grid(),
  objective: async ({ params, signal }) => {
    while (!existsSync(process.env.HPO_TEST_GO)) await sleep(5, undefined, { signal });
    return params.x;
  },
});
`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hpo-run-"));
  writeFileSync(path.join(folder, "parabola.ts"), parabola);
  writeFileSync(path.join(folder, "patient.ts"), patient);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hpo(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", env: { ...process.env, CI: "1" } });
}

describe.skipIf(typeof engine["openStudy"] !== "function")("hpo run (needs a package with openStudy)", () => {
  it("prints one JSON object on stdout and progress on stderr", () => {
    const { status, stdout, stderr } = hpo("run", "parabola.ts", "--json", "--workers", "1");
    expect(status, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(Object.keys(summary)).toEqual([
      "study",
      "state",
      "objectives",
      "trials",
      "best",
      "front",
      "wallSeconds",
      "cpuSeconds",
      "database",
    ]);
    expect(summary).toMatchObject({ study: "parabola", state: "complete", trials: { complete: 6, pruned: 0, failed: 0 }, front: null });
    expect(stderr).toContain("parabola  complete after");
  });

  it("reads what was stored with every other command", () => {
    expect(hpo("list").stdout).toMatch(/parabola +complete +6\/6/);
    expect(hpo("show", "parabola").stdout).toContain("database");
    expect(JSON.parse(hpo("best", "parabola", "--json").stdout).study).toBe("parabola");
    const table = JSON.parse(hpo("table", "parabola", "--format", "json").stdout);
    expect([table.rows.param, table.columns.param, table.cells.length, table.cells[0].length]).toEqual(["x", "y", 3, 2]);
    for (const format of ["text", "md", "csv", "tex"]) expect(hpo("table", "parabola", "--format", format).status).toBe(0);
    expect(parse(hpo("trials", "parabola", "--format", "csv").stdout, { columns: true })).toHaveLength(6);
  });

  it("tells an unknown study, a missing file and a file that doesn't compile in one sentence, without a stack", () => {
    const unknown = hpo("show", "parabole");
    expect([unknown.status, unknown.stdout]).toEqual([2, ""]);
    expect(unknown.stderr).toContain("parabola");
    writeFileSync(path.join(folder, "broken.ts"), "export default {{\n");
    writeFileSync(path.join(folder, "bare.ts"), "export const x = 1;\n");
    for (const file of ["absent.ts", "broken.ts", "bare.ts"]) {
      const { status, stdout, stderr } = hpo("run", file);
      expect(status).toBeGreaterThan(0);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^hpo: /);
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(stderr).not.toContain("not expected");
    }
  });

  it.each(["SIGINT", "SIGTERM"] as const)("finishes what runs on a first %s, says 130 and continues when run again", async (signal) => {
    const go = path.join(folder, `go-${signal}`);
    const database = `${signal}.sqlite`;
    const args = ["run", "patient.ts", "--workers", "1", "--db", database];
    const environment = { ...process.env, CI: "1", HPO_TEST_GO: go };
    const child = spawn(process.execPath, [main, ...args, "--json", "--reporter", "ndjson"], { cwd: folder, env: environment });
    let signalled = false;
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      if (!signalled && /"running":1/.test(stderr)) {
        signalled = true;
        child.kill(signal);
      }
      if (/"event":"message"/.test(stderr)) writeFileSync(go, "");
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status, stderr).toBe(130);
    const summary = JSON.parse(stdout);
    expect(summary.state).toBe("stopped");
    expect(summary.trials.complete).toBeGreaterThan(0);
    expect(summary.trials.complete).toBeLessThan(6);
    const again = spawnSync(process.execPath, [main, ...args, "--json"], { cwd: folder, encoding: "utf8", env: environment });
    expect(again.status, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ state: "complete", trials: { complete: 6 } });
  });
});
