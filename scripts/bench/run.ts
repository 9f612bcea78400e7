// npm run bench -- NAME [options]: one file a figure, each able to run its peer beside it.
import { HpoError } from "hpo";
import { engine } from "./engine.ts";
import { gradients } from "./gradients.ts";
import { multiobjective } from "./multiobjective.ts";
import { overhead } from "./overhead.ts";
import { samplers } from "./samplers.ts";
import { svmTable } from "./svm-table.ts";
import { svrTable } from "./svr-table.ts";
import { tables } from "./tables.ts";
import { warmStartTable } from "./warm-start.ts";

const figures: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  "svm-table": svmTable,
  "svr-table": svrTable,
  samplers,
  tables,
  multiobjective,
  gradients,
  overhead,
  engine,
  "warm-start": async (options) => warmStartTable(options),
};

const [name = "", ...args] = process.argv.slice(2);
const figure = figures[name];
if (figure === undefined) {
  console.error(`bench: the figures are ${Object.keys(figures).join(", ")}; got ${name === "" ? "none" : name}.`);
  process.exitCode = 2;
} else {
  try {
    await figure(args);
  } catch (error) {
    // These tell what is wrong with an option, or what the engine can't do, in a sentence.
    if (!(error instanceof RangeError || error instanceof HpoError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
