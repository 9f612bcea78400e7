import { createHash } from "node:crypto";
import type { SolverLimits, SolverPart, SolverPlan, SolverStage } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { type ArenaMap, arenaMap } from "../svm/arena.ts";
import { kernelBase, kernelName } from "../svm/kernel.ts";
import type { BaseSource } from "../svm/pair-block.ts";
import { largeMemory, type LargeRule } from "../svm/large-pair.ts";
import type { SvrLayout } from "./layout.ts";
import { mostTiles, type SolvePartInput, solveScratchBytes, type TubePiece } from "./solve-part.ts";
import type { Tube } from "./tubes.ts";

/** wasm32 ends here. */
const addressLimit = 2 ** 32;
/** Seconds by which small pieces of work are put together into parts, and the most that a part should take. */
const leastSeconds = 0.05;
const mostSeconds = 1.25;
/** Parts are at most this share of the work, so that workers end together. */
const share = 1 / 64;
/** Above so many of the target's standard deviations, a larger C takes no longer. */
const mostSpreads = 300;
/** Seconds for one feature of a squared distance. */
const featureSeconds = 0.6e-10;
/** Rows of the distances that a part fills. */
const bandRows = 256;

export interface PlanInput {
  readonly layout: SvrLayout;
  readonly width: number;
  readonly requestCount: number;
  /** First free byte of the data set's memory. */
  readonly dataEnd: number;
  readonly large: LargeRule;
}

/** Folds of tubes that one part solves. */
export interface TubeWork {
  readonly key: string;
  readonly label: string;
  readonly cost: number;
  readonly pieces: readonly TubePiece[];
}

/** Cuts all work into parts; they follow from the requests and the layout alone, so that a resume finds them under any limits. */
export function tubeWorks(tubes: readonly Tube[], { layout, width }: Pick<PlanInput, "layout" | "width">): readonly TubeWork[] {
  const square = layout.size ** 2;
  const spread = targetSpread(layout);
  // Steps grow with C in units of the target, up to where few rows are at the bound.
  const foldSeconds = ({ costs }: Tube): number =>
    costs.reduce((sum, { C }) => sum + square * (2e-9 + 1e-8 * Math.min(mostSpreads, C / spread)), 5e-5);
  const blockSeconds = square * (1e-9 + featureSeconds * width);
  const total = tubes.reduce((sum, tube) => sum + blockSeconds + foldSeconds(tube) * layout.folds.length, 0);
  const limit = Math.min(mostSeconds, Math.max(leastSeconds, total * share));
  const works: TubeWork[] = [];
  let pieces: TubePiece[] = [];
  let cost = 0;
  const close = (): void => {
    if (pieces.length > 0) works.push({ key: `solve ${digest(pieces)}`, label: labelOf(pieces, layout.folds.length), cost, pieces });
    pieces = [];
    cost = 0;
  };
  for (const tube of tubes) {
    for (let first = 0; first < layout.folds.length; ) {
      if (cost >= limit) close();
      cost += blockSeconds;
      const room = Math.max(1, Math.floor((limit - cost) / foldSeconds(tube)));
      const last = Math.min(layout.folds.length, first + room);
      pieces.push({ tube, first, last });
      cost += foldSeconds(tube) * (last - first);
      first = last;
    }
  }
  close();
  return works;
}

/** Standard deviation of the targets; 1 where they are all equal. */
function targetSpread({ targets, order }: SvrLayout): number {
  const values = targets.filter((_, at) => (order[at] as number) >= 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return spread > 0 && spread < Infinity ? spread : 1;
}

function digest(pieces: readonly TubePiece[]): string {
  const text = pieces.map(({ tube, first, last }) => `${tube.key} C=${tube.costs.map(({ C }) => C).join(",")} folds ${first}-${last}`);
  return createHash("sha256").update(text.join("; ")).digest("hex").slice(0, 16);
}

function labelOf(pieces: readonly TubePiece[], folds: number): string {
  const [one] = pieces as [TubePiece];
  const name = ({ tube }: TubePiece): string => `${kernelName(tube.kernel)} ε=${tube.epsilon}`;
  const range = one.last - one.first === folds ? "" : ` · folds ${one.first + 1}–${one.last}`;
  return pieces.length === 1 ? `${name(one)}${range}` : `${name(one)} … ${name(pieces.at(-1) as TubePiece)}`;
}

/** Features, the distances where they are kept, then the durable parts. */
export function svrPlan(tubes: readonly Tube[], input: PlanInput, limits: SolverLimits): SolverPlan {
  const { layout, width } = input;
  const works = tubeWorks(tubes, input);
  const { map, slotBytes, source, cacheBytes } = chooseMap(works, input, limits);
  const keep = map.distances >= 0;
  const everyone = Array.from({ length: input.requestCount }, (_, index) => index);
  const layoutKey = createHash("sha256").update(layout.order).digest("hex").slice(0, 16);
  const arenaPart = (key: string, cost: number, details: object): SolverPart => ({
    key,
    label: key,
    durable: false,
    cost,
    requests: everyone,
    input: { keep, ...details },
  });
  const stages: SolverStage[] = [
    {
      name: "features",
      parts: [arenaPart("features", 1e-8 * layout.size * width + 1e-6, { kind: "features" })],
      needs: [],
      fills: { key: `features ${layoutKey}`, offset: map.features, bytes: width * map.stride },
    },
  ];
  if (keep) {
    const bands = Array.from({ length: Math.ceil(layout.size / bandRows) }, (_, band) => band * bandRows);
    stages.push({
      name: "distances",
      parts: bands.map((first) => {
        const last = Math.min(layout.size, first + bandRows);
        const cost = featureSeconds * width * (last - first) * (layout.size - first) + 1e-6;
        return arenaPart(`distances · rows ${first}–${last}`, cost, { kind: "distances", first, last });
      }),
      needs: ["features"],
      fills: { key: `distances ${layoutKey}`, offset: map.distances, bytes: layout.size * map.stride },
    });
  }
  stages.push({
    name: "solve",
    parts: works.map(({ key, label, cost, pieces }) => ({
      key,
      label,
      cost,
      durable: true,
      requests: [...new Set(pieces.flatMap(({ tube }) => tube.costs.flatMap(({ requests }) => requests)))].sort((a, b) => a - b),
      input: { kind: "solve", keep, source, large: { ...input.large, cacheBytes }, pieces } satisfies SolvePartInput & {
        keep: boolean;
      } as unknown as Json,
    })),
    needs: keep ? ["features", "distances"] : ["features"],
  });
  const shared = keep ? `distances kept: ${megabytes(map.bytes)}` : `features: ${megabytes(map.bytes)}`;
  const rows = cacheBytes > 0 ? `, ${megabytes(cacheBytes)} of it for kernel rows of large problems` : "";
  return { stages, sharedBytes: map.bytes, slotBytes, note: `${shared}; ${megabytes(slotBytes)} a worker${rows}` };
}

/** Where distances come from, the fastest way first that the limits allow: see BaseSource. */
function chooseMap(
  works: readonly TubeWork[],
  { layout, width, dataEnd, large }: PlanInput,
  limits: SolverLimits,
): { readonly map: ArenaMap; readonly slotBytes: number; readonly source: BaseSource; readonly cacheBytes: number } {
  const kernels = works.map(({ pieces }) => new Set(pieces.map(({ tube }) => JSON.stringify(tube.kernel))).size);
  const distances = works.some(({ pieces }) => pieces.some(({ tube }) => kernelBase(tube.kernel) === "distances"));
  const sources: readonly BaseSource[] = [
    ...(distances && works.length > 1 && layout.size <= large.rows ? ["arena" as const] : []),
    ...(kernels.some((count) => count > 1) ? ["block" as const] : []),
    "each",
  ];
  const limit = Math.min(limits.memoryBytes, addressLimit - dataEnd);
  let needed = 0;
  for (const source of sources) {
    const map = arenaMap(layout, width, source === "arena");
    const sharedBytes = Math.ceil(map.bytes / 64) * 64;
    const room = Math.floor((limit - sharedBytes) / limits.slots / 64) * 64;
    const problems = { sizes: [layout.size], width, localsPerRow: 2 as const, tiles: mostTiles(layout) };
    const { bytes, cacheBytes } = largeMemory(large, problems, room);
    const slotBytes = Math.max(bytes, solveScratchBytes(layout, source, large));
    needed = sharedBytes + limits.slots * Math.ceil(slotBytes / 64) * 64;
    if (needed <= limit) return { map, slotBytes, source, cacheBytes };
  }
  const addresses = limit < limits.memoryBytes;
  const room = addresses ? "a WebAssembly memory has room for" : "the limit is";
  const cures = [
    ...(addresses ? [] : ["raise the limit (--memory)"]),
    ...(limits.slots > 1 ? ["use fewer workers"] : []),
    "use fewer rows",
  ];
  const cure = cures.join(" or ");
  throw new HpoError(
    "MODEL_UNSUPPORTED",
    `svr(): the kernel values of ${layout.rows} rows take ${megabytes(needed)} for ${limits.slots} ${limits.slots === 1 ? "worker" : "workers"}; ${room} ${megabytes(limit)}. ${cure.charAt(0).toUpperCase()}${cure.slice(1)}.`,
    { data: { neededBytes: needed, limitBytes: limit } },
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
