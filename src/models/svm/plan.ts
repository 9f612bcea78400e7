import { createHash } from "node:crypto";
import type { Answer, SolverLimits, SolverPart, SolverPlan, SolverStage } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { type ArenaMap, arenaMap, arenaWidth } from "./arena.ts";
import type { Chain } from "./chains.ts";
import { voteScratchBytes } from "./fold-vote.ts";
import { kernelBase, kernelName } from "./kernel.ts";
import { largeMemory, type LargeRule, ruleOf } from "./large-pair.ts";
import type { SvmLayout } from "./layout.ts";
import type { BaseSource } from "./pair-block.ts";
import { classPairs, ownTileCount, pairSize } from "./pair-of-classes.ts";
import { solveScratchBytes } from "./pair-solver.ts";
import { jobLimits } from "./vote-jobs.ts";
import { type ChainWork, chainWorks, durablePart, type SolveWork } from "./work-parts.ts";

/** wasm32 ends here. */
const addressLimit = 2 ** 32;
/** Seconds for one feature of a squared distance, and for one byte of memory that is written for the first time. */
const featureSeconds = 0.6e-10;
const byteSeconds = 5e-10;

export interface PlanInput {
  readonly layout: SvmLayout;
  readonly width: number;
  readonly answer: Answer;
  readonly models: boolean;
  readonly requestCount: number;
  /** First free byte of the data set's memory. */
  readonly dataEnd: number;
  readonly large: LargeRule;
}

/** Features, the distances where they are kept, then chain by chain the pairs' solves and the votes: these overlap the solves of the next, and what they have read is dropped early. */
export function svmPlan(chains: readonly Chain[], input: PlanInput, limits: SolverLimits): SolverPlan {
  const { layout } = input;
  const works = chainWorks(chains, input);
  const precomputed = chains.some(({ kernel }) => kernelBase(kernel) === "entries");
  if (precomputed && chains.some(({ kernel }) => kernelBase(kernel) !== "entries")) {
    throw new TypeError("svm(): precomputed kernels are planned by themselves.");
  }
  const width = arenaWidth(layout, input.width, precomputed);
  const rule = ruleOf(input.large, precomputed);
  const { map, slotBytes, source, cacheBytes } = chooseMap(works, { ...input, width, large: rule }, limits);
  const everyone = Array.from({ length: input.requestCount }, (_, index) => index);
  const keep = map.distances >= 0;
  const large = { ...rule, cacheBytes };
  const arenaPart = (key: string, cost: number, details: object): SolverPart => ({
    key,
    label: key,
    durable: false,
    cost,
    requests: everyone,
    input: { keep, precomputed, ...details },
  });
  const layoutKey = createHash("sha256").update(layout.order).digest("hex").slice(0, 16);
  const stages: SolverStage[] = [
    {
      name: "features",
      parts: [arenaPart("features", 1e-8 * layout.size * width, { kind: "features" })],
      needs: [],
      fills: { key: `${precomputed ? "entries" : "features"} ${layoutKey}`, offset: map.features, bytes: width * map.stride },
    },
  ];
  if (keep) {
    stages.push({
      name: "distances",
      parts: triangleBands(layout.size, featureSeconds * layout.size ** 2 * width).map(({ first, last, seconds }) =>
        arenaPart(`distances · rows ${first}–${last}`, seconds, { kind: "distances", first, last }),
      ),
      needs: ["features"],
      fills: { key: `distances ${layoutKey}`, offset: map.distances, bytes: layout.size * map.stride },
    });
  }
  const needs = (solves: readonly SolveWork[]): readonly string[] =>
    keep && solves.some((work) => work.chains.some(({ kernel }) => kernelBase(kernel) === "distances"))
      ? ["features", "distances"]
      : ["features"];
  const place = { keep, precomputed, source, large };
  const passing = works.some(({ votes }) => votes.length > 0);
  for (const { chain, solves, votes } of works) {
    const name = kernelName(chain.kernel);
    if (solves.length > 0) {
      stages.push({
        name: `solve ${stages.length} ${name}`,
        parts: [...solves]
          .sort((one, two) => two.cost - one.cost)
          .map((work) => {
            const { chains: members, pairs, folds } = work;
            const part = durablePart(work, members, { kind: "solve", ...place, chains: members, pairs, folds });
            return passing ? { ...part, passing: true as const } : part;
          }),
        needs: needs(solves),
      });
    }
    if (votes.length === 0) continue;
    stages.push({
      name: `vote ${stages.length} ${name}`,
      parts: votes.map((work) => ({
        ...durablePart(work, [work.chain], { kind: "vote", keep, precomputed, chain: work.chain, folds: work.folds, solved: work.solved }),
        reads: work.solved.map(({ key }) => key),
      })),
      needs: ["features"],
    });
  }
  const shared = keep ? `distances kept: ${megabytes(map.bytes)}` : `features: ${megabytes(map.bytes)}`;
  const inner = input.answer === "probabilities" ? "; probabilities by an inner 5-fold cross-validation of every fit" : "";
  const rows = cacheBytes > 0 ? `, ${megabytes(cacheBytes)} of it for kernel rows of large problems` : "";
  return { stages, sharedBytes: map.bytes, slotBytes, note: `${shared}; ${megabytes(slotBytes)} a worker${rows}${inner}` };
}

interface MemoryChoice {
  readonly map: ArenaMap;
  readonly slotBytes: number;
  readonly source: BaseSource;
  /** For the kernel rows of large pairs; 0 where there are none. */
  readonly cacheBytes: number;
}

/**
 * Where base values of the pairs come from, the fastest way first that the limits allow: distances of all rows in the arena,
 * where pairs would compute many of them again; a block of base values for each worker; or no block, computed for each kernel.
 * Large pairs have no block: what the limits leave holds their kernel rows, a batch of them at least.
 */
function chooseMap(
  chained: readonly ChainWork[],
  { layout, width, answer, dataEnd, large }: PlanInput,
  limits: SolverLimits,
): MemoryChoice {
  const pairs = classPairs(layout);
  const sizes = pairs.map((pair) => pairSize(layout, pair));
  const most = Math.max(0, ...sizes);
  // Held-out rows lie anywhere in a pair's block.
  const tiles =
    answer === "probabilities" ? most / 16 : Math.max(0, ...pairs.flatMap((pair) => layout.folds.map((fold) => ownTileCount(fold, pair))));
  const works = chained.flatMap(({ solves }) => solves);
  const votes = chained.flatMap((one) => one.votes);
  const costs = Math.max(0, ...votes.map(({ chain }) => chain.costs.length));
  const voteBytes = votes.length === 0 ? 0 : voteScratchBytes(layout, width, jobLimits(sizes, costs));
  const repeats = works.some((work) => work.chains.length > 1);
  const sources: readonly BaseSource[] = [
    ...(pays(works, layout, width) ? ["arena" as const] : []),
    ...(repeats ? ["block" as const] : []),
    "each",
  ];
  const limit = Math.min(limits.memoryBytes, addressLimit - dataEnd);
  const problems = { sizes, width, localsPerRow: 1 as const, tiles };
  let needed = 0;
  // Distances of all rows are not for data with large pairs.
  for (const source of most > large.rows ? sources.filter((one) => one !== "arena") : sources) {
    const map = arenaMap(layout, width, source === "arena");
    const sharedBytes = Math.ceil(map.bytes / 64) * 64;
    const room = Math.floor((limit - sharedBytes) / limits.slots / 64) * 64;
    const { blockRows, bytes, cacheBytes } = largeMemory(large, problems, room);
    const slotBytes = Math.max(voteBytes, bytes, solveScratchBytes(blockRows, tiles, source));
    needed = sharedBytes + limits.slots * Math.ceil(slotBytes / 64) * 64;
    if (needed <= limit) return { map, slotBytes, source, cacheBytes };
  }
  const addresses = limit < limits.memoryBytes;
  const room = addresses ? "a WebAssembly memory has room for" : "the limit is";
  const cure = `${addresses ? "" : "Raise the limit (--memory), "}${limits.slots > 1 ? "use fewer workers" : ""}`;
  throw new HpoError(
    "MODEL_UNSUPPORTED",
    `svm(): the kernel values of the largest pair of classes (${most} rows) take ${megabytes(needed)} for ${limits.slots} ${limits.slots === 1 ? "worker" : "workers"}; ${room} ${megabytes(limit)}. ${sentence(cure)}`,
    { data: { neededBytes: needed, limitBytes: limit } },
  );
}

function sentence(cure: string): string {
  const text = cure.replace(/, $/, "");
  const ways = text === "" ? "Use fewer rows" : `${text} or use fewer rows`;
  return `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
}

/** Whether computing all distances once takes less than computing each pair's, the fresh memory included. */
function pays(works: readonly SolveWork[], layout: SvmLayout, width: number): boolean {
  let squares = 0;
  for (const { pairs, chains } of works) {
    if (!chains.some(({ kernel }) => kernelBase(kernel) === "distances")) continue;
    for (const pair of pairs) squares += pairSize(layout, pair) ** 2;
  }
  return (squares - layout.size ** 2) * featureSeconds * width > layout.size ** 2 * 2 * byteSeconds;
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
