import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as hpo from "hpo";
import type { Sampler } from "hpo";
import { canonicalJson } from "#hpo/core/json";
import { dimensions } from "#hpo/space/dimensions";
import { decode } from "#hpo/space/unit-cube";

type Factory = (...args: readonly unknown[]) => Sampler;

/** How to make those that need something; the others are called without an argument. */
const needs: Readonly<Record<string, (factory: Factory) => Sampler>> = {
  startup: (factory) => factory(4, hpo.random(), allSeeing()),
  distinct: (factory) => factory(allSeeing()),
  replicated: (factory) => factory(allSeeing()),
  latinHypercube: (factory) => factory({ trials: 12 }),
  // Five intervals and more.
  populationBased: (factory) => factory({ members: 5 }),
  // Children from the seventh trial on.
  nsga2: (factory) => factory({ populationSize: 6 }),
};

/** Every sampler that `hpo` exports from its folder of samplers, so that a new one is tested without a line here. */
export async function exportedSamplers(): Promise<readonly { readonly name: string; readonly make: () => Sampler }[]> {
  const folder = fileURLToPath(new URL("../../dist/samplers", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(path.join(folder, file)).href) as Promise<object>));
  const theirs = new Set(modules.flatMap((one) => Object.values(one) as unknown[]));
  return Object.entries(hpo).flatMap(([name, value]) => {
    if (typeof value !== "function" || !theirs.has(value)) return [];
    const factory = value as Factory;
    return [{ name, make: () => needs[name]?.(factory) ?? factory() }];
  });
}

/** An adaptive sampler that any difference in any outcome, or in their order, leads elsewhere. */
export function allSeeing(): Sampler<{ readonly space: hpo.Space; readonly seen: string }> {
  return Object.freeze({
    name: "allSeeing",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start: ({ space }: hpo.SamplerContext) => ({ space, seen: "" }),
    absorb: (state: { space: hpo.Space; seen: string }, { number, state: end, params, values }: hpo.FinishedTrial) => ({
      space: state.space,
      seen: digest(state.seen + canonicalJson([number, end, params, values])),
    }),
    propose({ space, seen }: { space: hpo.Space; seen: string }, _number: number, pending: readonly hpo.Params[], stream: hpo.Rng) {
      const before = digest(seen + canonicalJson(pending));
      const own = stream.fork(before);
      const unit = Float64Array.from(dimensions(space), () => own.uniform());
      return Object.freeze({ params: decode(space, unit), by: "allSeeing", why: `after ${before}` });
    },
    size: () => null,
  });
}

/** 48 bits of a text. */
function digest(text: string): string {
  return (
    hpo
      .rng(text)
      .below(2 ** 24)
      .toString(16) +
    hpo
      .rng(`${text}+`)
      .below(2 ** 24)
      .toString(16)
  );
}
