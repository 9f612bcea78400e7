// One of those who work on a database for an hour: node --expose-gc soak-member.mjs KIND DATABASE SECONDS EVERY
// Begins a study every EVERY seconds and prints, after each, one JSON line: what the process holds, and the trials so far.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { accuracy, defineStudy, float, inMemory, kFold, listStudies, openStudy, random, readStudy, svm, tpe, values } from "hpo";

const [kind, database, seconds, every] = process.argv.slice(2);
const file = fileURLToPath(new URL("../fixtures/quadratic.ts", import.meta.url));
const space = { x: float(-1, 1) };
const objective = ({ params: { x } }) => (x - 0.3) ** 2;

/** Two rings, which a support vector machine tells apart. */
function rings() {
  const rows = Array.from({ length: 80 }, (_, row) => ({ angle: row * 2.4, radius: (row % 2) + 1 + 0.3 * Math.sin(row * 7.1) }));
  const features = rows.map(({ angle, radius }) => [radius * Math.cos(angle), radius * Math.sin(angle)]);
  return inMemory({ name: "rings", features, target: rows.map((_, row) => (row % 2 === 0 ? "in" : "out")) });
}

async function run(study, options = {}) {
  const { trials } = await study.run(options);
  await study.close();
  return trials.length;
}

const kinds = {
  /** In this process. */
  run: async (name) => run(await openStudy(defineStudy({ name, space, objective, sampler: random(), trials: 1000 }), { database })),
  /** A sampler that looks back. */
  tpe: async (name) => run(await openStudy(defineStudy({ name, space, objective, sampler: tpe(), trials: 60 }), { database })),
  /** On threads, which are made and ended with each. */
  threads: async (name) => run(await openStudy(file, { database, fork: name }), { workers: 2 }),
  /** Shared solves. */
  async svm(name) {
    const cells = { gamma: values([0.1, 1, 10]), C: values([1, 10, 100]) };
    const model = ({ gamma, C }) => svm({ kernel: "rbf", gamma, C });
    const declared = { name, data: rings(), space: cells, model, cv: kFold({ folds: 5 }), metrics: { accuracy: accuracy() } };
    return run(await openStudy(defineStudy(declared), { database }));
  },
  async ask(name) {
    const study = await openStudy(defineStudy({ name, space, objective, sampler: random(), trials: 300 }), { database });
    for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) await study.tell(trial.number, objective(trial));
    await study.close();
    return 300;
  },
  /** Looks at the list and at some studies of it, as a dashboard would. */
  async read() {
    for (let look = 0; look < 5; look++) {
      const studies = listStudies({ database });
      for (const { name } of studies.slice(-3)) readStudy(name, { database });
      await setTimeout(100);
    }
    return 0;
  },
};

/** Resident memory without that of files, which the system takes back and gives again as it likes. */
function ownBytes() {
  return 1024 * Number(/^RssAnon:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "latin1"))[1]);
}

const began = performance.now();
const elapsed = () => (performance.now() - began) / 1000;
let trials = 0;
for (let count = 0; elapsed() < Number(seconds); count++) {
  trials += await kinds[kind](`${kind} ${count}`);
  globalThis.gc();
  const { heapUsed } = process.memoryUsage();
  console.log(JSON.stringify({ kind, seconds: elapsed(), trials, heapUsed, own: ownBytes(), files: readdirSync("/proc/self/fd").length }));
  await setTimeout(Math.max(0, (count + 1) * Number(every) - elapsed()) * 1000);
}
