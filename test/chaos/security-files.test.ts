import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../cli/command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Told while the study runs: the modes of what lies beside the database. */
const study = `
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { defineStudy, float, random } from "hpo";
export default defineStudy({
  name: "guarded",
  space: { x: float(0, 1) },
  sampler: random(),
  trials: 6,
  retries: 0,
  objective: ({ params, number, checkpoint }) => {
    checkpoint.write(new Uint8Array(200).fill(number));
    if (number === 3) throw new Error("401 for https://me:hunter2-password@host.example/?key=" + process.env.AWS_SECRET_ACCESS_KEY);
    if (number === 4) throw Object.assign(new Error(process.env.SECRET_TOKEN), { cause: new Error(process.env.MY_API_KEY) });
    if (number === 5) {
      const files = readdirSync(process.env.DATABASE_FOLDER).filter((name) => name.includes("sqlite"));
      const modes = files.map((name) => [name, (statSync(process.env.DATABASE_FOLDER + "/" + name).mode & 0o777).toString(8)]);
      writeFileSync(process.env.MODES, JSON.stringify(Object.fromEntries(modes)));
    }
    return params.x;
  },
});
`;

const secrets = {
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG",
  SECRET_TOKEN: "ghp_0123456789abcdefghijklmnop",
  MY_API_KEY: "sk-live-abcdefghijkl",
  SOMETHING_ELSE: "of-no-business-to-anybody",
};

interface Run {
  readonly status: number | null;
  readonly output: string;
}

function run(place: string, ...args: readonly string[]): Run {
  const env = {
    ...process.env,
    ...secrets,
    DATABASE_FOLDER: path.join(place, ".hpo"),
    MODES: path.join(place, "modes.json"),
    NO_COLOR: "1",
  };
  const shell = spawnSync("sh", ["-c", 'umask 0; exec "$@"', "sh", process.execPath, main, ...args], { cwd: place, encoding: "utf8", env });
  return { status: shell.status, output: shell.stdout + shell.stderr };
}

/** Modes of all below a folder, by path: "600", "700". */
function modes(place: string): Record<string, string> {
  const names = readdirSync(place, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(names.map((name) => [name, (lstatSync(path.join(place, name)).mode & 0o777).toString(8)]));
}

describe("what a run leaves, whatever the umask (needs a POSIX shell)", () => {
  const place = path.join(folder, "new");
  let ended: Run;

  beforeAll(() => {
    mkdirSync(place);
    writeFileSync(path.join(place, "study.ts"), study);
    ended = run(place, "run", "study.ts", "--reporter", "plain", "--workers", "1");
  });

  it("belongs to its owner: files 600, folders 700, the database's own files while it runs, too", () => {
    expect(ended.status, ended.output).toBe(0);
    const left = modes(path.join(place, ".hpo"));
    const kinds = Object.keys(left).map((name) => path.extname(name) || path.basename(path.dirname(name)));
    expect(kinds).toEqual(expect.arrayContaining([".sqlite", ".mjs", ".artefacts", "1"]));
    for (const [name, mode] of Object.entries(left)) {
      expect([name, mode]).toEqual([name, lstatSync(path.join(place, ".hpo", name)).isDirectory() ? "700" : "600"]);
    }
    expect((lstatSync(path.join(place, ".hpo")).mode & 0o777).toString(8)).toBe("700");
    const running = JSON.parse(readFileSync(path.join(place, "modes.json"), "utf8")) as Record<string, string>;
    expect(running).toMatchObject({ "hpo.sqlite": "600", "hpo.sqlite-wal": "600", "hpo.sqlite-shm": "600" });
  });

  it("holds no secret of the environment, and none of an address, in no file and in no output", () => {
    const outputs = [
      ["show", "guarded"],
      ["show", "--json", "guarded"],
      ["trials", "guarded"],
      ["trials", "--format", "json", "guarded"],
      ["trials", "--format", "csv", "guarded"],
      ["best", "--json", "guarded"],
    ].map((args) => run(place, ...args).output);
    expect(outputs[0]).toContain("https://me:[password]@host.example/?key=[AWS_SECRET_ACCESS_KEY]");
    const left = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((name) => lstatSync(path.join(place, name)).isFile());
    const texts = [ended.output, ...outputs, ...left.map((name) => readFileSync(path.join(place, name)).toString("latin1"))];
    for (const secret of [...Object.values(secrets), "hunter2-password"]) {
      const found = texts.findIndex((text, i) => text.includes(secret) && left[i - 1 - outputs.length] !== "study.ts");
      // The study file itself, and the bundle of its text, say the password that the test wrote there.
      const where = left[found - 1 - outputs.length] ?? `output ${found}`;
      if (found >= 0 && !(secret === "hunter2-password" && where.endsWith(".mjs"))) expect.fail(`${secret} stands in ${where}`);
    }
  });
});

describe("what was there before", () => {
  it("keeps its rights", () => {
    const place = path.join(folder, "old");
    mkdirSync(path.join(place, ".hpo/bundles"), { recursive: true });
    writeFileSync(path.join(place, "study.ts"), study);
    writeFileSync(path.join(place, ".hpo/hpo.sqlite"), "");
    chmodSync(path.join(place, ".hpo"), 0o755);
    chmodSync(path.join(place, ".hpo/hpo.sqlite"), 0o664);
    expect(run(place, "run", "study.ts", "--reporter", "plain", "--workers", "1").status).toBe(0);
    expect(modes(path.join(place, ".hpo"))["hpo.sqlite"]).toBe("664");
    expect((lstatSync(path.join(place, ".hpo")).mode & 0o777).toString(8)).toBe("755");
  });

  it("is not written through where bundles are links", () => {
    const place = path.join(folder, "linked");
    const home = path.join(folder, "home");
    mkdirSync(path.join(place, ".hpo"), { recursive: true });
    mkdirSync(home);
    const victim = path.join(home, "victim.mjs");
    writeFileSync(victim, "victim");
    writeFileSync(path.join(place, "study.ts"), study);
    run(place, "run", "study.ts", "--reporter", "plain", "--workers", "1");
    const bundles = path.join(place, ".hpo/bundles");
    const [bundle = ""] = readdirSync(bundles);
    rmSync(path.join(bundles, bundle));
    symlinkSync(victim, path.join(bundles, bundle));
    expect(run(place, "run", "study.ts", "--reporter", "plain", "--workers", "1").status).toBe(0);
    expect(readFileSync(victim, "utf8")).toBe("victim");
    expect(existsSync(path.join(bundles, bundle))).toBe(true);
    expect(lstatSync(path.join(bundles, bundle)).isSymbolicLink()).toBe(false);
  });
});
