import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { keepBundle } from "#hpo/loader/bundle-folder";
import { studyFolder } from "./study-folder.ts";

const folder = studyFolder();
const bundles = (): string => path.join(folder.path, ".hpo", "bundles");

describe("the folder of bundles", () => {
  it("keeps one file a text, and removes what a killed process has left half written", async () => {
    const first = await keepBundle(bundles(), "export default 1;");
    // A pid that has been, and is no more.
    const gone = `${first}.${spawnSync(process.execPath, ["--version"]).pid}-0123456789ab.tmp`;
    const lives = `${first}.${process.pid}-0123456789ab.tmp`;
    for (const draft of [gone, lives]) writeFileSync(draft, "export def");
    expect(await keepBundle(bundles(), "export default 1;")).toBe(first);
    expect(readdirSync(bundles()).sort()).toEqual([first, lives].map((file) => path.basename(file)).sort());
    writeFileSync(gone, "export def");
    const second = await keepBundle(bundles(), "export default 2;");
    expect(readdirSync(bundles()).sort()).toEqual([first, lives, second].map((file) => path.basename(file)).sort());
  });
});
