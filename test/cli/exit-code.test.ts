import { describe, expect, it } from "vitest";
import { runExitCode } from "#hpo/cli/exit-code";
import { failure } from "#hpo/cli/failure";
import { HpoError } from "#hpo/core/hpo-error";
import { empty, landsat, regression, snapshotOf, trialSnapshot, unfinished } from "../golden/snapshots.ts";

const noTarget = { target: null };

describe("the exit code of a run", () => {
  it("is 0 for a complete study, also with a failed trial", () => {
    expect(runExitCode(landsat, noTarget, false)).toBe(0);
    expect(runExitCode(unfinished, noTarget, false)).toBe(0);
  });

  it("is 1 where no trial is complete or the study failed", () => {
    expect(runExitCode(empty, noTarget, false)).toBe(1);
    expect(runExitCode({ ...landsat, state: "failed" }, noTarget, false)).toBe(1);
  });

  it("is 3 where the target is missed, in the objective's direction", () => {
    expect(runExitCode(landsat, { target: 0.93 }, false)).toBe(3);
    expect(runExitCode(landsat, { target: 0.92 }, false)).toBe(0);
    expect(runExitCode(regression, { target: 141 }, false)).toBe(3);
    expect(runExitCode(regression, { target: 142 }, false)).toBe(0);
    const undefinedBest = snapshotOf("nan", { trials: [trialSnapshot(0, {}, { accuracy: Number.NaN })] });
    expect(runExitCode(undefinedBest, { target: 0.5 }, false)).toBe(3);
  });

  it("is 130 after an interrupt, whatever came of the study", () => {
    expect(runExitCode(landsat, { target: 0.93 }, true)).toBe(130);
    expect(runExitCode(empty, noTarget, true)).toBe(130);
  });
});

describe("what is said of an error", () => {
  it("is its own sentence without a stack where the error is ours", () => {
    expect(failure(new HpoError("OPTION_INVALID", "kFold(): folds must be …; got 1."), false)).toEqual({
      exitCode: 1,
      text: "hpo: kFold(): folds must be …; got 1.\n",
    });
    expect(failure(new HpoError("USAGE", "rows must …"), false).exitCode).toBe(2);
    expect(failure(new HpoError("STUDY_NOT_FOUND", "no study"), false).exitCode).toBe(2);
  });

  it("holds the stack and its causes with HPO_DEBUG", () => {
    const { text } = failure(new HpoError("STORE_FAILED", "disk full", { cause: new Error("SQLITE_FULL") }), true);
    expect(text).toMatch(/^hpo: disk full\n/);
    expect(text).toMatch(/exit-code\.test/);
    expect(text).toContain("SQLITE_FULL");
  });

  it("asks to report what was not expected, also what is no error", () => {
    expect(failure(new TypeError("x is not a function"), false).text).toMatch(
      /^hpo: TypeError: x is not a function\nhpo: This was not expected\. .*HPO_DEBUG=1.*report/,
    );
    expect(failure("boom", false)).toMatchObject({ exitCode: 1, text: expect.stringContaining("boom") });
  });

  it("keeps a compiler's lines, indented so that none passes for a message, and lets no control character through", () => {
    expect(failure(new HpoError("STUDY_FILE_INVALID", "line 1\n\u001b[2Jline 2"), false).text).toBe("hpo: line 1\n  \\x1b[2Jline 2\n");
    expect(failure(new HpoError("USAGE", "a\nhpo: all is well"), false).text).toBe("hpo: a\n  hpo: all is well\n");
  });

  it("is told of whatever a study's code threw, its stack without control characters too", () => {
    const odd = Object.assign(new Error("x"), { message: { toString: () => "\u001b[2J" } });
    const throwing = Object.defineProperty(new Error("y"), "message", {
      get: () => {
        throw new Error("z");
      },
    });
    for (const thrown of [Object.create(null), Symbol("s"), undefined, odd, throwing, new Error("a\u001b[2J\u202e")]) {
      const { exitCode, text } = failure(thrown, true);
      expect(exitCode).toBe(1);
      expect(text).toMatch(/^hpo: [^\p{Cc}\u202e]*\nhpo: This was not expected/u);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });
});
