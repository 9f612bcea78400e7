import { cmaes } from "#hpo/samplers/cma-es/cmaes";
import * as hpo from "hpo";
import { suiteFunctions } from "./sampler-suite.ts";
import { simulateSearch } from "./simulate-search.ts";
const peers: Record<string, [number, number]> = { sphere5: [0.0409, 3.294e-6], rosen5: [8.41, 2.622], rastrigin5: [18.57, 6.897], ackley10: [9.097, 2.315], levy10: [1.186, 0.1164], styblinski5: [23.05, 14.14], hartmann6: [0.04245, 3.752e-5] , mixed: [0.05973,0.01065], conditional: [0.01277,0.01277]};
const seeds = Number(process.env.SEEDS ?? 60);
const L = Number(process.env.L ?? 1);
const names = (process.env.F ?? Object.keys(peers).slice(0,7).join(",")).split(",");
const make = (): hpo.Sampler => process.env.SAMPLER ? eval(process.env.SAMPLER)(hpo) : cmaes();
const out: string[] = [];
let logsum = 0;
for (const f of names) {
  const one = suiteFunctions[f]!;
  const r: number[][] = [[], []];
  for (let seed = 0; seed < seeds; seed++) {
    const path = simulateSearch({ sampler: make(), space: one.space, seed: seed + 1000, lookahead: L, trials: 500, evaluate: one.evaluate });
    r[0]!.push(path.best[199]! - one.optimum); r[1]!.push(path.best[499]! - one.optimum);
  }
  const q = (x: number[], p: number) => x.toSorted((a, b) => a - b)[Math.floor((x.length-1) * p)]!;
  const med = r.map((x) => q(x, 0.5));
  logsum += Math.log10(med[0]! / peers[f]![0]) + Math.log10(med[1]! / peers[f]![1]);
  out.push(`${f} ${med.map((m, i) => `${m.toPrecision(3)}(${(m / peers[f]![i]!).toFixed(2)})`).join(" ")}`);
}
console.log(`${process.env.TAG ?? ""} L=${L}: sum ${logsum.toFixed(2)} | ${out.join(" | ")}`);
