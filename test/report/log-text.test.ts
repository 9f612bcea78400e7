import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedLog } from "#hpo/core/task-log";
import { harmlessLine, logLines } from "#hpo/report/log-text";
import { trialPage } from "#hpo/report/trial-page";
import { trialLogs } from "#hpo/study/trial-logs";
import { failedTrial } from "../golden/trial-parts.ts";

const log = { task: "t", label: "l", attempt: 1, trials: [0], dropped: 0, tail: "" };
const escape = "\u001b";
/** What `harmlessLine` keeps. */
const kept = new RegExp(`${escape}\\[[\\d;]*m|\t`, "g");
/** What a terminal acts on. */
const acting = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

describe("what a task wrote", () => {
  it("holds nothing that a terminal acts on, whatever it was", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("\u001b[2J", "\u001b]0;t\u0007", "\u009b1A", "\u001b[1;31mred", "a\rb"),
    );
    const texts = fc.array(text, { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts, (written) => {
        for (const line of logLines({ ...log, head: written })) expect(line).not.toMatch(acting);
        expect(harmlessLine(written.replaceAll("\n", " ")).replaceAll(kept, "")).not.toMatch(acting);
        const parts = { ...failedTrial.parts, logs: [{ ...log, label: written, head: written }] };
        expect(trialPage(failedTrial.snapshot, 0, parts).replaceAll("\n", "")).not.toMatch(acting);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("keeps styles in a live line and ends them with it", () => {
    expect(harmlessLine("\u001b[31mred\u001b[2J and\ton")).toBe("\u001b[31mred\\x1b[2J and\ton\u001b[0m");
    expect(harmlessLine("plain\u0007")).toBe("plain\\x07");
  });
});

describe("a log within bounds", () => {
  it("keeps the first and the last of it, and counts what is missing", () => {
    expect(boundedLog({ head: "", dropped: 0, tail: "" }, 10)).toBeUndefined();
    expect(boundedLog({ head: "short", dropped: 0, tail: "er" }, 10)).toEqual({ head: "shorter", dropped: 0, tail: "" });
    expect(boundedLog({ head: "0123456789", dropped: 0, tail: "abc" }, 4)).toEqual({ head: "01", dropped: 9, tail: "bc" });
    expect(boundedLog({ head: "0123456789", dropped: 7, tail: "abc" }, 4)).toEqual({ head: "01", dropped: 16, tail: "bc" });
    expect(boundedLog({ head: "a🙂b", dropped: 0, tail: "" }, 3)).toEqual({ head: "a", dropped: 2, tail: "b" });
    expect(boundedLog({ head: "a🙂", dropped: 1, tail: "" }, 4)).toEqual({ head: "a\ufffd", dropped: 2, tail: "" });
    expect(boundedLog({ head: "abc", dropped: 0, tail: "" }, 0)).toEqual({ head: "", dropped: 3, tail: "" });
  });

  it("takes at most half of what its trial has left, over attempts, folds and resumed runs", () => {
    const text = { head: "x".repeat(65_536), dropped: 1e9, tail: "y".repeat(32_768) };
    const sizes = (logs: ReturnType<typeof trialLogs>, trial: number): number[] =>
      Array.from({ length: 40 }, (_, i) => {
        const [row] = logs.row({ key: `k${i}`, label: "l" } as never, [trial, 9], 1, text);
        expect(row?.dropped).toBe(65_536 + 1e9 + 32_768 - (row?.head.length ?? 0) - (row?.tail.length ?? 0));
        return (row?.head.length ?? 0) + (row?.tail.length ?? 0);
      });
    const all = sizes(trialLogs(new Map()), 3);
    expect(all.slice(0, 3)).toEqual([65_536, 32_768, 16_384]);
    expect(all.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(131_072);
    expect(sizes(trialLogs(new Map([[3, 131_000]])), 3).slice(0, 2)).toEqual([36, 18]);
    expect(trialLogs(new Map()).row({ key: "k", label: "l" } as never, [3], 1, undefined)).toEqual([]);
  });
});
