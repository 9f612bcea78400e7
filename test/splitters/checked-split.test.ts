import { describe, expect, it } from "vitest";
import { checkSplit } from "#hpo/splitters/checked-split";

function check(train: number[], test: number[], rows = 6): () => void {
  return () => checkSplit({ train: Uint32Array.from(train), test: Uint32Array.from(test) }, rows, { name: "mine" });
}

describe("checkSplit", () => {
  it("accepts parts that are disjoint, ascending and not all rows", () => {
    expect(check([0, 2, 5], [1, 4])).not.toThrow();
    expect(check([5], [0])).not.toThrow();
  });

  it.each([
    [[0, 1, 2], [2, 3], "mine: train and test must have no row in common; got row 2 in both."],
    [[0, 5], [5], "mine: train and test must have no row in common; got row 5 in both."],
    [[], [1], "mine: train must hold at least one row; got none."],
    [[1], [], "mine: test must hold at least one row; got none."],
    [[0, 6], [1], "mine: train must hold row indexes from 0 to 5; got 6."],
    [[0], [2, 1], "mine: test must hold ascending row indexes without repeats; got row 1 after row 2."],
    [[0, 0], [1], "mine: train must hold ascending row indexes without repeats; got row 0 after row 0."],
  ])("refuses train %o with test %o", (train, test, message) => {
    expect(check(train, test)).toThrow(expect.objectContaining({ code: "SPLIT_INVALID", message }));
  });

  it("lets training rows repeat where they are drawn with replacement, and test rows never", () => {
    const drawn = (train: number[], test: number[]) => () =>
      checkSplit({ train: Uint32Array.from(train), test: Uint32Array.from(test) }, 6, { name: "mine", replacement: true });
    expect(drawn([0, 0, 3, 3, 3], [1, 2])).not.toThrow();
    expect(drawn([0, 0], [0])).toThrow("mine: train and test must have no row in common; got row 0 in both.");
    expect(drawn([3, 0], [1])).toThrow("mine: train must hold ascending row indexes; got row 0 after row 3.");
    expect(drawn([0, 0], [1, 1])).toThrow("mine: test must hold ascending row indexes without repeats; got row 1 after row 1.");
  });

  it("refuses what is no index array", () => {
    expect(() => checkSplit({ train: [0] as never, test: Uint32Array.of(1) }, 2, { name: "mine" })).toThrow("must be a Uint32Array");
  });
});
