import { describe, expect, it } from "vitest";
import { interrupts } from "#hpo/cli/interrupts";

describe("interrupts", () => {
  it("stop first, abort second and kill third, and take npm's echo of a signal for the same wish", () => {
    const seen: string[] = [];
    const listening = interrupts({ stop: () => seen.push("stop"), abort: () => seen.push("abort"), kill: () => seen.push("kill") });
    try {
      process.emit("SIGINT", "SIGINT");
      process.emit("SIGINT", "SIGINT");
      expect(seen).toEqual(["stop"]);
      process.emit("SIGTERM", "SIGTERM");
      process.emit("SIGINT", "SIGINT");
      expect(seen).toEqual(["stop", "abort", "kill"]);
      expect(listening.count()).toBe(3);
    } finally {
      listening.close();
    }
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });
});
