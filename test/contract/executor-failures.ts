import { describe, expect } from "vitest";
import { incidentIn, testTask, valueIn } from "../workers/test-task.ts";
import type { ExecutorBench } from "./executor-bench.ts";

/** The part of the executor contract about tasks that fail. */
export function describeFailures({ make, check }: ExecutorBench): void {
  describe("failures", () => {
    const told: Record<string, [message: RegExp, code: string | null]> = {
      error: [/^the pump is dry$/, null],
      rejection: [/^RangeError: out of range$/, null],
      coded: [/^column 3 is empty$/, "DATA_INVALID"],
      text: [/^The task threw "just text", which is not an Error\.$/, null],
      nothing: [/^The task threw undefined, which is not an Error\.$/, null],
      nil: [/^The task threw null, which is not an Error\.$/, null],
      symbol: [/^The task threw Symbol\(s\), which is not an Error\.$/, null],
      frozen: [/^frozen solid$/, null],
      ownCause: [/^its own cause$/, null],
      unreadable: [/^The task threw Error without a message\.$/, null],
      hostile: [/^The task threw a value that can't be read\.$/, null],
      empty: [/^The task threw TypeError without a message\.$/, null],
      long: [/^x{499}…$/, null],
      badThenable: [/^then can't be read$/, null],
      tooLargeArray: [/^RangeError: Array buffer allocation failed$/, null],
    };
    for (const [failure, [message, code]] of Object.entries(told)) {
      check(`tells a task that throws: ${failure}`, async () => {
        const executor = make();
        const result = await executor.run(testTask("failures", failure));
        const kind = failure === "tooLargeArray" ? "out-of-memory" : "error";
        expect(incidentIn(result)).toMatchObject({ kind, code });
        expect(incidentIn(result).message).toMatch(message);
        expect(result.slot).toBe(0);
        expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
      });
    }
    check("keeps the stacks of an error and of its causes", async () => {
      const { stack } = incidentIn(await make().run(testTask("failures", "caused")));
      expect(stack).toMatch(/Error: outer[^]*failures\.mjs[^]*Caused by: Error: inner/);
    });
    check("tells a module that is absent or broken, and an export that is no function", async () => {
      const executor = make();
      const absent = incidentIn(await executor.run(testTask("absent-module", "x")));
      expect(absent).toMatchObject({ kind: "error", code: "WORKER_FAILED" });
      expect(absent.message).toMatch(/absent-module\.mjs can't be imported: Cannot find module/);
      const broken = incidentIn(await executor.run(testTask("broken-module", "x")));
      expect(broken.message).toMatch(/broken-module\.mjs can't be imported: this module is broken/);
      expect(broken.stack).toMatch(/Caused by: Error: this module is broken/);
      expect(incidentIn(await executor.run(testTask("answers", "notAFunction"))).message).toMatch(
        /must export a function notAFunction; got 7\.$/,
      );
      expect(incidentIn(await executor.run(testTask("answers", "missing"))).message).toMatch(
        /must export a function missing; got nothing\.$/,
      );
    });
    check(
      "tells a result, an input, a shared value or a message that can't be copied",
      async () => {
        const executor = make();
        const hard = () => 1;
        const tasks = [
          testTask("failures", "returnsFunction"),
          testTask("answers", "echo", { input: { hard } }),
          testTask("answers", "sharedItself", { shared: { id: "hard", value: hard } }),
          testTask("answers", "reportsFunction"),
        ];
        for (const task of tasks) {
          const incident = incidentIn(await executor.run(task));
          expect(incident.kind).toBe("error");
          expect(incident.message).toMatch(/must be plain data that can be copied between threads; got: .*could not be cloned/);
        }
        expect(incidentIn(await executor.run(testTask("failures", "returnsUnreadable"))).message).toMatch(/got: member can't be read$/);
        expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
      },
      "copies data",
    );
    check(
      "tells a crash of the thread, and goes on with a new one",
      async () => {
        const executor = make();
        const deaths: [string, RegExp][] = [
          ["exit", /^The task ended its worker, as process\.exit\(\) does \(exit code 3\)\.$/],
          ["timerThrows", /^An exception outside the task's promise ended its worker: thrown by a timer$/],
          ["unhandled", /^An exception outside the task's promise ended its worker: nobody caught this$/],
        ];
        for (const [death, message] of deaths) {
          const incident = incidentIn(await executor.run(testTask("breakers", death, { input: 3 })));
          expect(incident.kind).toBe("crash");
          expect(incident.message).toMatch(message);
          expect(valueIn(await executor.run(testTask("answers", "callCount")))).toBe(1);
        }
      },
      "contains crashes",
    );
    check(
      "tells a heap that is full, and goes on with a new thread",
      async () => {
        const executor = make({ memoryMegabytes: 32 });
        const incident = incidentIn(await executor.run(testTask("breakers", "fillHeap")));
        expect(incident.kind).toBe("out-of-memory");
        expect(incident.message).toBe("The worker's JavaScript heap reached its memory limit.");
        expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
      },
      "contains memory",
    );
  });
}
