import { HpoError } from "../core/hpo-error.ts";
import { comparisonText, studiesComparisonText } from "../report/comparison-text.ts";
import { jsonText } from "../report/plain-text.ts";
import { engine } from "./engine.ts";
import { requireDatabase } from "./read-commands.ts";
import { printData, textLayout } from "./terminal.ts";

export interface CompareFlags {
  readonly db: string;
  readonly json?: boolean;
  readonly trials?: readonly [number, number];
  readonly metric?: string;
  readonly rope?: number;
  readonly by?: string;
}

/** `hpo compare`: two trials of a study, the best trials of two studies, or with `--by` the values of a parameter over studies. */
export async function compareCommand(studies: readonly string[], flags: CompareFlags): Promise<void> {
  requireDatabase(flags.db);
  const { db: database, trials, metric, rope, by } = flags;
  const named = { database, ...(metric === undefined ? {} : { metric }) };
  const { compareStudies, compareTrials } = await engine();
  if (by !== undefined) {
    if (trials !== undefined || rope !== undefined) {
      throw new HpoError("USAGE", "--by compares values of a parameter over studies and takes neither --trials nor --rope.");
    }
    const found = compareStudies(studies, { ...named, by });
    return printData(flags.json === true ? `${jsonText(found, 2)}\n` : studiesComparisonText(found, textLayout()));
  }
  const [one = "", other = one] = studies;
  if (studies.length > 2 || (studies.length < 2 && trials === undefined)) {
    const got = studies.length === 1 ? "one study without --trials" : `${studies.length} studies`;
    throw new HpoError(
      "USAGE",
      `hpo compare takes two trials of a study (--trials 3,17), two studies, or several studies with --by PARAMETER; got ${got}.`,
    );
  }
  const [first, second] = trials ?? [];
  const found = compareTrials(
    { study: one, ...(first === undefined ? {} : { trial: first }) },
    { study: other, ...(second === undefined ? {} : { trial: second }) },
    { ...named, ...(rope === undefined ? {} : { rope }) },
  );
  await printData(flags.json === true ? `${jsonText(found, 2)}\n` : comparisonText(found, textLayout()));
}
