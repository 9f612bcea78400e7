import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { type Distribution, place, startDistribution, update } from "#hpo/samplers/cma-es/distribution";
import { strategy } from "#hpo/samplers/cma-es/strategy";

type Matrix = number[][];

function inverse(matrix: Matrix): Matrix {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = rows[i]![i]!;
    rows[i] = rows[i]!.map((value) => value / pivot);
    for (let k = 0; k < n; k++) if (k !== i) rows[k] = rows[k]!.map((value, j) => value - rows[k]![i]! * rows[i]![j]! * (j >= 0 ? 1 : 0));
  }
  return rows.map((row) => row.slice(n));
}

/** C^(−1/2) by the iteration of Denman and Beavers, without eigenvectors. */
function inverseRoot(matrix: Matrix): Matrix {
  let y = matrix;
  let z: Matrix = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  for (let step = 0; step < 40; step++) {
    const [yi, zi] = [inverse(y), inverse(z)];
    const mean = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((value, j) => (value + b[i]![j]!) / 2));
    [y, z] = [mean(y, zi), mean(z, yi)];
  }
  return z;
}

interface Reference {
  m: number[];
  sigma: number;
  C: Matrix;
  ps: number[];
  pc: number[];
  g: number;
}

/** Equations 38 to 47 of the tutorial as they stand there, points best first. */
function referenceUpdate(state: Reference, points: readonly number[][], n: number, lambda: number): Reference {
  const s = strategy(n, lambda);
  const w = [...s.weights];
  const y = points.map((x) => x.map((value, d) => (value - state.m[d]!) / state.sigma));
  const root = inverseRoot(state.C);
  const apply = (a: Matrix, v: readonly number[]): number[] => a.map((row) => row.reduce((sum, value, k) => sum + value * v[k]!, 0));
  const norm = (v: readonly number[]): number => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
  const yw = state.m.map((_, d) => y.reduce((sum, one, i) => sum + Math.max(0, w[i]!) * one[d]!, 0));
  const whitened = apply(root, yw);
  const ps = state.ps.map((p, d) => (1 - s.cSigma) * p + Math.sqrt(s.cSigma * (2 - s.cSigma) * s.effective) * whitened[d]!);
  const sigma = state.sigma * Math.exp((s.cSigma / s.dSigma) * (norm(ps) / s.expectedNorm - 1));
  const h = norm(ps) / Math.sqrt(1 - (1 - s.cSigma) ** (2 * (state.g + 1))) < (1.4 + 2 / (n + 1)) * s.expectedNorm ? 1 : 0;
  const pc = state.pc.map((p, d) => (1 - s.cPath) * p + h * Math.sqrt(s.cPath * (2 - s.cPath) * s.effective) * yw[d]!);
  const delta = (1 - h) * s.cPath * (2 - s.cPath);
  const sum = w.reduce((a, b) => a + b, 0);
  const C = state.C.map((row, a) =>
    row.map((value, b) => {
      const rank = y.reduce((total, one, i) => {
        const weight = w[i]! >= 0 ? w[i]! : (w[i]! * n) / norm(apply(root, one)) ** 2;
        return total + weight * one[a]! * one[b]!;
      }, 0);
      return (1 + s.cOne * delta - s.cOne - s.cMu * sum) * value + s.cOne * pc[a]! * pc[b]! + s.cMu * rank;
    }),
  );
  return { m: state.m.map((value, d) => value + state.sigma * yw[d]!), sigma, C, ps, pc, g: state.g + 1 };
}

const draw = (distribution: Distribution, stream: ReturnType<typeof rng>): Float64Array => {
  const n = distribution.snapshot.mean.length;
  const v = new Float64Array(n);
  place(
    distribution.snapshot,
    Float64Array.from({ length: n }, () => 0.9 * stream.normal()),
    v,
  );
  return v;
};

describe("the distribution of CMA-ES", () => {
  it("moves as the tutorial's equations say, written down plainly", () => {
    const [n, lambda] = [4, 9];
    const stream = rng("distribution");
    const ours = startDistribution(strategy(n, lambda), new Float64Array(n).fill(0.5), 0.1);
    let plain: Reference = {
      m: [0.5, 0.5, 0.5, 0.5],
      sigma: 0.1,
      C: [...ours.covariance].reduce<Matrix>((rows, value, k) => (k % n === 0 ? [...rows, [value]] : (rows.at(-1)!.push(value), rows)), []),
      ps: [0, 0, 0, 0],
      pc: [0, 0, 0, 0],
      g: 0,
    };
    const cost = (v: Float64Array): number => v.reduce((sum, x, d) => sum + 10 ** d * (x + 0.3 * v[0]! - 0.9) ** 2, 0);
    for (let generation = 0; generation < 15; generation++) {
      // Short draws, so that none is cut.
      const points = Array.from({ length: lambda }, () => draw(ours, stream)).toSorted((a, b) => cost(a) - cost(b));
      update(ours, points, ours.strategy.weights);
      plain = referenceUpdate(
        plain,
        points.map((v) => [...v]),
        n,
        lambda,
      );
      const { mean, sigma } = ours.snapshot;
      for (let d = 0; d < n; d++) expect(mean[d]).toBeCloseTo(plain.m[d]!, 10);
      // σ and C are told apart by a convention; σ² C is what is drawn from.
      for (let a = 0; a < n; a++) {
        for (let b = 0; b < n; b++) {
          expect((sigma ** 2 * ours.covariance[a * n + b]!) / (plain.sigma ** 2 * plain.C[a]![a]!)).toBeCloseTo(
            plain.C[a]![b]! / plain.C[a]![a]!,
            8,
          );
        }
      }
      for (let d = 0; d < n; d++) expect(ours.pathSigma[d]).toBeCloseTo(plain.ps[d]!, 8);
    }
    expect(plain.sigma).not.toBeCloseTo(0.1, 2);
  });

  it("follows a point from elsewhere no further than its own longest step", () => {
    const n = 3;
    const distribution = startDistribution(strategy(n, 6), new Float64Array(n).fill(0.5), 0.001);
    const far = Float64Array.from([0.9, 0.5, 0.5]);
    const near = Array.from({ length: 5 }, () => new Float64Array(n).fill(0.5));
    update(distribution, [far, ...near], distribution.strategy.weights);
    const moved = (distribution.snapshot.mean[0] as number) - 0.5;
    expect(moved).toBeGreaterThan(0.0005);
    expect(moved).toBeLessThan(0.001 * (Math.sqrt(3) + 6 / 5));
    expect(distribution.snapshot.sigma).toBeLessThan(0.01);
  });

  it("keeps deviations below half of the range", () => {
    const distribution = startDistribution(strategy(2, 6), Float64Array.from([0.5, 0.5]), 0.4);
    for (let generation = 0; generation < 50; generation++) {
      const points = Array.from({ length: 6 }, (_, i) => Float64Array.from([generation + 5 - i, generation + 5 - i]));
      update(distribution, points, distribution.strategy.weights);
    }
    expect(Math.max(...distribution.snapshot.deviations)).toBeLessThanOrEqual(0.5 + 1e-12);
  });
});
