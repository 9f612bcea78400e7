import { describe, expect, it } from "vitest";
import { defaultReporter } from "#hpo/cli/reporter";
import { wantsColour } from "#hpo/cli/terminal";

const terminal = { isTTY: true } as NodeJS.WriteStream;
const pipe = {} as NodeJS.WriteStream;

describe("the default reporter", () => {
  it("is live on a terminal alone, and plain in CI, in a pipe and on a dumb terminal", () => {
    expect(defaultReporter(terminal, {})).toBe("live");
    expect(defaultReporter(terminal, { CI: "" })).toBe("live");
    expect(defaultReporter(terminal, { CI: "false" })).toBe("live");
    expect(defaultReporter(terminal, { CI: "true" })).toBe("plain");
    expect(defaultReporter(terminal, { TERM: "dumb" })).toBe("plain");
    expect(defaultReporter(pipe, {})).toBe("plain");
  });
});

describe("colours", () => {
  it("are for terminals, unless NO_COLOR or FORCE_COLOR says otherwise", () => {
    expect(wantsColour(terminal, {})).toBe(true);
    expect(wantsColour(terminal, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: "1", FORCE_COLOR: "1" })).toBe(false);
    expect(wantsColour(terminal, { TERM: "dumb" })).toBe(false);
    expect(wantsColour(pipe, {})).toBe(false);
    expect(wantsColour(pipe, { FORCE_COLOR: "1" })).toBe(true);
    expect(wantsColour(terminal, { FORCE_COLOR: "0" })).toBe(false);
  });
});
