import { describe, expect, it } from "vitest";
import type { LogRecord } from "#hpo/core/task-log";
import type { Batch, Store } from "#hpo/core/store";
import { studyHeader } from "../store/random-study.ts";
import { codeOf, holder, outcomeRow, trialRow } from "../store/rows.ts";

const study = "wine";

function logRow(task: string, trials: readonly number[], over: Partial<LogRecord> = {}): LogRecord {
  return { task, label: `the ${task}`, attempt: 1, trials, head: "first words", dropped: 0, tail: "", ...over };
}

/** The part of the store contract about what tasks wrote: in a store as for `describeCommit`. */
export function describeLogs(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);

  describe("logs", () => {
    it("are those of a trial, in the order in which they came, whatever characters they have", () => {
      const odd = logRow("fold 0", [0], { head: '\u001b[2J\0\r\n"', dropped: 2 ** 40, tail: "🙂\ufffd" });
      const shared = logRow("part", [0, 1]);
      const again = logRow("fold 0", [0], { attempt: 2, head: "" });
      commit({ trials: [trialRow(0), trialRow(1), trialRow(2)], logs: [odd, shared] });
      commit({ logs: [again] });
      expect(open().logs(study, 0)).toStrictEqual([odd, shared, again]);
      expect(open().logs(study, 1)).toStrictEqual([shared]);
      expect(open().logs(study, 2)).toStrictEqual([]);
      expect(open().logs(study, 9)).toStrictEqual([]);
    });

    it("are replaced by those of the same attempt, in their place", () => {
      commit({ trials: [trialRow(0), trialRow(1)], logs: [logRow("part", [0, 1]), logRow("fold", [0])] });
      const second = logRow("part", [0], { head: "second words" });
      commit({ logs: [second] });
      expect(open().logs(study, 0)).toStrictEqual([second, logRow("fold", [0])]);
      expect(open().logs(study, 1)).toStrictEqual([]);
    });

    it("count, for a run that goes on, as characters of the first trial of each, where that has not ended", () => {
      commit({
        trials: [trialRow(0), trialRow(1), trialRow(2)],
        outcomes: [outcomeRow(0)],
        logs: [logRow("a", [0, 2]), logRow("b", [2, 1], { head: "λ\0🙂", tail: "z" }), logRow("b", [1], { attempt: 2 })],
      });
      expect(open().load(study).logLengths).toStrictEqual(new Map([[1, 16]]));
    });

    it("are of trials that are stored, stand with their batch or not at all, and go with the study", () => {
      commit({ trials: [trialRow(0)], logs: [logRow("a", [0])] });
      expect(codeOf(() => commit({ logs: [logRow("b", [0]), logRow("c", [7])] }))).toBe("STORE_FAILED");
      expect(codeOf(() => commit({ logs: [logRow("d", [0])], trials: [trialRow(0)] }))).toBe("STORE_FAILED");
      expect(open().logs(study, 0)).toStrictEqual([logRow("a", [0])]);
      open().release(study, "a");
      open().remove(study);
      open().create(studyHeader(study));
      expect(open().logs(study, 0)).toStrictEqual([]);
      open().acquire(study, holder("a"));
    });
  });
}
