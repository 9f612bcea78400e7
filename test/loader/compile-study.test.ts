import { renameSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { loadStudy } from "#hpo/loader/load-study";
import { studyFolder } from "./study-folder.ts";

const folder = studyFolder();
const { load } = folder;

describe("the code hash", () => {
  const files = {
    "study.ts": `import { HpoError } from "hpo";
import { part } from "./lib/part.ts";
import common from "./lib/common.cjs";
export default { kind: "study", part, common, HpoError, url: import.meta.url };
`,
    "lib/part.ts": `export const part = (x: number): string => import.meta.dirname + x;`,
    "lib/common.cjs": `module.exports = __filename;`,
  };
  const hash = async (changed: Readonly<Record<string, string>> = {}): Promise<string> => (await load({ ...files, ...changed })).codeHash;

  it("stays when the folder moves", async () => {
    const before = await hash();
    const moved = `${folder.path} moved`;
    renameSync(folder.path, moved);
    try {
      const after = await loadStudy(path.join(moved, "study.ts"));
      expect(after.codeHash).toBe(before);
      expect((after.spec as unknown as { url: string }).url).toBe(pathToFileURL(path.join(moved, "study.ts")).href);
    } finally {
      renameSync(moved, folder.path);
    }
  });

  it("stays when only comments, white space and types change", async () => {
    const before = await hash();
    const study = `/* @license nobody */ ${files["study.ts"].replaceAll("\n", "\n\n// a comment\n")}`;
    expect(await hash({ "study.ts": study })).toBe(before);
    expect(await hash({ "lib/part.ts": `export const part = ( x: 1 | 2 ): string =>\n\n import.meta.dirname + x;` })).toBe(before);
  });

  it("changes with the code of the study and of every local file", async () => {
    const hashes = [
      await hash(),
      await hash({ "study.ts": files["study.ts"].replace("part,", "part, more: 1,") }),
      await hash({ "lib/part.ts": files["lib/part.ts"].replace("+ x", "- x") }),
      await hash({ "lib/common.cjs": "module.exports = 1;" }),
    ];
    expect(new Set(hashes).size).toBe(4);
  });
});
