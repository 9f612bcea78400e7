// What the engine adds to the fits of a cross-validated study, in a fresh process of plain JavaScript.
// Use: node engine-overhead.mjs memory|threads|sqlite FOLDER
// Prints one line of JSON.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStudy } from "hpo";
import { openStore } from "#hpo/store/open-store";
import { foldPlan } from "#hpo/validation/fold-plan";
import declared from "./engine-study.mjs";

const file = fileURLToPath(new URL("./engine-study.mjs", import.meta.url));
const [kind, folder] = process.argv.slice(2);
console.log(JSON.stringify(await measure()));

async function measure() {
  const store = openStore(kind === "sqlite" ? path.join(folder, `engine-${process.pid}.sqlite`) : ":memory:");
  let commits = 0;
  const counting = { ...store, commit: (...batch) => (commits++, store.commit(...batch)) };
  const { judge, metrics, seed } = declared;
  const data = await judge.data.load({ folder: path.dirname(file), task: "classification" });
  const loaded = { ...declared, judge: { ...judge, data: { ...judge.data, load: () => Promise.resolve(data) } } };
  const study = await openStudy(kind === "threads" ? file : loaded, { store: counting });
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { trials } = await study.run({ workers: kind === "threads" ? 2 : 1 });
  const wallMs = performance.now() - start;
  const cpuMs = cpuMsSince(cpu);
  const plan = foldPlan(data, judge.cv, seed, 0);
  const bare = await bareLoop(judge, { data, plan, metrics });
  const own = trials.map((trial) => trial.values.accuracy.value);
  await study.close();
  store.close();
  if (trials.length !== 1000 || own.some((value, at) => Math.abs(value - bare.means[at]) > 1e-12)) {
    throw new Error("engine-overhead: the study and the bare loop must agree on 1000 trials.");
  }
  const fits = trials.length * plan.folds.length;
  const cpuOverheadMicroseconds = (1000 * (cpuMs - bare.cpuMs)) / fits;
  // Threads work at the same time, so that their wall says little.
  const overheadMicroseconds = kind === "threads" ? cpuOverheadMicroseconds : (1000 * (wallMs - bare.wallMs)) / fits;
  return { fits, commits, wallMs, cpuMs, bareMs: bare.wallMs, overheadMicroseconds, cpuOverheadMicroseconds };
}

/** The same fits, predictions and scores. */
async function bareLoop(judge, { data, plan, metrics }) {
  const [target] = data.targets;
  const truths = plan.folds.map(({ test }) => Int32Array.from(test, (row) => target.codes[row]));
  const means = [];
  const context = { rng: null, signal: new AbortController().signal, answer: "labels" };
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let number = 0; number < 1000; number++) {
    let sum = 0;
    for (const [fold, { train, test }] of plan.folds.entries()) {
      const model = await judge.model({ number }).fit({ data, rows: train, target, weights: null }, context);
      const predicted = model.predict({ data, rows: test });
      sum += metrics.accuracy.evaluate({ truth: truths[fold], predicted, scores: null, weights: null, classCount: target.classes.length });
      model.dispose();
    }
    means.push(sum / plan.folds.length);
  }
  return { wallMs: performance.now() - start, cpuMs: cpuMsSince(cpu), means };
}

function cpuMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
