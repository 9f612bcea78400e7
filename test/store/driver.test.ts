import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const place = temporaryFolder();
const native = "build/Release/better_sqlite3.node";

/** The package as it is installed, but for the native part of its driver, which is `bytes`; null = none. */
function installed(name: string, bytes: Uint8Array | null): string {
  const folder = place(name);
  const modules = path.join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const entry of readdirSync(path.join(root, "node_modules"))) {
    if (entry !== "better-sqlite3" && entry !== "hpo") symlinkSync(path.join(root, "node_modules", entry), path.join(modules, entry));
  }
  const driver = path.join(modules, "better-sqlite3");
  for (const part of ["lib", "package.json"])
    cpSync(path.join(root, "node_modules/better-sqlite3", part), path.join(driver, part), { recursive: true });
  if (bytes !== null) {
    mkdirSync(path.dirname(path.join(driver, native)), { recursive: true });
    writeFileSync(path.join(driver, native), bytes);
  }
  for (const part of ["dist", "package.json"]) cpSync(path.join(root, part), path.join(modules, "hpo", part), { recursive: true });
  return folder;
}

function run(folder: string, study: string): { readonly status: number | null; readonly stderr: string } {
  const command = path.join(folder, "node_modules/hpo/dist/cli/main.js");
  return spawnSync(process.execPath, [command, "run", study, "--db", "hpo.sqlite"], { cwd: folder, encoding: "utf8" });
}

describe("a driver whose native part can't be loaded", () => {
  const cure = `Run \`npm rebuild better-sqlite3\` with the Node that runs hpo (${process.version}); nothing is lost.`;
  const study = path.join(root, "test/fixtures/bowl.ts");

  it("is told where it was not built", () => {
    const { status, stderr } = run(installed("unbuilt", null), study);
    expect(stderr).toContain(
      `better-sqlite3, which keeps the trials, can't be loaded: its native part was not built when it was installed, as with \`npm install --ignore-scripts\`. ${cure}`,
    );
    expect(status).toBe(1);
  });

  it("is told where it is no library", () => {
    const { stderr } = run(installed("other", Buffer.from("no library")), study);
    expect(stderr).toMatch(/^hpo: better-sqlite3, which keeps the trials, can't be loaded: .*better_sqlite3\.node: file too short\. /m);
    expect(stderr).toContain(cure);
  });
});
