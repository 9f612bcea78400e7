// Runs a study and says on stdout what it is told to be done, at once: node power-driver.mjs FILE DATABASE. Each line "N" promises N ended trials.
import { writeSync } from "node:fs";
import { openStudy } from "hpo";

const [file, database] = process.argv.slice(2);
const study = await openStudy(file, { database });
writeSync(1, "0\n");
await study.run({
  workers: 1,
  progressIntervalMs: 0,
  onProgress: ({ done, failed }) => writeSync(1, `${done + failed}\n`),
});
await study.close();
writeSync(1, "end\n");
