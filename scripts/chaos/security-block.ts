// Runs some of the studies of the suite "security", and prints a line of JSON when each is done: node security-block.ts SEED SCALE FROM TO
//
// A process of its own, since commands are called within it: their output is caught, and the environment says whether they colour it.
import { nastyFindings, onePlace, places } from "../../test/chaos/nasty-commands.ts";
import { type SecurityStudy, securityStudies } from "./security-studies.ts";

/** What one study comes to. */
export interface SecurityFindings {
  readonly outputs: number;
  readonly problems: readonly string[];
  /** Places in which its text came out of the commands, where it has one text. */
  readonly shown: readonly string[];
  /** Places in which no study can have that text, which is told. */
  readonly refused: readonly string[];
}

const [seed = 0, scale = 0, from = 0, to = 0] = process.argv.slice(2).map(Number);
for (const study of securityStudies(seed, scale).slice(from, to)) process.stdout.write(`${JSON.stringify(await findings(study))}\n`);

/** A text that can't stand in some place is put into each place by itself. */
async function findings({ texts, text }: SecurityStudy): Promise<SecurityFindings> {
  const { outputs, problems, stored } = await nastyFindings(texts);
  if (text === undefined || stored) return { outputs, problems, shown: stored ? places : [], refused: [] };
  const each = [];
  for (const place of places) each.push({ place, ...(await nastyFindings(onePlace(text, place))) });
  return {
    outputs: each.reduce((sum, one) => sum + one.outputs, outputs),
    problems: [...problems, ...each.flatMap((one) => one.problems)],
    shown: each.filter((one) => one.stored).map(({ place }) => place),
    refused: each.filter((one) => !one.stored).map(({ place }) => place),
  };
}
