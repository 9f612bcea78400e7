// Power cuts: what a study's run does to its disk is recorded, and replayed up to moments before and after each sync.
//
//   npm run chaos -- power-loss
//
// What was not synced by then is lost, kept, or torn by sectors of 512 B or 4 KiB (test/chaos/power-loss.ts).
import { failingDisk } from "../../test/chaos/failing-disk.ts";
import { cutPower } from "../../test/chaos/power-loss.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

/** With checkpoints, with shared solves, with a task a fold. */
const studies = ["training", "iris-svm", "iris-centroid"];

/** Cuts the power before and after every sync of small studies. */
export async function powerLoss({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const disk = failingDisk();
  if (typeof disk === "string") return { counts: {}, figures: [], problems: [], skipped: disk };
  const total = { syncs: 0, writes: 0, states: 0, resumed: 0 };
  const problems: string[] = [];
  try {
    for (const study of studies) {
      const result = await cutPower({ study, disk, seed, every: Math.ceil(1 / scale), random: 8, resumeEvery: 4 });
      for (const key of ["syncs", "writes", "states", "resumed"] as const) total[key] += result[key];
      problems.push(...result.problems);
      say(
        `  ${study}: ${result.syncs} syncs, ${result.states} states of the disk, ${result.resumed} continued, ${result.problems.length} problems`,
      );
    }
  } finally {
    disk.remove();
  }
  return {
    counts: {
      "recorded runs": studies.length,
      writes: total.writes,
      syncs: total.syncs,
      "states of the disk": total.states,
      "continued to the end": total.resumed,
    },
    figures: ["each state: sound by `hpo doctor`'s checks, every trial there that was told to be done, and where continued the same bits"],
    problems,
  };
}
