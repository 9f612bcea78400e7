// A program that uses a study: node kill-program.mjs MANNER FILE DATABASE WORKERS ISOLATION
// MANNER: "run" by worker threads, "inline" in this thread, "ask" and tell. Says "ended" on stderr before it closes the study.
import { openStudy } from "hpo";
import { loadStudy } from "#hpo/loader/load-study";

const [manner, file, database, workers, isolation] = process.argv.slice(2);
const study = await openStudy(manner === "run" ? file : (await loadStudy(file)).spec, { database });

/** Work done elsewhere, two trials at a time where the sampler lets them go on. */
async function askAndTell() {
  const { objective } = study.spec.judge;
  const waiting = [];
  for (;;) {
    let trial;
    try {
      trial = waiting.length < 2 ? await study.ask() : undefined;
    } catch (error) {
      // It needs the value of a trial that waits.
      if (error.code !== "USAGE" || waiting.length === 0) throw error;
    }
    if (trial !== undefined) waiting.push(trial);
    else if (waiting.length === 0) return;
    if (trial !== undefined && waiting.length < 2) continue;
    const done = waiting.shift();
    await study.tell(done.number, await objective(done).catch((error) => error));
  }
}

if (manner === "ask") await askAndTell();
else await study.run(manner === "run" ? { workers: Number(workers), isolation } : {});
process.stderr.write("ended\n");
await study.close();
