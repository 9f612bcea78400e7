import fc from "fast-check";
import { partSchedule } from "#hpo/validation/part-schedule";
import { describe, expect, it } from "vitest";
import type { SolverPart, SolverPlan } from "#hpo/core/estimator";

type PartDetails = Partial<Pick<SolverPart, "passing" | "reads" | "cost" | "requests">>;

const arena = (key: string, details: PartDetails = {}): SolverPart => ({
  key,
  label: key,
  durable: false,
  cost: 1,
  requests: [0, 1],
  input: null,
  ...details,
});
const durable = (key: string, details: PartDetails = {}): SolverPart => ({ ...arena(key, details), durable: true });

function planOf(stages: Readonly<Record<string, readonly [readonly SolverPart[], ...(readonly string[])]>>): SolverPlan {
  return { stages: Object.entries(stages).map(([name, [parts, ...needs]]) => ({ name, parts, needs })), sharedBytes: 0, slotBytes: 0 };
}

/** Two chains: each fills its place, solves, and votes on what it solved. */
const chains = planOf({
  fill: [[arena("fill")]],
  a: [[durable("a1", { passing: true, cost: 1 }), durable("a2", { passing: true, cost: 3 })], "fill"],
  b: [[durable("b1", { cost: 2 })], "fill"],
  "vote a": [[durable("va", { reads: ["a1", "a2"] })]],
});

const start = (
  plan: SolverPlan,
  { stored = [], ended = new Set(), held = [] }: { stored?: string[]; ended?: Set<number>; held?: string[] } = {},
) => partSchedule(plan, { stored: new Set(stored), ended, held: new Set(held) });

const keys = (taken: readonly { readonly part: SolverPart }[]): string[] => taken.map(({ part }) => part.key);

describe("partSchedule()", () => {
  it("starts stages that do not need each other together: earlier first, then the longest part", () => {
    const schedule = start(chains);
    expect(keys(schedule.take())).toEqual(["fill"]);
    expect(schedule.take()).toEqual([]);
    schedule.done("fill");
    const taken = schedule.take();
    expect(keys(taken)).toEqual(["a2", "a1", "b1"]);
    const priorities = taken.map(({ priority }) => priority);
    expect(priorities).toEqual([...priorities].sort((x, y) => y - x));
    schedule.done("a1");
    expect(schedule.take()).toEqual([]);
    schedule.done("a2");
    // Everything that it reads is there, although b still runs.
    expect(keys(schedule.take())).toEqual(["va"]);
    schedule.done("va");
    expect(schedule.finished()).toBe(false);
    schedule.done("b1");
    expect(schedule.finished()).toBe(true);
  });

  it("puts a long part of a later stage behind a short one of an earlier stage", () => {
    const plan = planOf({ one: [[durable("short", { cost: 1e-9 })]], two: [[durable("long", { cost: 1e9 })]] });
    const [first, second] = start(plan).take();
    expect([first?.part.key, second?.part.key]).toEqual(["short", "long"]);
    expect(first?.priority).toBeGreaterThan(second?.priority ?? Infinity);
  });

  it.each([
    { stored: ["va", "b1"], run: [] },
    { stored: ["a1", "a2", "va"], run: ["fill", "b1"] },
    { stored: ["va"], run: ["fill", "b1"] },
    { stored: ["a1", "b1"], run: ["fill", "a2", "va"] },
    { stored: ["a1", "a2", "b1"], run: ["va"] },
    { stored: ["b1"], run: ["fill", "a2", "a1", "va"] },
    { stored: [], held: ["fill"], run: ["a2", "a1", "b1", "va"] },
  ])("repeats only what is missing: with $stored stored it runs $run", ({ stored, held = [], run }) => {
    const schedule = start(chains, { stored, held });
    const ran: string[] = [];
    for (let taken = schedule.take(); taken.length > 0; taken = schedule.take()) {
      for (const { part } of taken) {
        ran.push(part.key);
        schedule.done(part.key);
      }
    }
    expect(ran).toEqual(run);
    expect(schedule.finished()).toBe(true);
  });

  it("does not repeat what only an arena that is there already would have needed", () => {
    const plan = planOf({
      features: [[arena("features")]],
      distances: [[arena("distances")], "features"],
      solve: [[durable("solve")], "distances"],
    });
    expect(keys(start(plan).take())).toEqual(["features"]);
    expect(keys(start(plan, { held: ["distances"] }).take())).toEqual(["solve"]);
  });

  it("runs nothing for requests that have ended", () => {
    const plan = planOf({ fill: [[arena("fill")]], solve: [[durable("p0", { requests: [0] }), durable("p1", { requests: [1] })], "fill"] });
    const schedule = start(plan, { ended: new Set([0]) });
    schedule.take();
    schedule.done("fill");
    expect(keys(schedule.take())).toEqual(["p1"]);
    expect(start(plan, { ended: new Set([0, 1]) }).finished()).toBe(true);
  });

  it("tells when a stage was run whole", () => {
    const plan = planOf({ fill: [[arena("f1"), arena("f2")]], solve: [[durable("p")], "fill"] });
    const [fill] = plan.stages as [SolverPlan["stages"][number]];
    const whole = start(plan);
    whole.take();
    whole.done("f1");
    expect(whole.complete(fill)).toBe(false);
    whole.done("f2");
    expect(whole.complete(fill)).toBe(true);
    const broken = start(plan);
    broken.take();
    broken.failed("f1");
    broken.done("f2");
    expect(broken.complete(fill)).toBe(false);
  });

  it("starts nothing behind a failure for the requests that it fails, and goes on for the others", () => {
    const plan = planOf({
      fill: [[arena("fill")]],
      solve: [[durable("p0", { requests: [0] }), durable("p1", { requests: [1] })], "fill"],
      more: [[durable("q0", { requests: [0] }), durable("q01"), durable("q1", { requests: [1] })], "solve"],
    });
    const schedule = start(plan);
    schedule.take();
    schedule.done("fill");
    schedule.take();
    schedule.failed("p0");
    expect(schedule.failureOf(0)).toBe("p0");
    expect(schedule.failureOf(1)).toBeUndefined();
    // Request 0 has nothing before p0 any more, whatever p1 does.
    expect(schedule.settled(0)).toBe(true);
    expect(schedule.take()).toEqual([]);
    schedule.done("p1");
    expect(keys(schedule.take())).toEqual(["q01", "q1"]);
  });

  it("waits with a failure for the parts before it, and lets an earlier one replace it", () => {
    const plan = planOf({ first: [[durable("p"), durable("q")]], second: [[durable("r")]] });
    const schedule = start(plan);
    expect(keys(schedule.take())).toEqual(["p", "q", "r"]);
    schedule.failed("r");
    expect([schedule.failureOf(0), schedule.settled(0)]).toEqual(["r", false]);
    schedule.failed("q");
    expect([schedule.failureOf(0), schedule.settled(0)]).toEqual(["q", false]);
    schedule.done("p");
    expect([schedule.failureOf(0), schedule.settled(0)]).toEqual(["q", true]);
  });

  it("refuses the end of a part that does not run", () => {
    expect(() => start(chains).done("fill")).toThrow("partSchedule: the part fill does not run.");
  });

  it("tells every request the same end, in whatever order parts end", () => {
    const some = fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 });
    const stage = fc.record({
      durable: fc.boolean(),
      parts: fc.array(fc.record({ requests: some, fails: fc.nat(5).map((n) => n === 0), cost: fc.nat(3), reads: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
      needs: fc.array(fc.nat(5), { maxLength: 2 }),
    });
    const property = fc.property(fc.array(stage, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat(1000)), (drawn, picks) => {
      const fails = new Set<string>();
      const earlier: SolverPart[] = [];
      /** Durable parts of earlier stages that work for these requests, among others. */
      const readable = (requests: readonly number[]): string[] =>
        earlier.filter((one) => requests.every((request) => one.requests.includes(request))).map(({ key }) => key);
      const stages = drawn.map(({ durable: is, parts, needs }, at) => {
        const stage = {
          name: String(at),
          needs: [...new Set(needs)].filter((need) => need < at).map(String),
          parts: parts.map((one, index) => {
            const key = `${at}.${index}`;
            if (one.fails) fails.add(key);
            // What fills an arena works for everyone, as all who use it must be told.
            const details = {
              cost: one.cost,
              requests: is ? one.requests : [0, 1, 2],
              reads: is && one.reads ? readable(one.requests) : [],
            };
            return is ? durable(key, details) : arena(key, details);
          }),
        };
        earlier.push(...stage.parts.filter((part) => part.durable));
        return stage;
      });
      const plan: SolverPlan = { stages, sharedBytes: 0, slotBytes: 0 };
      const ends = (pick: (count: number) => number): unknown => {
        const ended = new Set<number>();
        const schedule = start(plan, { ended });
        const open: string[] = [];
        const told = new Map<number, string>();
        for (;;) {
          open.push(...keys(schedule.take()));
          if (open.length === 0) break;
          const [key] = open.splice(pick(open.length), 1) as [string];
          if (fails.has(key)) schedule.failed(key);
          else schedule.done(key);
          for (const request of [0, 1, 2]) {
            if (ended.has(request) || !schedule.settled(request)) continue;
            told.set(request, schedule.failureOf(request) ?? "");
            ended.add(request);
          }
        }
        expect(schedule.finished()).toBe(true);
        // Every failure is told in the end.
        for (const request of [0, 1, 2]) expect(told.get(request)).toBe(schedule.failureOf(request));
        return [0, 1, 2].map((request) => told.get(request) ?? "answered");
      };
      const expected = ends(() => 0);
      expect(ends((count) => count - 1)).toEqual(expected);
      expect(ends((count) => (picks.next().value as number) % count)).toEqual(expected);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });
});
