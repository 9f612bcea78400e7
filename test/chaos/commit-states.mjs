// What a kill at each store commit leaves, without the cost of a process each.
//
//   node commit-states.mjs record JOBS    runs each study once, and keeps its files as they are before and after every commit
//   node commit-states.mjs resume JOBS    lets each of these states go on to its end
//
// JOBS: [{ kind, file, folder, states, threads }] as JSON. A killed process leaves its files as they are at that instant, and a lease that its pid, which
// runs no more once this process has ended, does not hold. Prints the commits of each job as one JSON line.
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { openStudy } from "hpo";
import { loadStudy } from "#hpo/loader/load-study";
import { openStore } from "#hpo/store/open-store";

const [manner, jobs] = [process.argv[2], JSON.parse(process.argv[3])];
const commits = [];

for (const { kind, file, folder, states, threads } of jobs) {
  process.env.HPO_KILL_KIND = kind;
  const study = threads ? file : (await loadStudy(file)).spec;
  if (manner === "record") {
    process.env.HPO_KILL_LOG = path.join(folder, "begun.log");
    commits.push(await recorded(study, folder));
  } else {
    for (const state of states) {
      process.env.HPO_KILL_LOG = path.join(state, "begun.log");
      await run(study, openStore(path.join(state, "hpo.sqlite")));
    }
  }
}
console.log(JSON.stringify(commits));

async function recorded(study, folder) {
  const store = openStore(path.join(folder, "hpo.sqlite"));
  let count = 0;
  await run(study, {
    ...store,
    commit(...args) {
      count++;
      keep(folder, `${count}-before`);
      store.commit(...args);
      keep(folder, `${count}-after`);
    },
    close: store.close,
  });
  return count;
}

/** Everything is on the disk, and nobody writes: this is the only thread that does. */
function keep(folder, state) {
  const target = `${folder}-${state}`;
  mkdirSync(target);
  for (const name of readdirSync(folder)) {
    if (name.startsWith("hpo.sqlite")) cpSync(path.join(folder, name), path.join(target, name), { recursive: true });
  }
}

async function run(study, store) {
  const open = await openStudy(study, { store });
  await open.run(typeof study === "string" ? { workers: 1 } : {});
  await open.close();
  store.close();
}
