// The other process of processes.test.ts: `hold FILE ID` takes the lease of "wine" and stays; `write [STUDY] FILE ID`
// commits one trial after another. Each step is said on stdout, by a call that returns when the line is written.
import { writeSync } from "node:fs";
import { hostname } from "node:os";
import { sqliteStore } from "../../dist/store/sqlite/sqlite-store.js";

const [job, file, id] = process.argv.slice(2);
const [verb, study = "wine"] = job.split(" ");
const store = sqliteStore(file);
const now = () => new Date().toISOString();
store.acquire(study, { id, pid: process.pid, host: hostname(), since: now() });
store.commit(study, id, {
  run: {
    id,
    startedAt: now(),
    endedAt: null,
    state: null,
    wallSeconds: 0,
    workers: 1,
    codeHash: "c0de",
    environment: {},
    end: null,
    notes: [],
  },
});
if (verb === "hold") {
  writeSync(1, "0\n");
  setInterval(() => store.renew(study, id), 1000);
} else {
  const bytes = new Uint8Array(20_000).fill(7);
  for (let number = store.load(study).trials.length; ; number++) {
    const trial = {
      number,
      group: number,
      params: { gamma: number },
      by: "grid",
      why: "",
      parent: null,
      budget: null,
      note: null,
      proposedAt: now(),
    };
    const time = { fitSeconds: 1, predictSeconds: 1, wallSeconds: 2, cpuSeconds: null };
    const evaluation = { trial: number, repeat: 0, fold: 0, rung: 0, values: { accuracy: 0.5 }, testRows: 2, correct: 1, time };
    const work = { group: number, key: "part", label: "part", wallSeconds: 1, cpuSeconds: 1, counts: {}, warnings: [], trials: [number] };
    store.commit(study, id, {
      trials: [trial],
      evaluations: [{ ...evaluation, identical: false, startedAt: now(), endedAt: now() }],
      shared: [{ ...work, bytes, endedAt: now() }],
    });
    writeSync(1, `${number}\n`);
  }
}
