import { describe, expect, it } from "vitest";
import { nastyFindings, nastyTexts, oneText } from "./nasty-commands.ts";
import { nastyStrings } from "./nasty-strings.ts";

describe("texts of a stranger's study", () => {
  it("come out of every command as texts, in every format", async () => {
    const problems: string[] = [];
    for (let start = 0; start < nastyStrings.length; start += 8)
      problems.push(...(await nastyFindings(nastyTexts(nastyStrings, start))).problems);
    expect(problems).toEqual([]);
  });

  it.each(["__proto__", "constructor", "toString", "then", "length", "\u001b[2J", "=1+1", "1. item", "a|b"])(
    "as %j in every place",
    async (text) => {
      expect((await nastyFindings(oneText(text))).problems).toEqual([]);
    },
  );
});
