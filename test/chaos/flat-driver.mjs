// What a coordinator holds while its study grows: node --expose-gc flat-driver.mjs HOW DATABASE TRIALS SAMPLES
// HOW is "run" or "ask", with a sampler behind a colon ("run:tpe"). Prints one JSON line: bytes and open files after so many trials.
import { readdirSync } from "node:fs";
import { defineStudy, float, halton, openStudy, random, tpe } from "hpo";

const [how, database, trials, samples] = process.argv.slice(2);
const [mode, sampler = "random"] = how.split(":");
const total = Number(trials);
const every = Math.floor(total / Number(samples));
const taken = [];

function sample(done) {
  if (done % every !== 0) return;
  globalThis.gc();
  const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
  taken.push({ trials: done, heapUsed, rss, arrayBuffers, files: openFiles() });
}

/** null where the system does not say. */
function openFiles() {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return null;
  }
}

let calls = 0;
const value = ({ x, y }) => (x - 0.3) ** 2 + y ** 2;
const spec = defineStudy({
  name: "flat",
  space: { x: float(-1, 1), y: float(-1, 1) },
  objective: ({ params }) => {
    sample(++calls);
    return value(params);
  },
  sampler: { random, tpe, halton }[sampler](),
  trials: total,
});
const study = await openStudy(spec, { database });
const began = performance.now();
if (mode === "run") await study.run();
else {
  for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
    sample(++calls);
    await study.tell(trial.number, value(trial.params));
  }
}
const seconds = (performance.now() - began) / 1000;
await study.close();
console.log(JSON.stringify({ taken, seconds }));
