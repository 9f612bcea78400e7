// Runs a study file and kills its own process at the n-th store commit: node kill-driver.mjs FILE DATABASE WORKERS N
// N = 0 never kills. `before` as a fifth argument kills just before the commit instead of just after it.
// Prints one JSON line with the CPU seconds used, before the kill or at the end.
import { writeSync } from "node:fs";
import { openStudy } from "hpo";
import { openStore } from "#hpo/store/open-store";

const [file, database, workers, killAt, when = "after"] = process.argv.slice(2);
const store = openStore(database);
let commits = 0;

function report(state) {
  const { user, system } = process.cpuUsage();
  writeSync(1, `${JSON.stringify({ state, commits, cpuSeconds: (user + system) / 1e6 })}\n`);
}

function kill() {
  report("killed");
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered before the system call returns.
}

const counting = {
  ...store,
  commit(...args) {
    commits++;
    if (commits === Number(killAt) && when === "before") kill();
    store.commit(...args);
    if (commits === Number(killAt) && when === "after") kill();
  },
};

const study = await openStudy(file, { store: counting });
const { state } = await study.run({ workers: Number(workers) });
await study.close();
store.close();
report(state);
