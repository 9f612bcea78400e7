import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { soak, soakKinds } from "./soak.ts";

describe.skipIf(!existsSync("/proc/self/fd"))("processes of every kind on one database (needs /proc)", () => {
  it("hold no more files after ten studies than after two, and complain of nothing", async () => {
    const { samples, problems } = await soak({ seconds: 3, every: 0.5 });
    expect(problems).toEqual([]);
    for (const kind of soakKinds) {
      const own = samples.filter((sample) => sample.kind === kind);
      expect(own.length, kind).toBeGreaterThan(0);
      if (own.length > 2) expect(own.at(-1)?.files, kind).toBeLessThanOrEqual(own[1]?.files ?? 0);
    }
  }, 120_000);
});
