import os from "node:os";
import { environment } from "#hpo/study/environment";
import { describe, expect, it } from "vitest";

describe("environment()", () => {
  it("says where a run took place, and nothing of what the process was given", () => {
    process.env["HPO_TEST_SECRET"] = "s3cret-value";
    try {
      const told = environment(os.tmpdir()) as Record<string, unknown>;
      expect(Object.keys(told).sort()).toEqual(["cores", "cpu", "git", "memoryMegabytes", "node", "packages", "platform"]);
      expect(told["node"]).toBe(process.version);
      expect(told["git"]).toBeNull();
      // Installed versions, also of packages that don't export their package.json; never a range.
      for (const [name, version] of Object.entries(told["packages"] as object)) expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+/);
      const text = JSON.stringify(told);
      for (const secret of ["s3cret-value", os.homedir(), os.hostname()]) expect(text.includes(secret)).toBe(false);
    } finally {
      delete process.env["HPO_TEST_SECRET"];
    }
  });
});
