import { describe, expect, it } from "vitest";
import { attackProblems, databaseAttacks } from "./database-attacks.ts";

describe("a database from a stranger", () => {
  it.each(databaseAttacks.map((attack) => [attack.name, attack] as const))("runs, writes and removes nothing by %s", (_, attack) => {
    expect(attackProblems(attack)).toEqual([]);
  });
});
