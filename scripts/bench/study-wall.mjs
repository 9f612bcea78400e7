// One run of a study, in plain JavaScript: a TypeScript loader of this process would be loaded by each of its workers too.
// Use: node study-wall.mjs STUDY DATABASE WORKERS
import { readFileSync } from "node:fs";
import { openStudy } from "hpo";

const [file, database, workers] = process.argv.slice(2);
const study = await openStudy(file, { database });
const { state, trials } = await study.run({ workers: Number(workers) });
await study.close();
const started = trials.map(({ startedAt }) => Date.parse(startedAt));
const ended = trials.map(({ endedAt }) => Date.parse(endedAt));
const { user, system } = process.cpuUsage();
const highest = /^VmHWM:\s+(\d+) kB$/mu.exec(process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "");
console.log(
  JSON.stringify({
    state,
    /** From the start of the first task to the end of the last trial. */
    solveSeconds: (Math.max(...ended) - Math.min(...started)) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: Number(highest?.[1] ?? process.resourceUsage().maxRSS) * 1024,
  }),
);
