import fc from "fast-check";
import { WrongAnswer } from "./wrong-answer.ts";

const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;

/** Values that nobody means, of every type, made anew where they can be changed. */
const makers: readonly (() => unknown)[] = [
  ...[undefined, null, true, false, 0, -0, 1, -1, 2, 3, 0.5, 1e-320, 1e308, -1e308, 2 ** 31, 2 ** 53, Number.NaN, Infinity, -Infinity].map(
    (value) => () => value,
  ),
  ...["", " ", "x", "y", "1", "0x10", "__proto__", "constructor", "toString", "a\nb", "\0", "\u202e", "\ud800", "π", "a@b", "../x"].map(
    (value) => () => value,
  ),
  () => "x".repeat(5000),
  () => 10n,
  () => Symbol("odd"),
  () => () => 1,
  () => async () => 1,
  () => WrongAnswer,
  () => [],
  () => [undefined],
  () => [null],
  () => [[]],
  () => [[1, 2], [3]],
  () => [0, 1],
  () => ["x", "x"],
  () => Array.from({ length: 3 }),
  () => ({}),
  () => ({ x: 1 }),
  () => ({ min: 2, max: 1 }),
  () => ({ kind: "float", low: 0, high: 1 }),
  () => ({ type: "float" }),
  () => ({ fit: () => 1, traits: null }),
  () => Object.create(null),
  () => JSON.parse('{"__proto__": {"polluted": 1}}') as unknown,
  () => JSON.parse('{"constructor": {"prototype": {"polluted": 1}}}') as unknown,
  () => cyclic,
  () => Object.freeze([Object.freeze({})]),
  () => new Date(Number.NaN),
  () => new Map([["x", 1]]),
  () => new Set([1]),
  () => new Error("odd"),
  () => Promise.resolve(1),
  () => new Float64Array(2),
  () => new Uint8Array(0),
  () => /x/u,
  () => new Proxy({}, {}),
  () => Object("boxed") as unknown,
];

/** One of them. */
export const oddValue: fc.Arbitrary<unknown> = fc.nat(makers.length - 1).map((at) => (makers[at] as () => unknown)());

const plainTexts = ["", "x", "svm", "NaN", "AAAA", "__proto__", "\u001b[2J", "\u202e"];
const plain = [null, true, false, -1, 0, 1, 2, 1.5, 1e308, -1e308, 2 ** 31, ...plainTexts, [], {}];
const lists = [{ $number: "NaN" }, { $number: "-Infinity" }, { $number: "x" }, [[]], [null], [{}], { "": null }];

/** One of them that JSON can hold, for what is read from files. Made anew each time: what is put into a tree may be changed with it. */
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...plain).map((value) => structuredClone(value)),
  fc.constantFrom<unknown>(...lists).map((value) => structuredClone(value)),
  fc.jsonValue({ maxDepth: 2 }),
  fc.integer({ min: 1, max: 4000 }).map((depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown),
);
