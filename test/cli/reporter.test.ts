import { PassThrough } from "node:stream";
import { reporter } from "#hpo/cli/reporter";
import { describe, expect, it } from "vitest";
import { midway } from "../golden/progress.ts";

describe("the plain reporter", () => {
  it("tells each note of a plan once, in a line of its own, before the progress", () => {
    const stream = new PassThrough();
    const view = reporter("plain", stream as unknown as NodeJS.WriteStream, false);
    view.update({ ...midway, notes: ["distances kept: 166 MB; 20 MB a worker"] });
    view.update({ ...midway, elapsedSeconds: 1000, notes: ["distances kept: 166 MB; 20 MB a worker", "no room\x1b[2J"] });
    const lines = String(stream.read()).trimEnd().split("\n");
    expect(lines.filter((line) => !line.includes("done"))).toEqual([
      "landsat-svm  distances kept: 166 MB; 20 MB a worker",
      expect.stringMatching(/^landsat-svm {2}no room/),
    ]);
    expect(lines[0]).toContain("distances kept");
    expect(lines.join("")).not.toContain("\x1b");
  });
});
