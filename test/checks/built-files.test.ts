import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { HpoError } from "hpo";
import { describe, expect, it } from "vitest";
import { HpoError as own } from "#hpo/core/hpo-error";

const dist = path.join(import.meta.dirname, "../../dist");

/** What Node opens to load a built file: itself and all that it imports, once each. */
function opened(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, from = ""] of readFileSync(file, "utf8").matchAll(/(?:from|^import) "(\.[^"]+)"/gm))
    opened(path.join(path.dirname(file), from), found);
  return found;
}

describe("the built package", () => {
  it("is few files to load, since each takes its time", () => {
    for (const [file, most] of [
      ["index.js", 30],
      ["cli/main.js", 12],
      ["workers/slot-entry.js", 8],
      ["workers/process-entry.js", 8],
      ["validation/part-task.js", 12],
    ] as const)
      expect(opened(path.join(dist, file)).size, file).toBeLessThanOrEqual(most);
  });

  it("has each module at its own path, but once", () => {
    const programs = new Set(["cli/main.js", "workers/process-entry.js", "workers/slot-entry.js"]);
    const modules = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
    for (const file of modules.filter((one) => !programs.has(one) && !one.startsWith("chunks")))
      expect(readFileSync(path.join(dist, file), "utf8"), file).toMatch(/^export \{[^{}]*\} from "(?:\.\.?\/)+chunks\/\w+\.js";\n$/);
    expect(modules.length).toBeGreaterThan(500);
    expect(own).toBe(HpoError);
  });
});
