// Disks that fail and databases that are damaged.
//
//   npm run chaos -- storage
//
// Each call of each kind that a small study makes of its disk fails in turn, once or from then on (test/chaos/disk-sweep.ts), and copies of its
// database are damaged at random (test/chaos/damaged-database.ts).
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStudy } from "hpo";
import { damages, type DamageTally, damageTally, judgeDamage } from "../../test/chaos/damaged-database.ts";
import { type FaultKind, faultKinds, sweepFaults } from "../../test/chaos/disk-sweep.ts";
import { failingDisk } from "../../test/chaos/failing-disk.ts";
import { databaseAnswers } from "../../test/study-answers.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

/** With checkpoints, with shared solves, with a task a fold. */
const studies = ["training", "iris-svm", "iris-centroid"];
const damagedCopies = 1500;

/** Fails every call of a study's disk, and damages its database. */
export async function storageFaults({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const disk = failingDisk();
  if (typeof disk === "string") return { counts: {}, figures: [], problems: [], skipped: disk };
  const problems: string[] = [];
  const sentences = new Set<string>();
  const total = { faults: 0, ended: 0, borne: 0 };
  try {
    for (const study of studies) {
      // Spread evenly, begun elsewhere for each kind; two of each at least.
      const pick = (calls: number, kind: FaultKind): number[] => {
        const count = Math.min(calls, Math.max(2, Math.floor(calls * scale)));
        const begin = ((seed + faultKinds.indexOf(kind)) % 7) / 7;
        return Array.from({ length: count }, (_, i) => Math.min(calls, 1 + Math.floor(((i + begin) * calls) / count)));
      };
      const result = await sweepFaults({ study, disk, pick });
      for (const key of ["faults", "ended", "borne"] as const) total[key] += result[key];
      for (const sentence of result.sentences) sentences.add(sentence);
      problems.push(...result.problems);
      say(`  ${study}: ${result.faults} faults, ${result.ended} ended a run, ${result.borne} borne, ${result.problems.length} problems`);
    }
  } finally {
    disk.remove();
  }
  const tally = damageTally();
  for (const study of ["training", "iris-svm"]) await damage(study, { seed, count: Math.ceil(damagedCopies * scale), tally });
  say(`  ${tally.cases} damaged copies: ${tally.told} told, ${tally.unharmed} read as they were, ${tally.problems.length} problems`);
  return {
    counts: {
      faults: total.faults,
      "runs ended by a sentence": total.ended,
      "faults borne": total.borne,
      "damaged databases": tally.cases,
      "of them told": tally.told,
      "of them read as they were": tally.unharmed,
    },
    figures: [
      `kinds of faults: ${faultKinds.map(({ about }) => about).join("; ")}`,
      `of the damaged databases ${tally.saved} were exported, with ${tally.trials} trials`,
      `sentences: ${sentences.size} different ones, such as "${[...sentences].find((one) => one.includes("disk is full")) ?? [...sentences][0] ?? ""}"`,
    ],
    problems: [...problems, ...tally.problems],
  };
}

async function damage(
  study: string,
  { seed, count, tally }: { readonly seed: number; readonly count: number; readonly tally: DamageTally },
): Promise<void> {
  const place = mkdtempSync(path.join(tmpdir(), "hpo-damage-"));
  try {
    const database = path.join(place, "whole.sqlite");
    const open = await openStudy(fileURLToPath(new URL(`../../test/fixtures/${study}.ts`, import.meta.url)), { database });
    await open.run({ workers: 1 });
    await open.close();
    const whole = databaseAnswers(database, study);
    for (const one of damages(readFileSync(database), { count, seed })) judgeDamage(one, { place, study, whole, tally });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
