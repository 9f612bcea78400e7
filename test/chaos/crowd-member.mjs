// One of a crowd that works on one database: node crowd-member.mjs KIND DATABASE NAME SECONDS
// Says "ready", waits for a line on stdin, works, and prints one JSON line: see crowd.ts.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { accuracy, defineStudy, float, inMemory, kFold, listStudies, openStudy, random, readStudy, svm, tpe, values } from "hpo";
import { openStore } from "#hpo/store/open-store";

const [kind, database, name, seconds] = process.argv.slice(2);
const objective = ({ params: { x } }) => (x - 0.3) ** 2;
const space = { x: float(-1, 1) };

/** The longest calls of a store, in milliseconds. */
let longestMs = 0;
let commits = 0;

function timed(call) {
  return (...args) => {
    const start = performance.now();
    try {
      return call(...args);
    } finally {
      longestMs = Math.max(longestMs, performance.now() - start);
    }
  };
}

function timedStore() {
  const inner = timed(() => openStore(database))();
  const store = { ...inner };
  for (const method of ["create", "acquire", "renew", "release", "header", "load", "snapshot", "close"])
    store[method] = timed(inner[method]);
  const commit = timed(inner.commit);
  store.commit = (...args) => {
    commits++;
    commit(...args);
  };
  return store;
}

/** Two rings, which a support vector machine tells apart. */
function rings() {
  const rows = Array.from({ length: 80 }, (_, row) => ({ angle: row * 2.4, radius: (row % 2) + 1 + 0.3 * Math.sin(row * 7.1) }));
  const features = rows.map(({ angle, radius }) => [radius * Math.cos(angle), radius * Math.sin(angle)]);
  return inMemory({ name: "rings", features, target: rows.map((_, row) => (row % 2 === 0 ? "in" : "out")) });
}

const kinds = {
  /** Asks and tells as fast as it can. */
  async ask(store, until) {
    const study = await openStudy(defineStudy({ name, space, objective, sampler: random(), timeBudgetSeconds: 1e6 }), { store });
    let trials = 0;
    for (; performance.now() < until; trials++) {
      const trial = await study.ask();
      await study.tell(trial.number, objective(trial));
    }
    await study.close();
    return trials;
  },
  run: (store, until) => runs(defineStudy({ name, space, objective, sampler: random(), timeBudgetSeconds: left(until) }), store),
  tpe: (store, until) => runs(defineStudy({ name, space, objective, sampler: tpe(), timeBudgetSeconds: left(until) }), store),
  /** One table with shared solves after another. */
  async svm(store, until) {
    let trials = 0;
    for (let table = 0; performance.now() < until; table++) {
      const cells = { gamma: values([0.1, 1, 10]), C: values([1, 10, 100]) };
      const model = ({ gamma, C }) => svm({ kernel: "rbf", gamma, C });
      const declared = { name: `${name} ${table}`, data: rings(), space: cells, model, cv: kFold({ folds: 5 }) };
      trials += await runs(defineStudy({ ...declared, metrics: { accuracy: accuracy() }, timeBudgetSeconds: left(until) }), store);
    }
    return trials;
  },
};

function left(until) {
  return Math.max(0.001, (until - performance.now()) / 1000);
}

async function runs(spec, store) {
  const study = await openStudy(spec, { store });
  const { trials } = await study.run();
  await study.close();
  return trials.filter(({ state }) => state === "complete").length;
}

/** Looks at every study, as a dashboard would, from when there is one until it is over. */
async function read(until) {
  let reads = 0;
  while (!isThere()) await setTimeout(10);
  while (performance.now() < until) {
    for (const { name: one } of timed(listStudies)({ database })) {
      timed(readStudy)(one, { database });
      reads++;
      await setTimeout(10);
    }
  }
  return { reads };
}

/** A file that is being made has no studies yet, and says so. */
function isThere() {
  try {
    listStudies({ database });
    return true;
  } catch (error) {
    if (error.code !== "STORE_INVALID") throw error;
    return false;
  }
}

/** Runs three trials of a study that others may be starting, too. */
async function start() {
  const spec = defineStudy({ name, space: { x: values([0, 1, 2]) }, objective: ({ params: { x } }) => x });
  const study = await openStudy(spec, { database });
  try {
    const { state } = await study.run();
    return { state };
  } finally {
    await study.close();
  }
}

/** Runs a study whose trials take a while, until it is over or told otherwise. */
async function hold() {
  const slow = async ({ params: { x } }) => {
    await setTimeout(100);
    return x;
  };
  const study = await openStudy(defineStudy({ name, space, objective: slow, sampler: random(), trials: Number(seconds) * 10 }), {
    database,
  });
  try {
    const { state } = await study.run();
    return { state };
  } finally {
    await study.close();
  }
}

async function work() {
  const began = performance.now();
  const until = began + 1000 * Number(seconds);
  if (kind === "start") return start();
  if (kind === "hold") return hold();
  if (kind === "read") return { ...(await read(until)), longestMs };
  const store = timedStore();
  const trials = await kinds[kind](store, until);
  store.close();
  return { trials, commits, seconds: (performance.now() - began) / 1000, longestMs };
}

console.log("ready");
await once(createInterface(process.stdin), "line");
process.stdin.destroy();
const result = await work().catch(({ code = null, message }) => ({ code, message }));
console.log(JSON.stringify(result));
