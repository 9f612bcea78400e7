import type { Incident } from "#hpo/core/executor";
import { kinds } from "./ways.mjs";
import type { WayTrial } from "./run-ways.ts";

/** What has to come of a way. */
export interface ExpectedWay {
  /** Of each attempt that is charged; undefined where the trial is complete. */
  readonly fails?: readonly [kind: Incident["kind"], message: RegExp];
  /** The trial's value; left out: that of an undisturbed run. */
  readonly value?: number;
  /** What its last log says. */
  readonly log?: RegExp;
}

const wrong = (got: string): ExpectedWay => ({ fails: ["error", new RegExp(`^the objective must return a number.*; got ${got}`)] });
const threw = (message: RegExp): ExpectedWay => ({ fails: ["error", message] });
const died = (message: RegExp): ExpectedWay => ({ fails: ["crash", message] });
const late: ExpectedWay = { fails: ["timeout", /^The task was cut off after its time limit of \d+ s\.$/] };
const fine: ExpectedWay = {};
const changed = (name: string): ExpectedWay => ({ log: new RegExp(`\\[hpo: this task left ${name} changed`) });

const expected: Readonly<Record<string, ExpectedWay>> = {
  well: fine,
  "throwing.error": threw(/^it broke$/),
  "throwing.later": threw(/^RangeError: it broke later$/),
  "throwing.text": threw(/^The task threw "just a text", which is not an Error\.$/),
  "throwing.nothing": threw(/^The task threw undefined, which is not an Error\.$/),
  "throwing.frozen": threw(/^frozen solid$/),
  "throwing.cyclic": threw(/^its own cause$/),
  "throwing.proxy": threw(/^The task threw a value that can't be read\.$/),
  "throwing.revoked": threw(/^The task threw a value that can't be read\.$/),
  // What V8 reads of an error of its own accord differs: up to Node 22 it meets the getter that throws.
  "throwing.getters": threw(/^(never read me|The task threw Error without a message\.)$/),
  "throwing.thenable": threw(/^The task threw .*, which is not an Error\.$/),
  "throwing.endless": threw(/^x{499}…$/),
  "returning.nan": wrong("NaN"),
  "returning.infinity": { value: Infinity },
  "returning.minusInfinity": { value: -Infinity },
  "returning.nothing": wrong("nothing"),
  "returning.text": wrong('"0\\.5"'),
  "returning.bigint": wrong("5n?"),
  "returning.array": threw(/must return/),
  "returning.function": wrong("a function"),
  "returning.symbol": wrong("Symbol\\(s\\)"),
  "returning.proxy": threw(/./),
  "returning.thenable": { value: 3 },
  "hanging.neverSettles": late,
  "hanging.loop": late,
  "hanging.microtasks": late,
  "hanging.deafThenable": late,
  "dying.exit": died(/^The task ended its worker, as process\.exit\(\) does \(exit code 0\)\.$/),
  "dying.exitWithCode": died(/^The task ended its worker, as process\.exit\(\) does \(exit code 7\)\.$/),
  "dying.timer": died(/^An exception outside the task's promise ended its worker: thrown by a timer$/),
  "dying.rejection": died(/^An exception outside the task's promise ended its worker: nobody awaited this$/),
  "leaving.child": { log: /^child \d+$/m },
  "patching.random": fine,
  "patching.floor": changed("Math\\.floor"),
  "patching.push": changed("Array\\.prototype\\.push"),
  "patching.iterator": changed("Array\\.prototype\\[Symbol\\.iterator\\]"),
  "patching.stringify": changed("JSON\\.stringify"),
  "patching.keys": threw(/ \(The task had changed Object\.keys\.\)$/),
  "patching.promise": changed("Promise"),
  "patching.then": changed("Promise\\.prototype\\.then"),
  "patching.date": changed("Date"),
  "patching.clock": changed("performance\\.now"),
  "patching.console": changed("console\\.log"),
  "patching.timers": changed("setTimeout"),
  "patching.members": changed("Object\\.prototype"),
  "patching.stdout": changed("process\\.stdout"),
  "patching.swallows": changed('process\\.on\\("uncaughtException"\\)'),
  "patching.frozen": changed("Math"),
  "refused.folder": threw(/process\.chdir\(\) is not supported in workers/),
  "refused.parameters": threw(/Cannot assign to read only property 'at'/),
  "refused.stdin": threw(/process\.stdin\.write is not a function/),
  "refused.report": threw(/^trial\.report\(\): value must be a number that is not NaN; got/),
  "refused.reportText": threw(/^trial\.report\(\): step must be an integer/),
  "refused.checkpoint": threw(/checkpoint/),
  "writing.both": { log: /^to stdout\nto stderr\nbytes\n$/ },
  "writing.escapes": { log: /done\n$/ },
  "writing.flood": { log: /^y{1023}\ny[^]*y\nthe end\n$/ },
  "writing.gigabyte": { log: /^y{1023}\ny[^]*y\nthe end\n$/ },
  "writing.atOnce": { log: /^z{1000}[^]*z\nthe end\n$/ },
  "filling.heap": {
    fails: ["out-of-memory", /^The worker's JavaScript heap reached its memory limit\.$|^The task was cut off at its memory limit/],
  },
};

/** All ways of these kinds but the longest, which prints a gigabyte. */
export function waysOf(...names: readonly string[]): string[] {
  return names
    .flatMap((kind) => Object.keys(kinds[kind] ?? {}).map((name) => `${kind}.${name}`))
    .filter((way) => way !== "writing.gigabyte");
}

export function expectedOf(way: string): ExpectedWay {
  return expected[way] ?? fine;
}

/** What is not as it has to be of a trial, one sentence each. `undisturbed`: the value of the same trial where all are well behaved. */
export function wayProblems({ way, trial, attempts, logs }: WayTrial, undisturbed: number): string[] {
  const { fails, value = undisturbed, log } = expectedOf(way);
  const problems: string[] = [];
  const wanted = fails === undefined ? "complete" : "failed";
  const told = `trial ${trial.number} (${way})`;
  if (trial.state !== wanted) problems.push(`${told} is ${trial.state} and must be ${wanted}: ${trial.incident ?? "no incident"}`);
  if (fails === undefined && trial.values["value"]?.value !== value) {
    problems.push(`${told} has the value ${trial.values["value"]?.value} and must have ${value}`);
  }
  // An attempt is made again once: the study's default.
  const count = fails === undefined ? 0 : 2;
  if (attempts.length !== count) problems.push(`${told} is charged ${attempts.length} attempts and must be charged ${count}`);
  for (const { incident, attempt } of attempts) {
    const [kind, message] = fails ?? ["none", /./];
    if (incident.kind !== kind || !message.test(incident.message) || incident.message.length > 700) {
      problems.push(
        `${told}, attempt ${attempt}, must be ${kind} (${message.source}); it is ${incident.kind}: ${incident.message.slice(0, 300)}`,
      );
    }
  }
  const said = logs.at(-1);
  if (log !== undefined && !log.test(`${said?.head}${said?.tail}`)) {
    problems.push(`${told} must have said ${log.source}; it said ${JSON.stringify(said)?.slice(0, 300)}`);
  }
  const kept = logs.reduce((sum, { head, tail }) => sum + head.length + tail.length, 0);
  if (kept > 131_072) problems.push(`${told} keeps ${kept} characters of what it wrote`);
  return problems;
}
