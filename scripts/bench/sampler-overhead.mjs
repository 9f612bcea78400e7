// What a search costs besides its objective, in a fresh process of plain JavaScript: a TypeScript loader would count as its memory.
// Use: node sampler-overhead.mjs search SAMPLER TRIALS       ask and tell one by one in memory, 5 floats
//      node sampler-overhead.mjs durable LOOKAHEAD TRIALS FOLDER   random in SQLite: rounds of ask and tell, and a run
//      node sampler-overhead.mjs fill TRIALS FOLDER          stores a study of so many trials
//      node sampler-overhead.mjs resume TRIALS FOLDER        opens that study, resumes it, finds the best
// Prints one line of JSON.
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import * as hpo from "hpo";
import { bestTrial } from "#hpo/report/best-trial";
import { openStore } from "#hpo/store/open-store";

const { defineStudy, float, openStudy, random, readStudy } = hpo;

const space = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x${i}`, float(-5, 5)]));
const near = (params, to) => Object.values(params).reduce((sum, x) => sum + (x - to) ** 2, 0);

const modes = { search, durable, fill, resume };
const [mode, ...args] = process.argv.slice(2);
console.log(JSON.stringify(await modes[mode](...args)));

async function search(name, count) {
  const trials = Number(count);
  const two = name.startsWith("nsga");
  const definition = two
    ? {
        metrics: { a: "minimize", b: "minimize" },
        objectives: ["a", "b"],
        objective: ({ params }) => ({ a: near(params, 1), b: near(params, -1) }),
      }
    : { objective: ({ params }) => near(params, 1) };
  const spec = defineStudy({ name: "overhead", space, sampler: hpo[name](), lookahead: 1, trials, ...definition });
  const study = await openStudy(spec, { database: ":memory:" });
  const ends = [];
  const cpuAt = {};
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let at = 1; at <= trials; at++) {
    const trial = await study.ask();
    await study.tell(trial.number, definition.objective(trial));
    ends.push(performance.now() - start);
    if (at === 1000 || at === 10_000) cpuAt[at] = cpuSeconds(cpu);
  }
  await study.close();
  const msAt = (at) => (ends.length < at ? null : (ends[at - 1] - ends[Math.max(0, at - 101)]) / Math.min(100, at - 1));
  return {
    cpuSeconds1000: cpuAt[1000] ?? null,
    cpuSeconds10000: cpuAt[10_000] ?? null,
    msAt100: msAt(100),
    msAt200: msAt(200),
    msAt1000: msAt(1000),
    msAt5000: msAt(5000),
    peakMegabytes: peakMegabytes(),
  };
}

async function durable(ahead, count, folder) {
  const lookahead = Number(ahead);
  const trials = Number(count);
  const spec = (name) => defineStudy({ name, space, sampler: random(), lookahead, trials, objective: ({ params }) => near(params, 1) });
  const kinds = {
    /** `lookahead` trials asked for, then told, in one turn each. */
    async askTell(study) {
      for (let at = 0; at < trials; at += lookahead) {
        const asked = await Promise.all(Array.from({ length: Math.min(lookahead, trials - at) }, () => study.ask()));
        await Promise.all(asked.map(({ number, params }) => study.tell(number, near(params, 1))));
      }
    },
    /** One at a time, each told before the next is asked for. */
    async oneByOne(study) {
      for (let at = 0; at < trials; at++) {
        const { number, params } = await study.ask();
        await study.tell(number, near(params, 1));
      }
    },
    run: (study) => study.run(),
  };
  const found = {};
  for (const [kind, work] of Object.entries(kinds)) {
    const file = path.join(folder, `${kind}.sqlite`);
    const store = openStore(file);
    let commits = 0;
    const counting = { ...store, commit: (...batch) => (commits++, store.commit(...batch)) };
    const study = await openStudy(spec(kind), { store: counting });
    const before = fsyncMs(folder);
    const cpu = process.cpuUsage();
    const start = performance.now();
    await work(study);
    await study.close();
    const cpuMs = (1000 * cpuSeconds(cpu)) / trials;
    const wallMs = performance.now() - start;
    const syncMs = (before + fsyncMs(folder)) / 2;
    store.close();
    // A disk's times vary by more than the rest of the work takes; the CPU's say what that is at least.
    found[kind] = {
      trials,
      commits,
      allowedCommits: trials / lookahead + 2,
      fsyncMs: syncMs,
      wallMs,
      beyondFsyncMs: (wallMs - commits * syncMs) / trials,
      cpuMs,
    };
  }
  return found;
}

async function resume(count, folder) {
  const trials = Number(count);
  const file = path.join(folder, "long.sqlite");
  const spec = longStudy(trials);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const study = await openStudy(spec, { database: file });
  const opened = performance.now();
  const next = await study.ask();
  const resumed = performance.now();
  await study.close();
  const best = bestTrial(readStudy("long", { database: file }));
  const listed = performance.now();
  return {
    trials,
    next: next.number,
    best: best.values.value.value,
    openSeconds: (opened - start) / 1000,
    resumeSeconds: (resumed - opened) / 1000,
    bestSeconds: (listed - resumed) / 1000,
    seconds: (listed - start) / 1000,
    cpuSeconds: cpuSeconds(cpu),
    peakMegabytes: peakMegabytes(),
  };
}

function longStudy(trials) {
  return defineStudy({ name: "long", space, sampler: random(), trials: trials + 1, objective: ({ params }) => near(params, 1) });
}

/** The rows that such a study leaves, a thousand trials a transaction. */
async function fill(count, folder) {
  const trials = Number(count);
  const spec = longStudy(trials);
  const store = openStore(path.join(folder, "long.sqlite"));
  await (await openStudy(spec, { store })).close();
  const holder = { id: "fill", pid: process.pid, host: "bench", since: new Date().toISOString() };
  store.acquire(spec.name, holder);
  const at = new Date().toISOString();
  const stream = hpo.rng(0);
  const time = { fitSeconds: 0, predictSeconds: 0, wallSeconds: 0, cpuSeconds: 0 };
  for (let first = 0; first < trials; first += 1000) {
    const numbers = Array.from({ length: Math.min(1000, trials - first) }, (_, i) => first + i);
    const drawn = numbers.map(() => Object.fromEntries(Object.keys(space).map((name) => [name, 10 * stream.uniform() - 5])));
    store.commit(spec.name, holder.id, {
      trials: numbers.map((number, i) => ({
        number,
        group: Math.floor(number / 64),
        params: drawn[i],
        by: "random",
        why: "",
        parent: null,
        budget: null,
        note: null,
        proposedAt: at,
      })),
      started: numbers.map((trial) => ({ trial, at })),
      evaluations: numbers.map((trial, i) => ({
        trial,
        repeat: 0,
        fold: 0,
        rung: 0,
        values: { value: near(drawn[i], 1) },
        testRows: 0,
        correct: null,
        time,
        identical: false,
        startedAt: at,
        endedAt: at,
      })),
      outcomes: numbers.map((trial, i) => ({
        trial,
        state: "complete",
        values: { value: { value: near(drawn[i], 1), standardError: null, pooled: null } },
        incident: null,
        endedAt: at,
      })),
    });
  }
  store.release(spec.name, holder.id);
  store.close();
  return { trials };
}

/** Mean of 100 times, since a disk's times vary: 16 kilobytes written and made durable. */
function fsyncMs(folder) {
  const file = openSync(path.join(folder, "fsync"), "w");
  const bytes = Buffer.alloc(16_384, 1);
  let total = 0;
  for (let at = 0; at < 100; at++) {
    const start = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    total += performance.now() - start;
  }
  closeSync(file);
  return total / 100;
}

function cpuSeconds(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function peakMegabytes() {
  const highest = /^VmHWM:\s+(\d+) kB$/mu.exec(process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "");
  return Number(highest?.[1] ?? process.resourceUsage().maxRSS) / 1000;
}
