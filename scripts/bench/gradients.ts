// Trials that a sampler needs until the regret is at most 1e-3, 1e-6 and 1e-9, where objectives tell gradients, beside samplers that use none.
//
//   npm run bench -- gradients [--samplers "lbfgs; startup(10,sobol,gp); cmaes"] [--trials 200] [--seeds 10] [--lookahead 1]
import { parseArgs } from "node:util";
import { float, type Gradient, type Params, type Space } from "hpo";
import { namedSampler } from "./named-sampler.ts";
import { simulateSearch } from "./simulate-search.ts";
import { median, readCount } from "./table-cells.ts";

/** A smooth function whose least value is 0. */
interface SmoothFunction {
  readonly name: string;
  readonly space: Space;
  readonly evaluate: (x: Readonly<Record<string, number>>) => { readonly value: number; readonly gradient: Gradient };
}

const names = ["a", "b", "c", "d", "e"];

/** Terms of one parameter each: their values and slopes. */
function separable(terms: Readonly<Record<string, readonly [value: number, slope: number]>>): { value: number; gradient: Gradient } {
  const all = Object.entries(terms);
  return {
    value: all.reduce((sum, [, [value]]) => sum + value, 0),
    gradient: Object.fromEntries(all.map(([name, [, slope]]) => [name, slope])),
  };
}

const functions: readonly SmoothFunction[] = [
  {
    name: "rosenbrock, 5 floats",
    space: Object.fromEntries(names.map((name) => [name, float(-2, 2)])),
    evaluate(x) {
      const gradient: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
      let value = 0;
      for (const [i, name] of names.slice(0, -1).entries()) {
        const next = names[i + 1] as string;
        const [u, r] = [x[name] as number, (x[next] as number) - (x[name] as number) ** 2];
        value += 100 * r * r + (1 - u) ** 2;
        gradient[name] = (gradient[name] as number) - 400 * u * r - 2 * (1 - u);
        gradient[next] = (gradient[next] as number) + 200 * r;
      }
      return { value, gradient };
    },
  },
  {
    name: "ill-conditioned bowl of logarithms, 5 floats",
    space: Object.fromEntries(names.map((name) => [name, float(1e-5, 1e3, { log: true })])),
    evaluate: (x) =>
      separable(
        Object.fromEntries(
          names.map((name, i) => {
            const p = x[name] as number;
            const u = Math.log(p) - i + 2;
            return [name, [5 ** i * u * u, (2 * 5 ** i * u) / p]];
          }),
        ),
      ),
  },
  {
    // Styblinski and Tang's function: 2⁵ basins.
    name: "many basins, 5 floats",
    space: Object.fromEntries(names.map((name) => [name, float(-5, 5)])),
    evaluate: (x) =>
      separable(
        Object.fromEntries(
          names.map((name) => {
            const u = x[name] as number;
            return [name, [(u ** 4 - 16 * u * u + 5 * u) / 2 + 39.166165703771412, (4 * u ** 3 - 32 * u + 5) / 2]];
          }),
        ),
      ),
  },
];

export function gradients(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      samplers: { type: "string", default: "lbfgs; startup(10,sobol,gp); tpe; cmaes; random" },
      trials: { type: "string", default: "200" },
      seeds: { type: "string", default: "10" },
      lookahead: { type: "string", default: "1" },
    },
  });
  const trials = readCount("trials", values.trials, 1);
  const seeds = readCount("seeds", values.seeds, 1);
  const lookahead = readCount("lookahead", values.lookahead, 1);
  console.log(`median trials to a regret of 1e-3, 1e-6, 1e-9, and median regret after ${trials}; ${seeds} seeds, lookahead ${lookahead}`);
  for (const { name, space, evaluate } of functions) {
    console.log(name);
    for (const sampler of values.samplers.split(";").map((one) => one.trim())) {
      const paths = Array.from({ length: seeds }, (_, seed) =>
        simulateSearch({
          sampler: namedSampler(sampler),
          space,
          seed,
          lookahead,
          trials,
          evaluate: (params: Params) => evaluate(params as Record<string, number>).value,
          gradient: (params: Params) => evaluate(params as Record<string, number>).gradient,
        }),
      );
      const to = (regret: number): string => {
        const counts = paths.map(({ best }) => best.findIndex((value) => value <= regret)).map((at) => (at < 0 ? Infinity : at + 1));
        const typical = median(counts);
        return typical === Infinity ? "–" : String(typical);
      };
      const last = median(paths.map(({ best }) => best.at(-1) ?? Infinity));
      const milliseconds = median(paths.map(({ cpuSeconds }) => (1000 * cpuSeconds) / trials));
      console.log(
        `  ${sampler.padEnd(24)} ${[1e-3, 1e-6, 1e-9].map((regret) => to(regret).padStart(8)).join("")}  ${last.toExponential(1)}  ${milliseconds.toFixed(2)} ms of CPU a trial`,
      );
    }
  }
  return Promise.resolve();
}
