import type { SolverPart, SolverPlan, SolverStage } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { type ArenaMap, arenaMap } from "./arena.ts";
import type { Chain } from "./chains.ts";
import type { SvmLayout } from "./layout.ts";
import { pairScratchBytes } from "./pair-part.ts";

/** wasm32 ends here. */
const addressLimit = 2 ** 32;

/** Seconds by which small pieces of work are put together into parts. */
const partSeconds = 0.05;

export interface PlanInput {
  readonly layout: SvmLayout;
  readonly width: number;
  readonly requestCount: number;
  readonly memoryBytes: number;
  readonly slots: number;
  /** First free byte of the data set's memory. */
  readonly dataEnd: number;
}

/** The pairs of classes that have rows, in order. */
export function classPairs(layout: SvmLayout): readonly (readonly [number, number])[] {
  const present = [...layout.counts.keys()].filter((code) => (layout.counts[code] as number) > 0);
  return present.flatMap((a, at) => present.slice(at + 1).map((b) => [a, b] as const));
}

/** One stage for the features, one for the distances where they are kept, then a kernel stage and a durable stage for every γ. */
export function svmPlan(chains: readonly Chain[], input: PlanInput): SolverPlan {
  const { layout, width } = input;
  const gammas = [...new Set(chains.map(({ gamma }) => gamma))];
  const { map, slotBytes } = chooseMap(gammas, input);
  const everyone = Array.from({ length: input.requestCount }, (_, index) => index);
  const stages: SolverStage[] = [];
  const shared = (name: string, parts: readonly SolverPart[], needs: readonly string[]): void => void stages.push({ name, parts, needs });
  const part = (key: string, cost: number, details: Pick<SolverPart, "requests" | "input">): SolverPart => ({
    key,
    label: key,
    durable: false,
    cost,
    ...details,
  });
  const keep = map.distances >= 0;
  shared("features", [part("features", 1e-8 * layout.size * width, { requests: everyone, input: { kind: "features", keep } })], []);
  const distanceSeconds = 0.6e-10 * layout.size ** 2 * width;
  if (keep) {
    shared(
      "distances",
      triangleBands(layout.size, distanceSeconds).map(({ first, last, seconds }) =>
        part(`distances · rows ${first}–${last}`, seconds, {
          requests: everyone,
          input: { kind: "distances", keep, first, last },
        }),
      ),
      ["features"],
    );
  }
  for (const gamma of gammas) {
    const name = gamma === null ? "kernel linear" : `kernel γ=${gamma}`;
    const members = chains.filter((chain) => chain.gamma === gamma);
    const requests = members.flatMap(({ costs }) => costs.flatMap((cost) => cost.requests)).sort((a, b) => a - b);
    const kernelSeconds = 0.9e-9 * layout.size ** 2 + (keep && gamma !== null ? 0 : distanceSeconds);
    shared(
      name,
      triangleBands(layout.size, kernelSeconds).map(({ first, last, seconds }) =>
        part(`${name} · rows ${first}–${last}`, seconds, {
          requests,
          input: { kind: "kernel", keep, gamma, first, last },
        }),
      ),
      // All kernels lie in one place: the next one may not be begun before the last one is done with.
      [
        keep && gamma !== null ? "distances" : "features",
        ...stages.slice(-1).flatMap((last) => (last.parts[0]?.durable ? [last.name] : [])),
      ],
    );
    const parts = members.flatMap((chain) => pairParts(chain, layout, keep));
    stages.push({
      name: gamma === null ? "solve linear" : `solve γ=${gamma}`,
      parts: parts.sort((a, b) => b.cost - a.cost),
      needs: [name],
    });
  }
  return { stages, sharedBytes: map.bytes, slotBytes };
}

/** Keeps the distances where there is more than one γ to use them for, and room for them. */
function chooseMap(
  gammas: readonly (number | null)[],
  { layout, width, memoryBytes, slots, dataEnd }: PlanInput,
): { readonly map: ArenaMap; readonly slotBytes: number } {
  const sizes = classPairs(layout).map(([a, b]) => (layout.sizes[a] as number) + (layout.sizes[b] as number));
  const tiles = Math.max(0, ...layout.folds.map((fold) => fold.tiles.starts.length));
  const slotBytes = pairScratchBytes(Math.max(0, ...sizes), tiles);
  const scratch = slots * Math.ceil(slotBytes / 64) * 64;
  const limit = Math.min(memoryBytes, addressLimit - dataEnd);
  const repeated = gammas.filter((gamma) => gamma !== null).length > 1;
  for (const keep of repeated ? [true, false] : [false]) {
    const map = arenaMap(layout, width, keep);
    if (Math.ceil(map.bytes / 64) * 64 + scratch <= limit) return { map, slotBytes };
  }
  const needed = arenaMap(layout, width, false).bytes + scratch;
  const room = limit < memoryBytes ? "a WebAssembly memory has room for" : "the limit is";
  const cure = limit < memoryBytes ? "Use fewer rows." : "Raise the memory limit or use fewer rows.";
  throw new HpoError(
    "MODEL_UNSUPPORTED",
    `svm(): the kernel matrix of ${layout.counts.reduce((a, b) => a + b, 0)} rows takes ${megabytes(needed)}; ${room} ${megabytes(limit)}. ${cure}`,
    { data: { neededBytes: needed, limitBytes: limit } },
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** Cuts the rows of an upper triangle into bands of about equal area, for at most 16 parts of at least about 10 ms. */
function triangleBands(
  size: number,
  seconds: number,
): readonly { readonly first: number; readonly last: number; readonly seconds: number }[] {
  const count = Math.min(16, Math.max(1, Math.ceil(seconds / 0.01)));
  const left = (row: number): number => (1 - row / size) ** 2;
  const bands = [];
  let first = 0;
  for (let band = 1; first < size; band++) {
    const end = band >= count ? size : Math.ceil((size * (1 - Math.sqrt(1 - band / count))) / 64) * 64;
    const last = Math.min(size, Math.max(first + 64, end));
    bands.push({ first, last, seconds: seconds * (left(first) - left(last)) });
    first = last;
  }
  return bands;
}

/** The pairs of a chain, largest first, small ones together in one part. */
function pairParts(chain: Chain, layout: SvmLayout, keep: boolean): SolverPart[] {
  const asked = Math.min(3, chain.costs.length + 1);
  const weighed = classPairs(layout)
    .map((pair) => {
      const rows = (layout.sizes[pair[0]] as number) + (layout.sizes[pair[1]] as number);
      const predicted = layout.folds.reduce((sum, { tested }) => sum + tested, 0) * rows * 2e-10;
      return { pair, cost: layout.folds.length * (asked * rows ** 2 * 3e-10 + 2e-5) + predicted };
    })
    .sort((a, b) => b.cost - a.cost);
  const requests = chain.costs.flatMap((cost) => cost.requests).sort((a, b) => a - b);
  const parts: SolverPart[] = [];
  for (let at = 0; at < weighed.length; ) {
    const first = at;
    let cost = 0;
    while (at < weighed.length && (at === first || cost + (weighed[at]?.cost as number) <= partSeconds))
      cost += weighed[at++]?.cost as number;
    const pairs = weighed.slice(first, at).map(({ pair }) => pair);
    const range = at - first === 1 ? `pair ${at}` : `pairs ${first + 1}–${at}`;
    parts.push({
      key: `${chain.key} C=${chain.costs.map(({ C }) => C).join(",")} ${range}`,
      label: `${chain.gamma === null ? "linear" : `γ=${chain.gamma}`} · ${range} of ${weighed.length}`,
      durable: true,
      cost,
      requests,
      input: {
        kind: "pairs",
        keep,
        gamma: chain.gamma,
        tolerance: chain.tolerance,
        maxIterations: chain.maxIterations,
        costs: chain.costs.map(({ C, requests: asking }) => ({ C, requests: asking })),
        pairs,
      },
    });
  }
  return parts;
}
