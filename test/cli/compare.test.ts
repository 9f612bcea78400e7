import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { dataFolder } from "../validation/iris.ts";
import { studyFolder } from "./command.ts";
import { iris } from "./studies.ts";

describe("hpo compare", () => {
  const { hpo } = studyFolder({ "iris.ts": iris(path.join(dataFolder, "iris.csv.gz"), 10) });
  beforeAll(() => {
    hpo("run", "iris.ts", "--workers", "1");
    hpo("run", "iris.ts", "--workers", "1", "--fork", "other", "--seed", "5");
  });

  it("prints two trials side by side, or as JSON", () => {
    const { status, stdout, stderr } = hpo("compare", "iris", "--trials", "0,5");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^trial 0 against trial 5 · accuracy · 10-fold stratified, 10 test sets, the same for both\n\ntrial 0 {2}\d/);
    for (const label of ["difference", "t-test", "practical", "McNemar", "In words: "]) expect(stdout).toContain(`\n${label}`);
    const json = JSON.parse(hpo("compare", "iris", "--trials", "0,5", "--metric", "f1", "--rope", "0.05", "--json").stdout);
    expect(json).toMatchObject({
      metric: "f1",
      folds: 10,
      first: { study: "iris", trial: 0 },
      second: { trial: 5 },
      practical: { rope: 0.05 },
    });
  });

  it("compares values of a parameter over studies", () => {
    const { status, stdout } = hpo("compare", "iris", "other", "--by", "C");
    expect([status, stdout.split("\n")[0]]).toEqual([0, "C over 2 data sets · accuracy · the best trial with each value"]);
    expect(stdout).toContain("the same data as another");
  });

  it("says what it takes, and what does not fit", () => {
    const told = (...args: string[]) => {
      const { status, stderr } = hpo("compare", ...args);
      return [status, stderr.trim().split("\n")[0]];
    };
    expect(told("iris")).toEqual([2, expect.stringContaining("got one study without --trials.")]);
    expect(told("iris", "other", "third")).toEqual([2, expect.stringContaining("got 3 studies.")]);
    expect(told("iris", "--trials", "3")).toEqual([2, expect.stringContaining("two different trial numbers, such as 3,17")]);
    expect(told("iris", "other", "--by", "C", "--trials", "1,2")).toEqual([
      2,
      expect.stringContaining("takes neither --trials nor --rope"),
    ]);
    expect(told("iris", "other")).toEqual([1, expect.stringContaining("must be judged on the same folds; fold 1 tests other rows")]);
    expect(told("iris", "--trials", "1,2", "--rope", "x")).toEqual([2, expect.stringContaining("a number of at least 0")]);
  });
});
