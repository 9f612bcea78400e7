import { describe, expect, it } from "vitest";
import { inlineExecutor } from "#hpo/workers/inline-executor";
import { describeExecutorContract } from "../contract/executor-contract.ts";
import { testTask, valueIn } from "./test-task.ts";

describeExecutorContract("inline", ({ graceSeconds }) => inlineExecutor({ graceSeconds }), {
  skips: {
    "several slots": "needs several slots; there is one",
    "interrupts loops": "needs a thread of its own, to be interrupted",
    "contains crashes": "needs a thread of its own, to crash",
    "contains memory": "needs a thread of its own, with a heap of its own",
    "copies data": "needs a border that data is copied over",
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
