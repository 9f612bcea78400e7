// Which texts stand where in the studies of the suite "security"; every process that runs some of them draws the same list.
import fc from "fast-check";
import { nastyTexts, oneText } from "../../test/chaos/nasty-commands.ts";
import { nastyStrings } from "../../test/chaos/nasty-strings.ts";
import type { NastyTexts } from "../../test/chaos/nasty-study.ts";

const drawnStudies = 2400;
/** As many texts as a study has places. */
const placeCount = 8;

export interface SecurityStudy {
  readonly texts: NastyTexts;
  /** The text that stands in each place; undefined where several do. */
  readonly text?: string;
}

/** Texts of any code units, and pieces of the nasty ones put together. */
const drawn = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  fc.tuple(fc.constantFrom(...nastyStrings), fc.constantFrom(...nastyStrings)).map(([a, b]) => (a + b).slice(0, 200)),
);

/** Each nasty text in every place at once, then neighbours mixed, then drawn ones; at a smaller scale those that the seed chooses. */
export function securityStudies(seed: number, scale: number): SecurityStudy[] {
  const every = Math.max(1, Math.round(1 / scale));
  const first = Math.abs(seed) % every;
  const alone = nastyStrings.filter((_, i) => i % every === first).map((text) => ({ text, texts: oneText(text) }));
  const mixed = nastyStrings.flatMap((_, i) => (i % (placeCount * every) === first ? [{ texts: nastyTexts(nastyStrings, i) }] : []));
  const lists = fc.sample(fc.array(drawn, { minLength: placeCount, maxLength: placeCount }), {
    seed,
    numRuns: Math.ceil(drawnStudies * scale),
  });
  return [...alone, ...mixed, ...lists.map((list) => ({ texts: nastyTexts(list, 0) }))];
}
