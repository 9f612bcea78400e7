// Disks that fail or are full, and databases that are damaged.
//
//   npm run chaos -- storage
//
// Calls of every kind that small studies make of their disk fail, once or from then on (test/chaos/disk-sweep.ts): in full each one of a run in the process, and
// calls that are drawn of runs on two threads and on two processes. Small disks with room for a part of a study run full (test/chaos/full-disk.ts), and copies
// of a database are damaged at random (test/chaos/damaged-database.ts). What is drawn follows from the seed, so that another night sees others. As much goes
// on at a time as there are cores.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openStudy, rng } from "hpo";
import { damages, type DamageTally, damageTally, judgeDamage } from "../../test/chaos/damaged-database.ts";
import { faultKinds, sweepFaults, type SweepSlots } from "../../test/chaos/disk-sweep.ts";
import { type FailingDisk, failingDisk } from "../../test/chaos/failing-disk.ts";
import { fillDisk, type FullDiskResult } from "../../test/chaos/full-disk.ts";
import { smallDisk } from "../../test/chaos/small-disk.ts";
import { databaseAnswers } from "../../test/study-answers.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

/** With shared solves, with checkpoints, with a task a fold. */
const studies = ["iris-svm", "training", "iris-centroid"];

/** Of each kind of fault and each study so many calls fail in full, or all where there are fewer. A run on slots costs ten times one in the process. */
const callsEach: readonly (readonly [SweepSlots, number])[] = [
  ["inline", Infinity],
  ["processes", 12],
  ["threads", 16],
];

const damagedCopies = 1000;

/** Bytes up to which a small disk has room: all that the study wants at once is less. */
const mostRoom: Readonly<Record<string, number>> = { training: 1_200_000, "big-checkpoints": 1_800_000 };
const roomsEach = 16;

/** Fails the calls of a study's disk, fills small disks, and damages databases. */
export async function storageFaults({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const disk = failingDisk();
  if (typeof disk === "string") return { counts: {}, figures: [], problems: [], skipped: disk };
  const faults = faultTally();
  const tally = damageTally();
  const rooms: FullRooms = {
    at: { creation: 0, "mid-run": 0, "a checkpoint": 0, "the end": 0, nowhere: 0 },
    problems: [],
    skipped: undefined,
  };
  const limits = { seed, scale, say };
  try {
    const work: (() => Promise<void>)[] = [
      ...callsEach.flatMap(([slots, calls]) => studies.map((study) => () => sweep(study, { slots, calls, disk, faults, ...limits }))),
      ...Object.entries(mostRoom).map(
        ([study, most]) =>
          () =>
            fill(study, { most, rooms, ...limits }),
      ),
      ...["training", "iris-svm"].map((study) => () => damage(study, { count: Math.ceil((damagedCopies / 2) * scale), tally, ...limits })),
    ];
    const lane = async (): Promise<void> => {
      for (let next = work.shift(); next !== undefined; next = work.shift()) await next();
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
  } finally {
    disk.remove();
  }
  const { creation, "mid-run": middle, "a checkpoint": checkpoint, "the end": end, nowhere } = rooms.at;
  return {
    counts: {
      faults: faults.faults,
      "runs ended by a sentence": faults.ended,
      "faults borne": faults.borne,
      "small disks": creation + middle + checkpoint + end + nowhere,
      "damaged databases": tally.cases,
      "of them told": tally.told,
      "of them read as they were": tally.unharmed,
    },
    figures: [
      `kinds of faults: ${faultKinds.map(({ about }) => about).join("; ")}`,
      `slots: ${callsEach.map(([slots]) => `${faults.bySlots.get(slots) ?? 0} faults ${slotNames[slots]}`).join(", ")}`,
      rooms.skipped === undefined
        ? `small disks full before the study was there ${creation}, between its trials ${middle}, at the file of a checkpoint ${checkpoint}, after its last trial ${end}, nowhere ${nowhere}`
        : `no small disks: ${rooms.skipped}`,
      `of the damaged databases ${tally.saved} were exported, with ${tally.trials} trials`,
      `sentences: ${faults.sentences.size} different ones, such as "${[...faults.sentences].find((one) => one.includes("disk is full")) ?? [...faults.sentences][0] ?? ""}"`,
    ],
    problems: [...faults.problems, ...rooms.problems, ...tally.problems],
  };
}

const slotNames: Readonly<Record<SweepSlots, string>> = {
  inline: "of runs in the process",
  processes: "of runs on two processes",
  threads: "of runs on two threads",
};

interface FaultTally {
  faults: number;
  ended: number;
  borne: number;
  readonly bySlots: Map<SweepSlots, number>;
  readonly sentences: Set<string>;
  readonly problems: string[];
}

function faultTally(): FaultTally {
  return { faults: 0, ended: 0, borne: 0, bySlots: new Map(), sentences: new Set(), problems: [] };
}

interface SweepLimits extends ChaosLimits {
  readonly slots: SweepSlots;
  readonly calls: number;
  readonly disk: FailingDisk;
  readonly faults: FaultTally;
}

async function sweep(study: string, { slots, calls: most, disk, faults, seed, scale, say }: SweepLimits): Promise<void> {
  const result = await sweepFaults({
    study,
    disk,
    slots,
    // One call is drawn of each of `count` equal stretches of the run; two at least.
    pick: (calls, kind) => {
      const count = Math.min(calls, Math.max(2, Math.round(Math.min(calls, most) * scale)));
      const stream = rng(seed).fork(study, slots, kind.about);
      const bounds = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * calls) / count));
      return bounds.slice(1).map((end, i) => 1 + (bounds[i] ?? 0) + stream.below(end - (bounds[i] ?? 0)));
    },
  });
  for (const key of ["faults", "ended", "borne"] as const) faults[key] += result[key];
  faults.bySlots.set(slots, (faults.bySlots.get(slots) ?? 0) + result.faults);
  for (const sentence of result.sentences) faults.sentences.add(sentence);
  faults.problems.push(...result.problems);
  say(
    `  ${study}, ${result.faults} faults ${slotNames[slots]}: ${result.ended} ended it, ${result.borne} borne, ${result.problems.length} problems`,
  );
}

interface FullRooms {
  readonly at: Record<keyof FullDiskResult["at"], number>;
  readonly problems: string[];
  skipped: string | undefined;
}

interface FillLimits extends ChaosLimits {
  readonly most: number;
  readonly rooms: FullRooms;
}

async function fill(study: string, { most, rooms, seed, scale, say }: FillLimits): Promise<void> {
  const disk = await smallDisk();
  if (typeof disk === "string") return void (rooms.skipped = disk);
  try {
    const count = Math.max(2, Math.round(roomsEach * scale));
    const stream = rng(seed).fork("rooms", study);
    const drawn = Array.from({ length: count }, (_, i) => 4096 * Math.floor(((i + stream.uniform()) * most) / count / 4096));
    const result = await fillDisk(study, { disk, rooms: drawn });
    for (const key of Object.keys(result.at) as (keyof FullDiskResult["at"])[]) rooms.at[key] += result.at[key];
    rooms.problems.push(...result.problems);
    say(`  ${study}, ${count} small disks: ${result.problems.length} problems`);
  } finally {
    await disk.remove();
  }
}

interface DamageLimits extends ChaosLimits {
  readonly count: number;
  readonly tally: DamageTally;
}

async function damage(study: string, { seed, count, tally, say }: DamageLimits): Promise<void> {
  const place = mkdtempSync(path.join(tmpdir(), "hpo-damage-"));
  try {
    const database = path.join(place, "whole.sqlite");
    const open = await openStudy(fileURLToPath(new URL(`../../test/fixtures/${study}.ts`, import.meta.url)), { database });
    await open.run({ workers: 1 });
    await open.close();
    const whole = databaseAnswers(database, study);
    for (const one of damages(readFileSync(database), { count, seed })) {
      judgeDamage(one, { place, study, whole, tally });
      // Others are waiting for what their processes say.
      await setImmediate();
    }
    say(
      `  ${study}, ${count} damaged copies; so far ${tally.told} told, ${tally.unharmed} read as they were, ${tally.problems.length} problems`,
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
