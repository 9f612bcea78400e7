import { readFileSync } from "node:fs";
import path from "node:path";
import { loadModel } from "hpo";
import { beforeAll, describe, expect, it } from "vitest";
import { dataFolder } from "../validation/iris.ts";
import { studyFolder } from "./command.ts";
import { iris } from "./studies.ts";

const text = iris(path.join(dataFolder, "iris.csv.gz"), 10);

describe("hpo model", () => {
  const { hpo, write, path: folder } = studyFolder({ "iris.ts": `console.log("said while loading");${text}` });
  beforeAll(() => {
    hpo("run", "iris.ts", "--fork", "mine", "--seed", "3", "--workers", "1");
  });

  it("writes the model that came with the table to stdout, and says so on stderr", () => {
    const { status, stdout, stderr } = hpo("model", "mine");
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^hpo: the model of trial \d \(.*\) was kept with the table; nothing was solved\.\n$/),
    ]);
    const model = loadModel(JSON.parse(stdout), "svm");
    expect(model.classes).toHaveLength(3);
    expect(stderr).toContain(`trial ${JSON.parse(hpo("best", "mine", "--json").stdout).best.trial} `);
  });

  it("fits that of another trial with the study's file, run under another name and seed, and writes it to a file", () => {
    const refused = hpo("model", "mine", "--trial", "0");
    expect([refused.status, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toBe(
      'hpo: The model of trial 0 of the study "mine" was not kept with its table. Name the study\'s file, to have it fitted: `hpo model mine --trial 0 --file study.ts`.\n',
    );
    const { status, stdout, stderr } = hpo("model", "mine", "--trial", "0", "--file", "iris.ts", "--out", "zero.json");
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^said while loading\nhpo: the model of trial 0 \(C=1 γ=0.5\) was fitted to all rows in .* s\.\n$/);
    expect(loadModel(JSON.parse(readFileSync(path.join(folder, "zero.json"), "utf8"))).warnings).toEqual([]);
  });

  it("tells what it can't do in one sentence", () => {
    write("other.ts", text.replace("values([1, 10])", "values([1, 11])"));
    write("changed.ts", text.replace("svm({", "svm({ tolerance: 1e-4,"));
    const asked = ["model", "mine", "--trial", "0", "--file"];
    const cases: [readonly string[], number, string][] = [
      [["model", "mine", "--trial", "9"], 2, 'The trial must be one of the study "mine" (they are 0 to 5); got 9.'],
      [
        [...asked, "other.ts"],
        2,
        'other.ts is not the file of the stored study "mine": they differ in space. Name the file that it was run with.',
      ],
      [[...asked, "changed.ts"], 2, 'The code of changed.ts has changed since the study "mine" was run.'],
      [["model", "mine", "--out", "no/such/folder.json"], 2, '--out must be a file that can be written; got "no/such/folder.json"'],
    ];
    for (const [args, code, sentence] of cases) {
      const { status, stdout, stderr } = hpo(...args);
      expect([status, stdout], stderr).toEqual([code, ""]);
      expect(stderr).toContain(`hpo: ${sentence}`);
    }
  });
});
