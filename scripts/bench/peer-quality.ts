// What the peers' samplers reached on the suite, as stored (../shared/peers/sampler_quality.json), and when ours is no worse.
import { readFileSync } from "node:fs";
import { sharedData } from "../../test/shared-data.ts";

/** Regret of a peer's sampler over its seeds. */
export interface PeerCell {
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
  readonly seeds: number;
}

/** One entry a sampler of the peer, under the peer's name for it. */
export interface PeerQuality {
  readonly peer: string;
  /** By function, sampler and number of trials. */
  readonly single: Readonly<
    Record<string, { readonly optimum: number; readonly samplers: Readonly<Record<string, Readonly<Record<string, PeerCell>>>> }>
  >;
  /** By problem, sampler and "hypervolume@TRIALS ref (1.1, 1.1)". */
  readonly multi: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, { readonly median: number; readonly seeds: number }>>>>>
  >;
  /** By sampler, "mean normalised regret@TRIALS" or "share of runs at the best cell@TRIALS". */
  readonly svm_grid_50x288: { readonly samplers: Readonly<Record<string, Readonly<Record<string, number>>>> };
}

/** The stored figures; null where they are not beside the checkout. */
export function peerQuality(): PeerQuality | null {
  const file = sharedData("../peers/sampler_quality.json");
  return file === undefined ? null : (JSON.parse(readFileSync(file, "utf8")) as PeerQuality);
}

/** A cell of the suite: the best of the peer's samplers after so many trials. */
export interface BestPeer extends PeerCell {
  readonly sampler: string;
}

/** The least median of the peer's samplers on a function after so many trials; null where none has a figure. */
export function bestPeer(peers: PeerQuality | null, name: string, trials: number): BestPeer | null {
  return peerCells(peers, name, trials).reduce<BestPeer | null>(
    (best, cell) => (best === null || cell.median < best.median ? cell : best),
    null,
  );
}

/** All of the peer's samplers with a figure on a function after so many trials. */
export function peerCells(peers: PeerQuality | null, name: string, trials: number): readonly BestPeer[] {
  return Object.entries(peers?.single[name]?.samplers ?? {}).flatMap(([sampler, cells]) => {
    const cell = cells[trials];
    return cell === undefined ? [] : [{ ...cell, sampler }];
  });
}

/**
 * Whether a median regret is no worse than the peer's: both are below 10⁻⁶ of the function's range, or it is at most 1.05
 * times the peer's median, or at most the peer's upper quartile where the peer has fewer than 20 seeds.
 */
export function noWorse(ours: number, peer: PeerCell, range: number): boolean {
  if (ours < 1e-6 * range && peer.median < 1e-6 * range) return true;
  return ours <= 1.05 * peer.median || (peer.seeds < 20 && ours <= peer.q75);
}
