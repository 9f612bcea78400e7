import { describe, expect, it } from "vitest";
import { inlineExecutor } from "#hpo/workers/inline-executor";
import { describeExecutorContract, testTask, valueIn } from "../contract/executor-contract.ts";

describeExecutorContract("inline", ({ graceSeconds }) => inlineExecutor({ graceSeconds }), {
  skips: {
    "several slots": "it has one slot",
    "interrupts loops": "nothing can interrupt the thread that it runs in",
    "contains crashes": "a crash ends the process that it runs in",
    "contains memory": "a full heap ends the process that it runs in",
    "copies data": "it passes by reference, so nothing has to be plain data",
  },
});

describe("inlineExecutor", () => {
  it("passes input, shared values and results by reference, functions included", async () => {
    const executor = inlineExecutor();
    const input = { double: (value: number) => 2 * value };
    const shared = { id: "seven", value: { value: 7 } };
    expect(valueIn(await executor.run(testTask("answers", "useFunction", { input, shared })))).toBe(14);
    expect(valueIn(await executor.run(testTask("answers", "echo", { input })))).toBe(input);
    expect(valueIn(await executor.run(testTask("answers", "sharedItself", { shared })))).toBe(shared.value);
  });

  it("refuses wrong options in one sentence", () => {
    expect(() => inlineExecutor({ graceSeconds: -1 })).toThrow(
      "inlineExecutor(): graceSeconds must be a finite number of at least 0; got -1.",
    );
  });
});
