import fc from "fast-check";
import { expect } from "vitest";
import { HpoError, type Json, loadModel, type PipelineModel, type SvmModel, type SvrModel, type ThresholdModel } from "hpo";

/** A saved model, to be spoilt. */
export type Tree = { [key: string]: unknown };

/** What is done to a saved model, in place or by another value in its place, and what loadModel must say to it. */
export type Spoilt = readonly [change: (model: Tree) => unknown, message: RegExp];

/** What loadModel says about a saved model that `change` spoils. */
export function refusal(saved: string, change: (model: Tree) => unknown): string {
  return refused(saved, change)?.message ?? "loaded";
}

function refused(saved: string, change: (model: Tree) => unknown): HpoError | undefined {
  const model = JSON.parse(saved) as Tree;
  const changed = change(model);
  try {
    loadModel((changed === undefined ? model : changed) as Json);
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    expect(error.code).toBe("DATA_INVALID");
    expect(error.message).toMatch(/^loadModel\(\): .*\. Load what a fitted model's toJSON\(\) gave\.$/);
    return error;
  }
  return undefined;
}

/** Spoils any saved RBF model over 4 features. */
export const spoilt: readonly Spoilt[] = [
  [
    () => null,
    /^loadModel\(\): the model must be an object with kind, version .*; got null\. Load what a fitted model's toJSON\(\) gave\.$/,
  ],
  [() => "svm", /the model must be an object/],
  [() => [], /the model must be an object/],
  [() => ({}), /kind must be present; got nothing/],
  [(m) => ({ kind: m["kind"] }), /version must be present; got nothing/],
  [(m) => void (m["kind"] = "tree"), /kind must be one of "svm", "svr", "tunedThreshold", "pipeline"; got "tree"/],
  [(m) => void (m["kind"] = "toString"), /kind must be one of "svm", "svr", "tunedThreshold", "pipeline"; got "toString"/],
  [(m) => void (m["version"] = 1), /version must be one of 2; got 1/],
  [(m) => void (m["extra"] = 1), /there is no member extra; a machine has kind/],
  [(m) => void (m["kernel"] = "rbf"), /kernel must be an object with kind; got "rbf"/],
  [(m) => void (m["kernel"] = {}), /kernel\.kind must be present/],
  [(m) => void (m["kernel"] = { kind: "rbf" }), /kernel\.gamma must be present/],
  [(m) => void (m["kernel"] = { kind: "rbf", gamma: 0 }), /kernel\.gamma must be a finite number of at least/],
  [(m) => void (m["kernel"] = { kind: "rbf", gamma: null }), /kernel\.gamma/],
  [(m) => void (m["kernel"] = { kind: "linear", gamma: 1 }), /there is no member kernel\.gamma/],
  [(m) => void (m["kernel"] = { kind: "cubic", gamma: 1 }), /kernel\.kind must be one of "rbf", "linear".*; got "cubic"/],
  [(m) => void (m["width"] = 3), /vectors\.f32 must be the base64 text of \d+ numbers \(little-endian f32\); got ".*…/],
  [(m) => void (m["width"] = 2.5), /width must be an integer/],
  [(m) => void (m["width"] = 0), /width must be an integer from 1/],
  [(m) => void (m["width"] = 2 ** 31), /vectors\.f32 must be/],
  [(m) => void (m["vectors"] = { f64: "" }), /there is no member vectors\.f64; vectors has f32/],
  [(m) => void (m["vectors"] = { f32: 7 }), /vectors\.f32 must be .*; got 7/],
  [(m) => putBytes(m, ["vectors", "f32"], [0, 0, 0x80, 0x7f]), /vectors must be finite numbers/],
  [(m) => putBytes(m, ["vectors", "f32"], [0, 0, 0xc0, 0x7f]), /vectors must be finite numbers/],
  [
    (m) => {
      m["kernel"] = { kind: "linear" };
      putBytes(m, ["vectors", "f32"], [...Buffer.from(Float32Array.of(2e15).buffer)]);
    },
    /vectors must be rows of a squared length of at most 1e\+30/,
  ],
  [(m) => void (m["warnings"] = [1]), /warnings must be a list, each a text/],
];

/** Writes bytes into a packed member, from its byte 8 on. */
export function putBytes(model: Tree, [name, format]: readonly [string, string], bytes: readonly number[]): void {
  const packed = model[name] as Record<string, string>;
  const all = Buffer.from(packed[format] as string, "base64");
  all.set(bytes, 8);
  packed[format] = all.toString("base64");
}

/** Takes each member away, and puts values of other types in its place: the error names the member, one it is part of, or a part of it. */
export function expectEveryMemberIsRead(saved: string): void {
  const places = placesOf(JSON.parse(saved) as Tree);
  expect(places.length).toBeGreaterThan(10);
  for (const [at, place] of places.entries()) {
    const changes: [what: string, (place: Place) => void][] = [null, {}, "?", -0.5, true]
      .filter((value) => value === null || typeof value !== typeof place.node[place.key])
      .map((value) => [JSON.stringify(value), ({ node: own, key }) => void (own[key] = value)]);
    if (!Array.isArray(place.node)) changes.push(["nothing", ({ node: own, key }) => void delete own[key]]);
    for (const [what, change] of changes) {
      const error = refused(saved, (model) => change(placesOf(model)[at] as Place));
      const told = String(error?.data["member"]);
      const near = told !== "" && (told.startsWith(place.path) || place.path.startsWith(told));
      expect(near, `${place.path} is ${what}: ${error?.message ?? "loaded"}`).toBe(true);
    }
  }
}

/**
 * Changes saved models at random: loadModel gives a model, which `use` uses, or refuses it with an HpoError; `use` may throw one of the model itself.
 * Returns how many were loaded and refused.
 */
export function fuzzSaved(
  saved: readonly string[],
  use: (model: SvmModel | SvrModel | PipelineModel | ThresholdModel) => void,
  { numRuns, seed }: { readonly numRuns: number; readonly seed: number },
): { readonly loaded: number; readonly refused: number } {
  const value = fc.oneof(
    fc.constantFrom<Json>(null, true, -1, 0, 1, 2, 1e308, -0.5, "", "svm", "linear", "AAAA", [], {}),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  );
  const counts = { loaded: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...saved),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 }), value, fc.nat()), { minLength: 1, maxLength: 3 }),
      (text, changes) => {
        const tree = JSON.parse(text) as Tree;
        for (const [place, kind, json, at] of changes) spoil(tree, place, { kind, json, at });
        try {
          const model = loadModel(tree as Json);
          counts.loaded++;
          use(model);
          model.dispose();
        } catch (error) {
          counts.refused++;
          return error instanceof HpoError && /^(loadModel|svm|svr|standardize|pca|tunedThreshold)\(\): .*\.$/s.test(error.message);
        }
        return true;
      },
    ),
    { numRuns, seed },
  );
  return counts;
}

interface Place {
  readonly node: Tree;
  readonly key: string;
  readonly path: string;
}

/** Every member of the tree, and every item of its lists. */
function placesOf(tree: Tree, under = ""): readonly Place[] {
  return Object.keys(tree).flatMap((key) => {
    const path = Array.isArray(tree) ? `${under}[${key}]` : under === "" ? key : `${under}.${key}`;
    const inner = tree[key];
    return [{ node: tree, key, path }, ...(typeof inner === "object" && inner !== null ? placesOf(inner as Tree, path) : [])];
  });
}

/** Replaces, removes or adds a member somewhere in the tree, or changes one character of a text. */
function spoil(tree: Tree, place: number, { kind, json, at }: { readonly kind: number; readonly json: Json; readonly at: number }): void {
  const places = placesOf(tree);
  if (places.length === 0) return;
  const { node, key } = places[place % places.length] as Place;
  const old = node[key];
  if (kind === 0) node[key] = json;
  else if (kind === 1) delete node[key];
  else if (kind === 2) node[`x${at}`] = json;
  else if (typeof old === "string" && old !== "") {
    const where = at % old.length;
    node[key] = old.slice(0, where) + String.fromCharCode(32 + (at % 95)) + old.slice(where + 1);
  } else if (typeof old === "number") node[key] = old + ((at % 5) - 2) / 2;
}
