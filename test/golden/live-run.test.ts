import { afterEach, describe, expect, it } from "vitest";
import { main, studyFolder } from "../cli/command.ts";
import { expectGolden } from "./golden.ts";
import { hasTmux, type Terminal, terminal } from "./terminal.ts";

/** Trial n waits for the file go-n, prints, and fails where n is 2; it ends at once where the file is there. */
const gated = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "gated",
  space: { depth: values([1, 2, 3]), rate: values([0.5, 0.25]) },
  sampler: grid(),
  retries: 0,
  metrics: { loss: "minimize" },
  objective: async ({ number, params, signal }) => {
    while (!existsSync("go-" + number)) await sleep(5, undefined, { signal });
    console.log("trial", number, "was let through");
    if (number === 2) throw new Error("a loss that is no number");
    return params.depth * params.rate;
  },
});
`;

/** Times are what differs from run to run. */
function normal(screen: string): string {
  return screen
    .replace(/^ready>.*\n/gm, "")
    .replace(/(\d+ min )?[\d.]+ (ms|s|min)\b|<1 ms/g, (time) => "T".padEnd(time.length))
    .replace(/ +T +$/gm, "   T")
    .replace(/[\d.]+ trials\/(s|min|h)/g, "R trials/s")
    .replace(/T +, T +left/g, "T, T left")
    .replace(/T +$/gm, "T")
    .replace(/T +(·|left|,)/g, "T $1")
    .replace(/ +time$/gm, "   time");
}

describe.skipIf(!hasTmux)("a run in a terminal (needs tmux)", () => {
  let open: Terminal | undefined;
  afterEach(() => open?.close());

  it.each([80, 120])("shows what it does, what was printed above it, and its result at %i columns", async (columns) => {
    const folder = studyFolder({ "gated.ts": gated });
    open = await terminal({ columns, rows: 24, folder: folder.path, main });
    open.type("hpo run gated.ts --workers 2");
    const begun = await open.until(/0\/6 done · 2 running[^]*1 {2}trial 0[^]*2 {2}trial 1/);
    folder.write("go-0", "");
    await open.until(/1\/6 done · 2 running[^]*1 {2}trial 2/);
    folder.write("go-1", "");
    await open.until(/2\/6 done · 2 running[^]*trial 3/);
    folder.write("go-2", "");
    const failed = await open.until(/2\/6 done · 2 running · 1 failed[^]*trial 4/);
    open.press("C-c");
    const stopping = await open.until(/stopping: running parts/);
    folder.write("go-3", "");
    await open.until(/trial 3 was let through/);
    folder.write("go-4", "");
    const stopped = await open.until(/The same command continues\./);
    folder.write("go-5", "");
    open.type("clear; hpo run gated.ts --workers 2; echo code $?");
    const ended = await open.until(/^code 0/m);
    const screens = { begun, failed, stopping, stopped, ended };
    const text = Object.entries(screens).map(([name, screen]) => `----- ${name}\n${normal(screen)}`);
    expectGolden(`live-run-${columns}.txt`, text.join("\n"));
    for (const screen of Object.values(screens)) for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
  });
});
