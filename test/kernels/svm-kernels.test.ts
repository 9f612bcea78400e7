import { describe, expect, it } from "vitest";
import { sharedMemory } from "#hpo/core/shared-memory";
import { svmKernels } from "#hpo/kernels/svm-kernels";

describe("svmKernels", () => {
  it("instantiates once a memory and writes nothing into it", () => {
    const memory = sharedMemory(1 << 16);
    const bytes = new Uint8Array(memory.buffer).fill(7);
    expect(svmKernels(memory)).toBe(svmKernels(memory));
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });
});
