import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "expected");

/** Compares a text with the file of that name in `test/golden/expected`; UPDATE_GOLDEN=1 writes it instead. */
export function expectGolden(name: string, text: string): void {
  const file = path.join(folder, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect(existsSync(file), `${name} is missing; write it with UPDATE_GOLDEN=1 and look at it`).toBe(true);
  expect(text, `${name} differs; if it should, write it with UPDATE_GOLDEN=1 and look at the difference`).toBe(readFileSync(file, "utf8"));
}
