import { describe, expect, it } from "vitest";
import { interrupts } from "#hpo/cli/interrupts";

describe("interrupts", () => {
  it("wait for npm's echo of a signal before they give the signals back, and take nothing else for one", async () => {
    const seen: string[] = [];
    const listening = interrupts({ stop: () => seen.push("stop"), abort: () => seen.push("abort"), kill: () => seen.push("kill") });
    process.emit("SIGINT", "SIGINT");
    const closed = listening.close();
    process.emit("SIGINT", "SIGINT");
    expect(seen).toEqual(["stop"]);
    // Nothing is left to be finished or cut off.
    process.emit("SIGTERM", "SIGTERM");
    expect(seen).toEqual(["stop", "kill"]);
    await closed;
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  it("stop first, abort second and kill third, and take npm's echo of a signal for the same wish", async () => {
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
      await listening.close();
    }
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });
});
