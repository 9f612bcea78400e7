import { describe, expect, it } from "vitest";
import { formatSeconds, parseDuration } from "#hpo/report/duration";

describe("formatSeconds", () => {
  it.each([
    [0, "0 s"],
    [0.114, "0.11 s"],
    [0.996, "1.0 s"],
    [3.1, "3.1 s"],
    [9.96, "10 s"],
    [59.6, "1 min"],
    [125, "2 min 5 s"],
    [3599.7, "1 h"],
    [3780, "1 h 3 min"],
    [86_399, "1 d"],
    [187_200, "2 d 4 h"],
    [null, "–"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
    [-1, "0 s"],
  ])("writes %s seconds as %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe("parseDuration", () => {
  it.each([
    ["500ms", 0.5],
    ["30s", 30],
    ["30m", 1800],
    ["2h", 7200],
    ["1.5h", 5400],
  ])("reads %s as %s seconds", (text, seconds) => {
    expect(parseDuration("--time-budget", text)).toBe(seconds);
  });

  it.each(["30", "abc", "", "-1s", "0s", "1 h", "1d", "1e3s", "Infinitys", "30S"])("refuses %j", (text) => {
    expect(() => parseDuration("--time-budget", text)).toThrow(/^--time-budget must be a duration above 0 with its unit/);
  });
});
