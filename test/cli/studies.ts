/** Study files for tests of the command line, as text: they are loaded from folders of their own. */

/** Six trials of an objective that prints, the best at x = 1, y = 0. */
export const parabola = `
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "parabola",
  space: { x: values([0, 1, 2]), y: values([0, 1]) },
  sampler: grid(),
  objective: async ({ params }) => (params.x - 1) ** 2 + params.y,
});
`;

/** One trial a value of x; those in \`failing\` throw. */
export const failing = (name: string, failing: readonly number[], more = ""): string => `
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "${name}",
  space: { x: values([0, 1, 2]) },
  sampler: grid(),
  retries: 0,${more}
  objective: async ({ params }) => {
    if (${JSON.stringify(failing)}.includes(params.x)) throw new Error("no luck with " + params.x);
    return params.x;
  },
});
`;

/** Each trial ends when the file "go" lies beside the study. */
export const patient = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { defineStudy, grid, values } from "hpo";
const go = fileURLToPath(new URL("go", import.meta.url));
export default defineStudy({
  name: "patient",
  space: { x: values([0, 1, 2, 3, 4, 5]) },
  sampler: grid(),
  objective: async ({ params, signal }) => {
    while (!existsSync(go)) await sleep(5, undefined, { signal });
    return params.x;
  },
});
`;

/** A random search that only the clock ends. */
export const endless = `
import { setTimeout as sleep } from "node:timers/promises";
import { defineStudy, float, random } from "hpo";
export default defineStudy({
  name: "endless",
  space: { x: float(0, 1) },
  sampler: random(),
  timeBudgetSeconds: 3600,
  objective: async ({ params }) => {
    await sleep(1);
    return params.x;
  },
});
`;

/** Never ends and never looks at its signal. */
export const deaf = `
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "deaf",
  space: { x: values([0]) },
  sampler: grid(),
  objective: () => {
    for (;;);
  },
});
`;

/** One trial is in a native call that nobody can interrupt, for a minute. */
export const native = (more: string): string => `
import { spawnSync } from "node:child_process";
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "native",
  space: { x: values([0, 1]) },
  sampler: grid(),
  retries: 0,${more}
  objective: ({ params }) => {
    if (params.x === 0) spawnSync("sleep", ["60"]);
    return 1;
  },
});
`;

/** Leaves a timer open in the coordinator and in the slots. */
export const unfinished = `
import { defineStudy, grid, values } from "hpo";
setInterval(() => undefined, 1000);
export default defineStudy({ name: "unfinished", space: { x: values([0, 1]) }, sampler: grid(), objective: ({ params }) => params.x });
`;

/** Never loaded. */
export const endlessFile = `
process.stderr.write("loading\\n");
for (;;);
`;

/** Prints wherever a study's code can. */
export const chatty = `
import { defineStudy, grid, values } from "hpo";
console.log("said while loading");
export default defineStudy({
  name: "chatty",
  space: { x: values([0, 1]) },
  sampler: grid(),
  objective: async ({ params }) => {
    console.log("said by trial", params.x);
    process.stdout.write("half a ");
    console.error("line to stderr");
    return params.x;
  },
});
`;

/** A γ/C table of iris, and what is stored of it. */
export const iris = (data: string, folds = 5): string => `
import { accuracy, csv, defineStudy, f1, grid, stratifiedKFold, svm, values } from "hpo";
export default defineStudy({
  name: "iris",
  data: csv(${JSON.stringify(data)}, { target: "y", scale: "min-max" }),
  model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
  cv: stratifiedKFold({ folds: ${folds} }),
  metrics: { accuracy: accuracy(), f1: f1() },
  space: { gamma: values([0.5, 2, 8]), C: values([1, 10]) },
  sampler: grid(),
});
`;

/** Twenty curves, most of them stopped on their way, and an end by rule. */
export const pruned = `
import { defineStudy, float, random, successiveHalving } from "hpo";
export default defineStudy({
  name: "pruned",
  space: { x: float(0, 1) },
  sampler: random(),
  pruner: successiveHalving({ factor: 2 }),
  lookahead: 3,
  trials: 40,
  staleTrials: 15,
  objective: ({ params, report }) => {
    for (let step = 1; step <= 8; step++) if (report(step, params.x + (1 - params.x) / step)) break;
    return params.x;
  },
});
`;

/** An adaptive search whose trials take unequal times, some failing, in a space with a branch. */
export const uneven = (name: string): string => `
import { setTimeout as sleep } from "node:timers/promises";
import { choice, defineStudy, float } from "hpo";
export default defineStudy({
  name: "${name}",
  space: { x: float(0, 1), kind: choice({ plain: {}, curved: { by: float(1, 9) } }) },
  // Steps from the best outcome seen, smaller the more it has seen.
  sampler: {
    name: "climber",
    options: {},
    traits: { adaptive: true, usesClock: false },
    start: () => ({ x: 0.5, value: Infinity, seen: 0 }),
    absorb: ({ x, value, seen }, { values: [found = Infinity], params }) =>
      found < value ? { x: params.x, value: found, seen: seen + 1 } : { x, value, seen: seen + 1 },
    propose(state, number, pending, rng) {
      const x = Math.min(1, Math.max(0, state.x + (rng.uniform() - 0.5) / (1 + state.seen)));
      const branch = rng.uniform() < 0.5 ? { kind: "plain" } : { kind: "curved", by: 1 + 8 * rng.uniform() };
      return { params: { x, ...branch }, by: "climber", why: state.seen + " seen, " + pending.length + " pending" };
    },
    size: () => null,
  },
  lookahead: 4,
  trials: 20,
  retries: 0,
  objective: async ({ params, number }) => {
    await sleep((number * 7) % 13);
    if (number % 6 === 4) throw new Error("no luck with " + number);
    return (params.x - 0.2) ** 2 + (params.by ?? 0) / 10;
  },
});
`;

/** Two objectives over a grid of nine: x = 2 fails, (0, 0) and (1, 1) are equally good. */
export const tradeOff = `
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "trade-off",
  space: { x: values([0, 1, 2]), y: values([0, 1, 2]) },
  sampler: grid(),
  retries: 0,
  metrics: { cost: "minimize", gain: "maximize", size: "minimize" },
  objectives: ["cost", "gain"],
  objective: async ({ params: { x, y } }) => {
    if (x === 2) throw new Error("too large");
    return { cost: [[1, 2, 3], [2, 1, 4]][x][y], gain: [[2, 1, 3], [3, 2, 3]][x][y], size: x };
  },
});
`;

/** An adaptive search of two objectives whose trials take unequal times. */
export const evolving = `
import { setTimeout as sleep } from "node:timers/promises";
import { choice, defineStudy, float, nsga2 } from "hpo";
export default defineStudy({
  name: "evolving",
  space: { x: float(0, 1), kind: choice({ plain: {}, bent: { bend: float(0, 1) } }) },
  sampler: nsga2({ populationSize: 6 }),
  lookahead: 4,
  trials: 40,
  retries: 0,
  metrics: { near: "minimize", far: "maximize" },
  objectives: ["near", "far"],
  objective: async ({ params, number }) => {
    await sleep((number * 7) % 5);
    if (number % 9 === 4) throw new Error("bad luck");
    return { near: params.x + (params.bend ?? 0.2), far: params.x - (params.bend ?? 0.1) };
  },
});
`;

/** Three searches within a study, of a model that tells two classes apart by their means. */
export const nested = `
import { accuracy, defineStudy, inMemory, kFold, random, svm, float } from "hpo";
const features = Array.from({ length: 60 }, (_, i) => [Math.sin(i * 7.3), Math.cos(i * 3.1)]);
const target = features.map(([x, y], i) => (x + y + Math.sin(i * 11.7) > 0 ? "yes" : "no"));
export default defineStudy({
  name: "nested",
  data: inMemory({ name: "waves", features, target }),
  space: { gamma: float(0.01, 10, { log: true }), C: float(0.1, 10, { log: true }) },
  model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
  cv: kFold({ folds: 3 }),
  metrics: { accuracy: accuracy() },
  sampler: random(),
  trials: 4,
  nested: { outer: kFold({ folds: 3 }) },
});
`;
