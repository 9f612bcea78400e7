/** Watches what the engine works with in a slot's thread: functions that every task of the thread shares, and may replace. */
export interface GlobalWatch {
  /** Takes them as they are now, with what a module changed that was just imported: every thread imports it. */
  accept(): void;
  /** The first that is no longer what it was ("Array.prototype.push"); null where all are. All are put back. */
  restored(): string | null;
}

type Watched = readonly [name: string, owner: object, inherited?: readonly string[]];

/** As they are before any task runs. */
const { ownKeys, isExtensible } = Reflect;

export function globalWatch(): GlobalWatch {
  const define = Object.defineProperty;
  const shared = watched();
  const owners: Record<PropertyKey, unknown>[] = [];
  const keys: PropertyKey[] = [];
  const names: string[] = [];
  for (const [name, owner, inherited = []] of shared) {
    for (const key of [...ownKeys(owner), ...inherited]) {
      // Whoever draws by it wants it seeded, trial by trial; the engine never does.
      if (owner === Math && key === "random") continue;
      const getter = Object.getOwnPropertyDescriptor(owner, key)?.get;
      if (getter !== undefined || typeof (owner as Record<PropertyKey, unknown>)[key] !== "function") continue;
      owners.push(owner as Record<PropertyKey, unknown>);
      keys.push(key);
      names.push(name === "" ? String(key) : `${name}${typeof key === "symbol" ? `[${key.description ?? ""}]` : `.${key}`}`);
    }
  }
  const values: unknown[] = [];
  const count = owners.length;
  let others = "";
  function accept(): void {
    others = otherState(shared);
    for (let i = 0; i < count; i++) values[i] = (owners[i] as Record<PropertyKey, unknown>)[keys[i] as PropertyKey];
  }
  accept();
  return Object.freeze({
    accept,
    restored() {
      let first: string | null = null;
      // Nothing is called here that might be one of the changed.
      for (let i = 0; i < count; i++) {
        if ((owners[i] as Record<PropertyKey, unknown>)[keys[i] as PropertyKey] === values[i]) continue;
        first ??= names[i] as string;
        try {
          define(owners[i] as object, keys[i] as PropertyKey, { value: values[i], writable: true, enumerable: false, configurable: true });
        } catch {
          // It was frozen, too: the thread ends with it.
        }
      }
      return first ?? firstDifference(others, otherState(shared));
    },
  });
}

/** What is no function and still shared: what was frozen, members that every object would have, streams that can't be written to, listeners that hide errors. */
function otherState(shared: readonly Watched[]): string {
  const { stdout, stderr } = process;
  let state = "";
  for (const [name, owner] of shared) if (!isExtensible(owner)) state += `${name === "" ? "globalThis" : name} frozen\n`;
  return `${state}Object.prototype ${ownKeys(Object.prototype).length}
Array.prototype ${ownKeys(Array.prototype).length}
process.stdout ${stdout.writable}
process.stderr ${stderr.writable}
process.on("uncaughtException") ${process.listenerCount("uncaughtException")}
process.on("unhandledRejection") ${process.listenerCount("unhandledRejection")}`;
}

/** The name of the first line that is new; null where nothing differs. */
function firstDifference(before: string, now: string): string | null {
  if (before === now) return null;
  const lines = before.split("\n");
  const line = now.split("\n").find((one) => !lines.includes(one)) ?? "the process";
  return line.slice(0, line.lastIndexOf(" "));
}

function watched(): Watched[] {
  const prototype = (of: object): object => Object.getPrototypeOf(of) as object;
  const classes = { Array, Map, Number, Object, Promise, RegExp, Set, String, WeakMap };
  return [
    ["", globalThis],
    ["Math", Math],
    ["JSON", JSON],
    ["Reflect", Reflect],
    ["Atomics", Atomics],
    ["performance", performance, ["now"]],
    ["console", console],
    ["process.stdout", process.stdout, ["write", "end"]],
    ["process.stderr", process.stderr, ["write", "end"]],
    ...Object.entries(classes).flatMap(([name, one]): Watched[] => [
      [name, one],
      [`${name}.prototype`, one.prototype],
    ]),
    ["Function.prototype", Function.prototype],
    ["TypedArray", prototype(Float64Array)],
    ["TypedArray.prototype", prototype(Float64Array.prototype)],
    ["ArrayIterator.prototype", prototype([][Symbol.iterator]())],
    ["MapIterator.prototype", prototype(new Map().entries())],
  ];
}
