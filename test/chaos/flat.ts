import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const driver = fileURLToPath(new URL("flat-driver.mjs", import.meta.url));

interface FlatOptions {
  readonly how: "run" | "ask";
  readonly trials: number;
  /** How often the process is looked at. */
  readonly samples: number;
  /** Default a file. */
  readonly inMemory?: boolean;
}

/** What grew, a trial, over the second half of a run: by least squares, after garbage was collected. */
export interface FlatFigures {
  readonly trials: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Between the first look of that half and the last. */
  readonly files: number;
  readonly seconds: number;
}

interface Sample {
  readonly trials: number;
  readonly heapUsed: number;
  readonly rss: number;
  readonly files: number | null;
}

/** Runs a study of quick trials in a process of its own and says what it held. */
export async function flat({ how, trials, samples, inMemory = false }: FlatOptions): Promise<FlatFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-flat-"));
  try {
    const database = inMemory ? ":memory:" : path.join(folder, "flat.sqlite");
    const child = spawn(process.execPath, ["--expose-gc", driver, how, database, String(trials), String(samples)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`flat-driver ended with ${String(code)}: ${text}`);
    const { taken, seconds } = JSON.parse(text.trim().split("\n").at(-1) ?? "") as { taken: Sample[]; seconds: number };
    const half = taken.slice(Math.floor(taken.length / 2));
    const last = half.at(-1);
    return {
      trials: last?.trials ?? 0,
      heapBytes: slope(half.map((one) => [one.trials, one.heapUsed])),
      residentBytes: slope(half.map((one) => [one.trials, one.rss])),
      files: (last?.files ?? 0) - (half[0]?.files ?? 0),
      seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** `hpo run` of as many quick trials on two worker threads, looked at from outside: what is resident is all that can be seen. */
export async function flatCommand(trials: number): Promise<Pick<FlatFigures, "trials" | "residentBytes" | "files" | "seconds">> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-flat-"));
  try {
    const study = path.join(folder, "study.ts");
    const declared = `name: "flat", space: { x: float(-1, 1) }, objective: ({ params: { x } }) => x * x, sampler: random(), trials: ${trials}`;
    writeFileSync(study, `import { defineStudy, float, random } from "hpo";\nexport default defineStudy({ ${declared} });\n`);
    const began = performance.now();
    const options = ["--db", path.join(folder, "flat.sqlite"), "--reporter", "ndjson", "--workers", "2"];
    const child = spawn(process.execPath, [command, "run", study, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    const taken: { readonly done: number; readonly rss: number; readonly files: number }[] = [];
    createInterface(child.stderr).on("line", (line) => {
      const { progress } = JSON.parse(line) as { readonly progress?: { readonly done: number } };
      if (progress === undefined || child.pid === undefined) return;
      const held = heldBy(child.pid);
      if (held !== undefined) taken.push({ done: progress.done, ...held });
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`hpo run ended with ${String(code)}`);
    const half = taken.filter(({ done }) => done >= trials / 2);
    return {
      trials,
      residentBytes: slope(half.map(({ done, rss }) => [done, rss])),
      files: (half.at(-1)?.files ?? 0) - (half[0]?.files ?? 0),
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** undefined where the process has just ended. */
function heldBy(pid: number): { readonly rss: number; readonly files: number } | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { rss: pages * 4096, files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** Of the line through the points by least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const [above, below] = points.reduce(([a, b], point) => [a + (point[0] - x) * (point[1] - y), b + (point[0] - x) ** 2], [0, 0] as [
    number,
    number,
  ]);
  return below === 0 ? 0 : above / below;
}
