// Odd input for everything that reads what others wrote: ≥ 100,000 cases a reader.
//
//   npm run chaos -- fuzz
//
// Each reader runs in a process of its own, so that a case that never ends, takes all memory or ends the process is seen from outside, and named.
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type NamedTarget, targets } from "../../test/fuzz/targets.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";
import { inLanes } from "./in-lanes.ts";

const casesEach = 100_000;
/** Of the process, while the files are of kilobytes. */
const mostMegabytes = 1500;
/** No case may take so long, on however busy a machine. */
const silenceMs = 180_000;
const script = fileURLToPath(new URL("../fuzz/run.ts", import.meta.url));

interface FuzzReport {
  readonly cases: number;
  readonly accepted: number;
  readonly slowest: number;
  readonly peakMegabytes: number;
  readonly problems: readonly string[];
  readonly codes: Readonly<Record<string, number>>;
  readonly sentences: Readonly<Record<string, number>>;
}

/** Fuzzes every reader, as many at a time as there are cores: what is measured of a case is its CPU time. */
export async function fuzzReaders({ seed, scale, say }: ChaosLimits): Promise<ChaosResult> {
  const cases = Math.max(500, Math.round(casesEach * scale));
  const reports = await inLanes(targets, async (target) => {
    say(`${target.name}: ${cases} cases`);
    const report = await watched(target.name, cases, seed);
    say(typeof report === "string" ? report : figure(target.name, report));
    return report;
  });
  return sum(reports);
}

/** `reports`: one a reader, in their order. */
function sum(reports: readonly (FuzzReport | string)[]): ChaosResult {
  const counts = { readers: targets.length, cases: 0, accepted: 0, refused: 0 };
  const [figures, problems]: [string[], string[]] = [[], []];
  for (const [at, target] of targets.entries()) {
    const report = reports[at];
    if (report === undefined || typeof report === "string") {
      problems.push(report ?? `${target.name} did not run`);
      continue;
    }
    counts.cases += report.cases;
    counts.accepted += report.accepted;
    counts.refused += report.cases - report.accepted;
    figures.push(figure(target.name, report));
    problems.push(...report.problems, ...shortcomings(target, report));
  }
  return { counts, figures, problems };
}

function figure(name: string, { cases, accepted, codes, sentences, slowest, peakMegabytes }: FuzzReport): string {
  const share = ((100 * accepted) / cases).toFixed(0);
  const histogram = Object.entries(codes)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count}`)
    .join(", ");
  const kinds = Object.keys(sentences).length;
  return `${name}: ${cases} cases, ${accepted} right answers (${share} %), ${histogram}; ${kinds} different sentences, slowest case ${slowest.toFixed(2)} s of CPU, peak ${peakMegabytes} MB`;
}

/** Where the generator is too weak to have tested anything. */
function shortcomings({ name, refusals, leastAccepted }: NamedTarget, { cases, accepted, sentences, peakMegabytes }: FuzzReport): string[] {
  const told = Object.keys(sentences);
  const unreached = refusals.filter((part) => !told.some((sentence) => sentence.includes(part)));
  return [
    ...(accepted < leastAccepted * cases ? [`${name}: only ${accepted} of ${cases} cases were taken`] : []),
    // Rare refusals need many cases.
    ...(cases >= casesEach / 4 ? unreached.map((part) => `${name}: no case was refused with "${part}"`) : []),
    ...(peakMegabytes > mostMegabytes ? [`${name}: the process took ${peakMegabytes} MB`] : []),
  ];
}

/** What one process found, or how it broke. */
function watched(name: string, cases: number, seed: number): Promise<FuzzReport | string> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-fuzz-watch-"));
  const place = path.join(folder, "place");
  const descriptor = openSync(place, "w+");
  const args = [
    "--max-old-space-size=1200",
    ...process.execArgv,
    script,
    name,
    "--runs",
    String(cases),
    "--seed",
    String(seed),
    "--watch",
    "3",
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", descriptor] });
  let [out, errors, before, hung] = ["", "", "", false];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  const timer = setInterval(() => {
    const now = readFileSync(place, "utf8");
    if (now === before) {
      hung = true;
      child.kill("SIGKILL");
    }
    before = now;
  }, silenceMs);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearInterval(timer);
      const at = readFileSync(place, "utf8").trim();
      closeSync(descriptor);
      rmSync(folder, { recursive: true, force: true });
      try {
        resolve(JSON.parse(out) as FuzzReport);
      } catch {
        const how = hung ? "never ended" : `ended the process (${signal ?? code})`;
        resolve(`${name}: the case ${at} (seed of its block / number in it) ${how}: ${errors.trim().split("\n").slice(-8).join(" | ")}`);
      }
    });
  });
}
