// What a stranger can write, where, and who reads it: attacks by databases, and nasty texts × places × commands, each output read back by a reader of its format.
//
//   npm run chaos -- security
//
// At full size every text stands once in every place, 2,400 more studies have texts drawn by the seed, and each of these comes out coloured and plain, in as
// many processes at a time as there are cores.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { attackProblems, databaseAttacks } from "../../test/chaos/database-attacks.ts";
import { places } from "../../test/chaos/nasty-commands.ts";
import { nastyStrings } from "../../test/chaos/nasty-strings.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";
import { inLanes } from "./in-lanes.ts";
import type { SecurityFindings } from "./security-block.ts";
import { type SecurityStudy, securityStudies } from "./security-studies.ts";

const script = fileURLToPath(new URL("security-block.ts", import.meta.url));
/** Studies of a process. */
const blockLength = 200;
/** No study may take so long, on however busy a machine. */
const silenceMs = 180_000;
const mostProblems = 50;

interface Block {
  readonly from: number;
  readonly to: number;
  readonly coloured: boolean;
}

export async function securitySuite({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const problems = databaseAttacks.flatMap((attack) => attackProblems(attack));
  say(`${databaseAttacks.length} databases from strangers: ${problems.length} problems`);

  const studies = securityStudies(seed, scale);
  const blocks: readonly Block[] = [false, true].flatMap((coloured) =>
    Array.from({ length: Math.ceil(studies.length / blockLength) }, (_, at) => ({
      from: at * blockLength,
      to: Math.min(studies.length, (at + 1) * blockLength),
      coloured,
    })),
  );
  let [done, wrong] = [0, problems.length];
  const ends = await inLanes(blocks, async (block) => {
    const end = await ran(block, { seed, scale });
    done += end.found.length;
    wrong += end.problems.length;
    say(`${done} of ${2 * studies.length} studies: ${wrong} problems`);
    return end;
  });
  problems.push(...ends.flatMap((end) => end.problems));
  let outputs = 0;
  let refused = 0;
  for (const coloured of [false, true]) {
    const found = ends.flatMap((end, at) => (blocks[at]?.coloured === coloured ? end.found : []));
    outputs += found.reduce((sum, one) => sum + one.outputs, 0);
    refused = found.reduce((sum, one) => sum + one.refused.length, 0);
    if (scale >= 1) problems.push(...unmet(studies, found).map((told) => `${told}, ${coloured ? "coloured" : "plain"}`));
  }
  return {
    counts: {
      "databases from strangers": databaseAttacks.length,
      "nasty texts": nastyStrings.length,
      studies: 2 * studies.length,
      outputs,
    },
    figures: [
      `each of ${studies.filter(({ text }) => text !== undefined).length} texts in each of ${places.length} places, but for ${refused} in which no study can have it`,
    ],
    problems: problems.slice(0, mostProblems),
  };
}

/** Texts that have met no command in some place. `found`: one a study, in order. */
function unmet(studies: readonly SecurityStudy[], found: readonly SecurityFindings[]): string[] {
  const met = new Set(
    studies.flatMap(({ text }, at) => {
      const one = found[at];
      return text === undefined || one === undefined ? [] : [...one.shown, ...one.refused].map((place) => `${place} ${text}`);
    }),
  );
  return nastyStrings.flatMap((text) =>
    places.filter((place) => !met.has(`${place} ${text}`)).map((place) => `${JSON.stringify(text)} was never the ${place}`),
  );
}

/** The studies of a block in a process of its own. */
function ran(
  { from, to, coloured }: Block,
  { seed, scale }: Pick<ChaosLimits, "seed" | "scale">,
): Promise<{ found: SecurityFindings[]; problems: string[] }> {
  const child = spawn(process.execPath, [...process.execArgv, script, ...[seed, scale, from, to].map(String)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORCE_COLOR: coloured ? "1" : "0" },
  });
  const found: SecurityFindings[] = [];
  let [errors, hung] = ["", false];
  const timer = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, silenceMs);
  createInterface(child.stdout).on("line", (line) => {
    timer.refresh();
    found.push(JSON.parse(line) as SecurityFindings);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-2000)));
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const how = hung ? "never ended" : `ended the process (${signal ?? code}): ${errors.trim()}`;
      const broken =
        found.length === to - from && code === 0 ? [] : [`the commands on study ${from + found.length} of seed ${seed} ${how}`];
      resolve({ found, problems: [...found.flatMap((one) => one.problems), ...broken] });
    });
  });
}
