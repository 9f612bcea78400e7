// What a stranger can write, where, and who reads it: attacks by databases, and nasty texts × places × commands, each output read back by a reader of its format.
//
//   npm run chaos -- security
//
// At full size every text stands once in every place, 400 more studies have texts drawn at random, and each of these comes out coloured and plain.
import fc from "fast-check";
import { attackProblems, databaseAttacks } from "../../test/chaos/database-attacks.ts";
import { nastyFindings, nastyTexts, oneText } from "../../test/chaos/nasty-commands.ts";
import { nastyStrings } from "../../test/chaos/nasty-strings.ts";
import type { NastyTexts } from "../../test/chaos/nasty-study.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

const drawnStudies = 400;

/** Texts of any code units, and pieces of the nasty ones put together. */
const drawn = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  fc.tuple(fc.constantFrom(...nastyStrings), fc.constantFrom(...nastyStrings)).map(([a, b]) => (a + b).slice(0, 200)),
);

export async function securitySuite({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const problems: string[] = [];
  for (const attack of databaseAttacks) problems.push(...attackProblems(attack));
  say(`${databaseAttacks.length} databases from strangers: ${problems.length} problems`);

  const every = Math.max(1, Math.round(1 / scale));
  const places = nastyStrings.filter((_, i) => i % every === 0).map(oneText);
  const mixed = nastyStrings.filter((_, i) => i % (8 * every) === 0).map((_, i) => nastyTexts(nastyStrings, 8 * every * i));
  const texts = fc.sample(fc.array(drawn, { minLength: 8, maxLength: 8 }), { seed, numRuns: Math.ceil(drawnStudies * scale) });
  const studies: readonly NastyTexts[] = [...places, ...mixed, ...texts.map((list) => nastyTexts(list, 0))];
  let outputs = 0;
  for (const coloured of ["0", "1"]) {
    const before = process.env["FORCE_COLOR"];
    process.env["FORCE_COLOR"] = coloured;
    try {
      for (const [i, study] of studies.entries()) {
        const found = await nastyFindings(study);
        outputs += found.outputs;
        problems.push(...found.problems);
        if (i % 50 === 49)
          say(`${i + 1} of ${studies.length} studies, ${coloured === "1" ? "coloured" : "plain"}: ${problems.length} problems`);
      }
    } finally {
      if (before === undefined) delete process.env["FORCE_COLOR"];
      else process.env["FORCE_COLOR"] = before;
    }
  }
  return {
    counts: {
      "databases from strangers": databaseAttacks.length,
      "nasty texts": nastyStrings.length,
      studies: 2 * studies.length,
      outputs,
    },
    figures: [],
    problems: problems.slice(0, 50),
  };
}
