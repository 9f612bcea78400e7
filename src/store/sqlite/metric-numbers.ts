import type { Database } from "better-sqlite3";

/** The number of a metric's name in one study; a new name gets the next number. Numbers follow the order of declaration. */
export function metricNumbers(db: Database): (study: number) => (name: string) => number {
  const known = db.prepare<[number], [string, number]>("SELECT name, metric FROM metrics WHERE study = ? ORDER BY metric").raw();
  const add = db.prepare("INSERT INTO metrics VALUES (?, ?, ?)");
  // Read anew for each transaction: one that is rolled back takes its names with it.
  return (study) => {
    let numbers: Map<string, number> | undefined;
    return (name) => {
      numbers ??= new Map(known.all(study));
      let number = numbers.get(name);
      if (number === undefined) {
        number = numbers.size;
        add.run(study, number, name);
        numbers.set(name, number);
      }
      return number;
    };
  };
}
