// Small studies killed by SIGKILL at every one of their store commits, and the Landsat table at commits spread over it.
//
//   npm run chaos -- kill-commits
//
// Each kill takes a process, and each resume another one. The table must cost at most 1.1 times an undisturbed one and a start.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { commitStudies, killAtEachCommit } from "../../test/chaos/kill-commits.ts";
import { killCost } from "../../test/chaos/kill-cost.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

/** Kills at every commit, or at a share of them. */
export async function killCommits({ scale, say }: ChaosLimits): Promise<ChaosResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-kill-commits-"));
  try {
    const step = Math.max(1, Math.round(1 / scale));
    const problems: string[] = [];
    let [kills, commits] = [0, 0];
    for (const study of commitStudies) {
      const ended = await killAtEachCommit(study, folder, (commit) => (commit - 1) % step === 0);
      say(`${study.name} (${study.about}), killed ${study.when} the commit: ${ended.kills} kills, ${ended.problems.length} problems`);
      kills += ended.kills;
      commits += ended.commits;
      problems.push(...ended.problems);
      if (ended.kills * step < ended.commits / 2)
        problems.push(`${study.name}: only ${ended.kills} of ${ended.commits} commits were killed at`);
    }
    const file = fileURLToPath(new URL("../../studies/landsat-svm.ts", import.meta.url));
    const tableKills = Math.max(2, Math.round(6 * scale));
    const table = await killCost({ file, name: "landsat-svm", folder, kills: tableKills });
    const lost = (table.killed - table.start) / table.undisturbed;
    // By a sign test, since CPU seconds on a shared machine are noisy: six dearer ones of six are no chance.
    if (table.dearer === tableKills && lost > 1.1)
      problems.push(`landsat-svm: a killed table cost ${lost.toFixed(3)} times an undisturbed one`);
    return {
      counts: { kills: kills + tableKills, studies: commitStudies.length + 1, commits: commits + table.commits },
      figures: [
        `CPU of a killed and resumed Landsat table over an undisturbed one (${table.undisturbed.toFixed(2)} s), without the second start of ${table.start.toFixed(2)} s: median ${lost.toFixed(3)}`,
      ],
      problems: [...problems, ...table.problems],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
