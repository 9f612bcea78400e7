import { sizeOption } from "#hpo/cli/option-values";
import { describe, expect, it } from "vitest";

describe("sizeOption()", () => {
  it.each([
    ["1kB", 1000],
    ["500MB", 5e8],
    ["1.5 GiB", 1.5 * 1024 ** 3],
    ["2gb", 2e9],
    ["3TiB", 3 * 1024 ** 4],
    ["0.5KiB", 512],
  ])("takes %s as %i bytes", (text, bytes) => {
    expect(sizeOption(text)).toBe(bytes);
  });

  it.each(["", "GB", "1", "1B", "1e3MB", "0MB", "0.0001kB", "1 000MB", "NaNGB", "1GBs"])("refuses %j", (text) => {
    expect(() => sizeOption(text)).toThrow("It must be a size above 0 with its unit");
  });
});
