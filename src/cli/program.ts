import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { type CompareFlags, compareCommand } from "./compare-command.ts";
import { type DoctorFlags, doctorCommand } from "./doctor-command.ts";
import { type ModelFlags, modelCommand } from "./model-command.ts";
import { durationOption, integerOption, nameOption, numberOption, pairOption, sizeOption, whereOption } from "./option-values.ts";
import {
  bestCommand,
  listCommand,
  type ReadFlags,
  showCommand,
  type ShowFlags,
  tableCommand,
  type TableFlags,
  tableFormats,
  trialFormats,
  trialsCommand,
  type TrialsFlags,
} from "./read-commands.ts";
import { plainLines } from "../report/plain-text.ts";
import { reporterNames } from "./reporter.ts";
import { runCommand, type RunFlags } from "./run-command.ts";

const epilogue = `
Examples:
  hpo run study.ts                      run a study; the same again continues it
  hpo table landsat-svm --format md     its table, for a README
  hpo trials landsat-svm --format csv   all its trials, for a spreadsheet
  hpo show landsat-svm --trial 3        one trial: what it was, and what it wrote
  hpo compare landsat-svm --trials 3,17 do the two differ at all?
  hpo model landsat-svm --out svm.json  the model of its best trial, to use

Exit codes: 0 fine · 1 no trial complete, the study failed, or damage · 2 usage
            3 target missed · 130 interrupted
HPO_DEBUG=1 shows stacks, NO_COLOR=1 no colours.`;

const defaultDatabase = ".hpo/hpo.sqlite";

/** The command line; `onExitCode` is given what a finished command ends with. */
export function program(onExitCode: (code: number) => void): Command {
  const root = new Command("hpo")
    .description("Hyperparameter optimization and cross-validation: one study file, one command, every trial kept.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", epilogue)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(plainLines(usageText(text))) })
    .showHelpAfterError("See `hpo --help`.");
  addRun(root, onExitCode);
  reading(root, "list", "list the studies of a database").action((flags: ReadFlags) => listCommand(flags));
  reading(root, "show", "show all that is known of a study, or of one of its trials", true)
    .option("--trial <n>", "the trial: parameters, values, attempts with their stacks, and what it wrote", integerOption(0))
    .action((study: string, flags: ShowFlags) => showCommand(study, flags));
  reading(root, "best", "show the best trial of a study", true).action((study: string, flags: ReadFlags) => bestCommand(study, flags));
  addTable(root);
  subcommand(root, "trials", "list all trials of a study")
    .argument("<study>", "its name", nameOption)
    .addOption(new Option("--format <format>", "how to write it").choices(trialFormats).default("table"))
    .addOption(databaseOption())
    .action((study: string, flags: TrialsFlags) => trialsCommand(study, flags));
  addCompare(root);
  addModel(root);
  addDoctor(root, onExitCode);
  return root;
}

function addCompare(root: Command): void {
  subcommand(root, "compare", "say whether two trials differ, by the folds they share")
    .argument("<study...>", "its name; two names compare their best trials")
    .option("--trials <a,b>", "the two trials, such as 3,17 (of two studies: one of each)", pairOption)
    .option("--by <parameter>", "compare the values of a parameter over the studies, each a data set of its own")
    .option("--metric <name>", "what to compare by (default: the first objective)")
    .option("--rope <size>", "differences up to this mean nothing in practice (default: 0.01, or 1 % of the value)", numberOption(0))
    .addOption(databaseOption())
    .option("--json", "print it as JSON")
    .action((studies: string[], flags: CompareFlags) => compareCommand(studies, flags));
}

function addModel(root: Command): void {
  subcommand(root, "model", "write a trial's model, fitted to all rows, as JSON")
    .argument("<study>", "its name", nameOption)
    .option("--trial <n>", "the trial (default: the best)", integerOption(0))
    .option("--file <file>", "the study file, to fit a model that was not kept with the table")
    .option("--out <file>", "where to write it (default: stdout)")
    .addOption(databaseOption())
    .action((study: string, flags: ModelFlags) => modelCommand(study, flags));
}

function addDoctor(root: Command, onExitCode: (code: number) => void): void {
  subcommand(root, "doctor", "say whether a database is sound, repair it, or save what can be read")
    .option("--repair", "copy it aside, then mend what can be mended without deleting a row of a study")
    .option("--export <file>", "write everything that can be read into a new database", nameOption)
    .addOption(databaseOption())
    .option("--json", "print it as JSON")
    .action(async (flags: DoctorFlags) => onExitCode(await doctorCommand(flags)));
}

function addRun(root: Command, onExitCode: (code: number) => void): void {
  subcommand(root, "run", "run a study file, or continue where it was left")
    .argument("<file>", "the study file, such as study.ts")
    .option("--workers <n>", "slots that work at once (default: the cores available)", integerOption(1))
    .option("--memory <size>", "memory for shared work of all slots: 500MB, 2GiB (default: half of what is free)", sizeOption)
    .addOption(
      new Option("--isolation <kind>", "what each worker is: a process contains native crashes (default: thread)").choices([
        "thread",
        "process",
      ]),
    )
    .option("--trial-memory <size>", "cut off trials that take more memory: 2GB; takes processes", sizeOption)
    .option("--trials <n>", "total number of trials", integerOption(1))
    .option("--time-budget <duration>", "stop after this time: 500ms, 30s, 30m, 2h", durationOption)
    .option("--seed <n>", "seed of all random streams", integerOption(0))
    .addOption(databaseOption())
    .addOption(new Option("--fork <name>", "start a new study with this name").argParser(nameOption).conflicts("fresh"))
    .option("--fresh", "start from trial 0; the old study is kept under name@date")
    .option("--accept-code", "continue although the study's code has changed")
    .option("--json", "print the result as one JSON object")
    .addOption(
      new Option("--reporter <name>", "how progress is shown on stderr (default: live on a terminal, else plain)").choices(reporterNames),
    )
    .action(async (file: string, flags: RunFlags) => onExitCode(await runCommand(file, flags)));
}

function addTable(root: Command): void {
  subcommand(root, "table", "show a study as a table over two parameters")
    .argument("<study>", "its name", nameOption)
    .option("--rows <parameter>", "the parameter of the rows (default: the first that varies)")
    .option("--columns <parameter>", "the parameter of the columns (default: the second that varies)")
    .option("--where <name=value>", "only trials with this value; may be given several times", whereOption)
    .option("--metric <name>", "what the cells show (default: the first objective)")
    .addOption(new Option("--format <format>", "how to write it").choices(tableFormats).default("text"))
    .addOption(databaseOption())
    .action((study: string, flags: TableFlags) => tableCommand(study, flags));
}

function reading(root: Command, name: string, description: string, withStudy = false): Command {
  const command = subcommand(root, name, description).addOption(databaseOption()).option("--json", "print it as JSON");
  return withStudy ? command.argument("<study>", "its name", nameOption) : command;
}

function subcommand(root: Command, name: string, description: string): Command {
  return root
    .command(name)
    .description(description)
    .helpOption("-h, --help", "print this help")
    .showHelpAfterError(`See \`hpo ${name} --help\`.`);
}

function databaseOption(): Option {
  return new Option("--db <file>", "the database").argParser(nameOption).default(defaultDatabase);
}

/** The parser's words in the form of all others: "hpo: unknown option '--foo' …". */
function usageText(text: string): string {
  return shortened(text)
    .replace(/^error: /, "hpo: ")
    .replace(/\n\(Did you mean (.*)\?\)/, " (did you mean $1?)");
}

/** Words of a command line that nobody would read to their end are cut, and none of them begins another line. */
function shortened(text: string): string {
  return text.replace(/[^\s']{61,}/gu, (word) => `${word.slice(0, 57)}…`).replace(/(?<='[^'\n]*)\n(?=[^'\n]*')/gu, "\\n");
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
