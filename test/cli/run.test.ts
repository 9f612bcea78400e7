import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { studyFolder } from "./command.ts";
import { chatty, endless, failing, parabola, patient, uneven } from "./studies.ts";

describe("hpo run", () => {
  const { hpo } = studyFolder({ "parabola.ts": parabola });

  it("prints one JSON object on stdout, its members in their order, and progress on stderr", () => {
    const { status, stdout, stderr } = hpo("run", "parabola.ts", "--json", "--workers", "1");
    expect(status, stderr).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    const { wallSeconds, cpuSeconds, database, ...rest } = JSON.parse(stdout);
    expect(stdout).toMatch(/"wallSeconds":[\d.]+,"cpuSeconds":([\d.]+|null),"database":"[^"]+"}\n$/);
    expect([wallSeconds > 0, cpuSeconds === null || cpuSeconds >= 0, database.endsWith("hpo.sqlite")]).toEqual([true, true, true]);
    expect(JSON.stringify(rest)).toBe(
      '{"study":"parabola","state":"complete","objectives":[{"metric":"value","direction":"minimize"}],' +
        '"trials":{"complete":6,"pruned":0,"failed":0},' +
        '"best":{"trial":2,"params":{"x":1,"y":0},"value":0,"standardError":null,"values":{"value":{"value":0,"standardError":null}}},' +
        '"front":null}',
    );
    expect(stderr).toContain("parabola  complete after");
  });

  it("reads what was stored with every other command", () => {
    expect(hpo("list").stdout).toMatch(/parabola +complete +6\/6/);
    expect(hpo("show", "parabola").stdout).toMatch(/space {7}x {2}0, 1, 2\n {14}y {2}0, 1\n/);
    expect(JSON.parse(hpo("best", "parabola", "--json").stdout).study).toBe("parabola");
    const table = JSON.parse(hpo("table", "parabola", "--format", "json").stdout);
    expect([table.rows.param, table.columns.param, table.cells.length, table.cells[0].length]).toEqual(["x", "y", 3, 2]);
    expect(parse(hpo("trials", "parabola", "--format", "csv").stdout, { columns: true })).toHaveLength(6);
  });

  it("names the study that was meant where there is none of a name", () => {
    const { status, stdout, stderr } = hpo("show", "parabole");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^hpo: There is no study "parabole" in .*; it holds "parabola"\. Did you mean "parabola"\?\n$/);
  });
});

describe("an adaptive search at the command line", () => {
  const { hpo } = studyFolder({ "one.ts": uneven("one"), "two.ts": uneven("two") });

  it("gives the same trials with one worker and with two, byte by byte but for the times", () => {
    const trialsOf = (name: string, workers: string): string => {
      const { status, stderr } = hpo("run", `${name}.ts`, "--workers", workers);
      expect(status, stderr).toBe(0);
      return withoutTimes(hpo("trials", name, "--format", "csv").stdout);
    };
    const one = trialsOf("one", "1");
    expect(one.split("\n")[0]).toBe("trial,state,value,standardError,params.x,params.kind,params.by");
    expect(one.match(/,failed,/gu)).toHaveLength(3);
    expect(trialsOf("two", "2")).toBe(one);
  });
});

describe("the exit code of hpo run", () => {
  const { hpo, write } = studyFolder({});

  it("is 0 with a single failed trial, which the foot tells", () => {
    write("one.ts", failing("one", [1]));
    const { status, stdout, stderr } = hpo("run", "one.ts");
    expect(status, stderr).toBe(0);
    expect(stdout).toContain("2 of 3 trials · 1 failed");
    expect(stdout).toContain("failed  trial 1 (x=1): no luck with 1");
  });

  it("is 1 where every trial failed", () => {
    write("none.ts", failing("none", [0, 1, 2]));
    const { status, stdout } = hpo("run", "none.ts", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ best: null, trials: { complete: 0, failed: 3 } });
  });

  it("is 3 where the best value misses the target, and 0 where it reaches it", () => {
    write("hard.ts", failing("hard", [], "\n  target: -1,"));
    write("easy.ts", failing("easy", [], "\n  target: 0,"));
    const hard = hpo("run", "hard.ts");
    expect([hard.status, hard.stderr]).toEqual([3, expect.stringContaining("hpo: the best value misses the target of -1.\n")]);
    expect(hpo("run", "easy.ts").status).toBe(0);
  });

  it.each([
    ["absent.ts", null, 2, /^hpo: There is no study file absent\.ts in .*\.\n$/],
    ["broken.ts", "const a = 1;\nexport default {{\n", 1, /^hpo: broken\.ts:2:17: the study does not compile: .*\n$/],
    ["bare.ts", "export const x = 1;\n", 1, /^hpo: bare\.ts exports x but has no default export; .*defineStudy.*\n$/],
    ["five.ts", "export default 5;\n", 1, /^hpo: five\.ts: the default export must be a study, .*; got 5\.\n$/],
    ["boom.ts", 'const a = 1;\nthrow new Error("boom");\n', 1, /^hpo: boom\.ts:2:7: .*boom\.\n$/],
  ])("is told in one sentence without a stack: %s", (file, text, expected, sentence) => {
    if (text !== null) write(file, text);
    const { status, stdout, stderr } = hpo("run", file);
    expect([status, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(sentence);
  });
});

describe("a study that is run again", () => {
  const { hpo, write } = studyFolder({ "parabola.ts": parabola });
  const run = (...args: string[]) => hpo("run", "parabola.ts", "--json", ...args);
  const trials = (text: string): unknown => JSON.parse(text).trials.complete;

  it("takes --trials as the total", () => {
    expect([trials(run("--trials", "2").stdout), trials(run("--trials", "4").stdout), trials(run().stdout)]).toEqual([2, 4, 6]);
  });

  it("is refused with another seed, with the field and both cures", () => {
    const { status, stdout, stderr } = run("--seed", "7");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^hpo: The stored study "parabola" differs from the file in seed \(0 → 7\)\. .*--fork NAME.*--fresh.*\n$/);
  });

  it("continues with other code when it is accepted, and only then", () => {
    write("parabola.ts", parabola.replace("+ params.y", "+ 2 * params.y"));
    const refused = run();
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^hpo: The code of the study "parabola" has changed .*--accept-code.*\n$/);
    expect(run("--accept-code").status).toBe(0);
    expect(run().status).toBe(0);
  });

  it("starts anew beside itself with --fork, and in its place with --fresh", () => {
    expect(JSON.parse(run("--fork", "second", "--trials", "1").stdout)).toMatchObject({ study: "second", trials: { complete: 1 } });
    expect(JSON.parse(run("--fresh", "--trials", "1").stdout)).toMatchObject({ study: "parabola", trials: { complete: 1 } });
    const names = JSON.parse(hpo("list", "--json").stdout).map((one: { name: string }) => one.name);
    expect(names).toEqual([expect.stringMatching(/^parabola@\d{4}-\d\d-\d\d$/), "second", "parabola"]);
  });

  it("ends well when its time is over", () => {
    write("endless.ts", endless);
    const { status, stdout, stderr } = hpo("run", "endless.ts", "--json", "--time-budget", "300ms");
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ study: "endless", state: "complete" });
  });
});

describe("what a study's code prints", () => {
  const { hpo } = studyFolder({ "chatty.ts": chatty });

  it("goes to stderr, whole lines together, and stdout holds the result alone", () => {
    const { status, stdout, stderr } = hpo("run", "chatty.ts", "--json", "--workers", "2");
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout).study).toBe("chatty");
    for (const line of ["said while loading", "said by trial 0", "said by trial 1"]) expect(stderr.split("\n")).toContain(line);
    expect(stderr.match(/line to stderr$/gm)).toHaveLength(2);
  });

  it("is an event of its slot for programs", () => {
    const { stderr } = hpo("run", "chatty.ts", "--fresh", "--reporter", "ndjson", "--workers", "1");
    const events = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([events[0].event, events.at(-1).event]).toEqual(["start", "end"]);
    const output = events.filter((one) => one.event === "output");
    expect(output[0]).toEqual({ event: "output", slot: null, text: "said while loading\n" });
    expect(
      output
        .filter((one) => one.slot === 0)
        .map((one) => one.text)
        .join(""),
    ).toContain("said by trial 1\n");
  });
});

describe("while a study runs", () => {
  it("every other command reads it, and a second run is told who holds it", async () => {
    const { hpo, start, write } = studyFolder({ "patient.ts": patient });
    const run = start("run", "patient.ts", "--workers", "1", "--json", "--reporter", "ndjson");
    await run.until(/"running":1/);
    expect(hpo("list").stdout).toMatch(/patient +running +0\/6/);
    for (const command of ["show", "best", "table", "trials"]) {
      const { status, stdout, stderr } = hpo(command, "patient");
      expect([command, status, stderr]).toEqual([command, 0, ""]);
      expect(stdout).toContain("patient");
    }
    const second = hpo("run", "patient.ts");
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(/^hpo: The study "patient" is already being run by process \d+ on .*\n$/m);
    write("go", "");
    expect((await run.ended).status).toBe(0);
  });
});

/** The CSV text of trials without its last four columns, as its bytes stand. */
function withoutTimes(csv: string): string {
  const lines = csv.split("\n");
  expect(lines[0]).toMatch(/,startedAt,endedAt,wallSeconds,cpuSeconds$/u);
  return lines.map((line) => line.replace(/(?:,[^,"]*){4}$/u, "")).join("\n");
}

describe("a study file that leaves something running in the coordinator", () => {
  const { hpo, write } = studyFolder({});

  it("does not keep the command from ending, with the exit code of its result", () => {
    const top = `import { createServer } from "node:net";\nsetInterval(() => undefined, 1000);\ncreateServer().listen(0, "127.0.0.1");\nprocess.exitCode = 42;\n`;
    write("open.ts", `${top}${parabola}`);
    const { status, stdout, stderr } = hpo("run", "open.ts", "--json");
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: "complete" });
  });
});
