import { writeFileSync } from "node:fs";
import path from "node:path";
import { accuracy, choice, csv, defineStudy, float, grid, HpoError, int, kFold, openStudy, random, readStudy, svm, tpe, values } from "hpo";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../store/folder.ts";

const at = temporaryFolder();

/** Names that every object has from its prototype, or that something else takes for its own. */
const names = [
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "toJSON",
  "then",
  "length",
  "__defineGetter__",
  "$number",
];

const objectMembers = (): string => Object.getOwnPropertyNames(Object.prototype).join();

describe("a study whose names are those of members that every object has", () => {
  it.each(names)("%s: parameter, value, metric and study", async (name) => {
    const before = objectMembers();
    const file = at(`${names.indexOf(name)}.sqlite`);
    const study = await openStudy(
      defineStudy({
        name,
        space: Object.fromEntries([
          [name, values([1, 2])],
          [
            "kind",
            choice(
              Object.fromEntries([
                [name, { inner: int(0, 1) }],
                ["other", {}],
              ]),
            ),
          ],
        ]),
        metrics: Object.fromEntries([
          [name, "maximize" as const],
          ["second", "minimize" as const],
        ]),
        objectives: [name, "second"],
        constraints: Object.fromEntries([[name, { min: -5 }]]),
        objective: ({ params, number }) => {
          if (number === 2) throw new Error(name);
          return Object.fromEntries([
            [name, Number(params[name])],
            ["second", number],
          ]);
        },
      }),
      { database: file },
    );
    const { trials } = await study.run();
    await study.close();
    const stored = readStudy(name, { database: file });
    expect(trials.every(({ params }) => Object.hasOwn(params, name))).toBe(true);
    expect(stored.trials.map(({ values: found }) => Object.hasOwn(found, name))).toEqual(trials.map(({ number }) => number !== 2));
    for (const { number, params, values: found } of stored.trials) if (number !== 2) expect(found[name]?.value).toBe(params[name]);
    expect(new Set(stored.trials.map(({ params }) => String(params["kind"])))).toEqual(new Set([name, "other"]));
    expect(objectMembers()).toBe(before);
  });

  it.each(["random", "tpe", "grid"])("is searched by %s as any other", async (sampler) => {
    const make = sampler === "random" ? random() : sampler === "tpe" ? tpe() : grid();
    const of = async (name: string): Promise<unknown> => {
      const spec = defineStudy({
        name: "same",
        space: Object.fromEntries([
          [name, values([1, 2, 3])],
          ["x", values([0.1, 0.2, 0.3])],
        ]),
        sampler: make,
        trials: 9,
        objective: ({ params }) => Number(params[name]) * Number(params["x"]),
      });
      const study = await openStudy(spec, { database: ":memory:" });
      const { trials } = await study.run();
      await study.close();
      return trials.map(({ params, values: found }) => [params[name], params["x"], found["value"]?.value]);
    };
    const plain = await of("plain");
    for (const name of ["toString", "constructor", "then"]) expect(await of(name)).toEqual(plain);
  });

  it("refuses __proto__ as a parameter and as a metric", () => {
    const given = { name: "x", objective: () => 1 };
    const space = Object.fromEntries([["__proto__", float(0, 1)]]);
    const metrics = Object.fromEntries([
      ["__proto__", "minimize" as const],
      ["b", "minimize" as const],
    ]);
    expect(() => defineStudy({ ...given, space })).toThrow(HpoError);
    expect(() => defineStudy({ ...given, space: { x: float(0, 1) }, metrics })).toThrow(/metrics must be .*__proto__/u);
  });
});

describe("a CSV whose columns and classes have such names", () => {
  const rows = Array.from({ length: 24 }, (_, i) => `${i % 7},${i % 5},${(i * 7) % 11},${["__proto__", "constructor", "then"][i % 3]}`);

  it.each([["toString,__proto__,constructor,hasOwnProperty"], ["__proto__,length,then,valueOf"]])(
    "is read and judged as any other: %s",
    async (header) => {
      const target = header.split(",")[3] as string;
      const answers = async (head: string, column: string, lines: readonly string[]): Promise<unknown> => {
        const file = at(`${head.length}-${lines === rows}.csv`);
        writeFileSync(file, `${head}\n${lines.join("\n")}\n`);
        const spec = defineStudy({
          name: path.basename(file),
          data: csv(file, { target: column }),
          cv: kFold({ folds: 3 }),
          metrics: { accuracy: accuracy() },
          space: { C: values([1, 10]) },
          model: ({ C }) => svm({ kernel: "rbf", C, gamma: 0.5 }),
        });
        const study = await openStudy(spec, { database: ":memory:" });
        const { trials } = await study.run();
        await study.close();
        return trials.map(({ state, values: found }) => [state, found["accuracy"]?.value]);
      };
      const plain = rows.map((line) => line.replace("__proto__", "a").replace("constructor", "b").replace("then", "c"));
      const before = objectMembers();
      expect(await answers(header, target, rows)).toEqual(await answers("p,q,r,s", "s", plain));
      expect(objectMembers()).toBe(before);
    },
  );
});
