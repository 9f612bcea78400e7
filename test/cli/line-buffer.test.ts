import { expect, it } from "vitest";
import { lineBuffer } from "#hpo/cli/line-buffer";

it("gives out whole lines by slot, the last state of a progress bar, and what is left at the end", () => {
  const written: string[] = [];
  const buffer = lineBuffer((lines) => written.push(lines));
  buffer.add("half ", 0);
  buffer.add("other\n", 1);
  buffer.add("a line\nand ", 0);
  buffer.add("10 %\r20 %\r", 1);
  buffer.add("30 %\r\nthe end", 1);
  buffer.add("\n\n");
  expect(written).toEqual(["other\n", "half a line\n", "30 %\n", "\n\n"]);
  buffer.flush();
  buffer.flush();
  expect(written.slice(4)).toEqual(["and \nthe end\n"]);
});

it("gives out a line that has no end before it fills the memory", () => {
  const written: string[] = [];
  const buffer = lineBuffer((lines) => written.push(lines));
  for (let i = 0; i < 70; i++) buffer.add("x".repeat(1000), 0);
  expect(written.join("").length).toBeGreaterThan(65_000);
});
