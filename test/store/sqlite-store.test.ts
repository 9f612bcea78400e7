import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { describeStoreContract } from "../contract/store-contract.ts";
import { temporaryFolder } from "./folder.ts";
import { randomStudy } from "./random-study.ts";
import { everything, fill } from "./rows.ts";

const at = temporaryFolder();
let count = 0;
const newFile = (): string => at(`${count++}.sqlite`);

describeStoreContract("sqliteStore", () => sqliteStore(newFile()));

describe("sqliteStore", () => {
  it("tells the same of any study as the store in memory, also after it was opened again, also to readers", () => {
    const property = fc.property(randomStudy, (random) => {
      const memory = memoryStore();
      const file = newFile();
      const sqlite = sqliteStore(file);
      fill(memory, random);
      fill(sqlite, random);
      const { name } = random.header;
      const expected = everything(memory, name);
      expect(everything(sqlite, name)).toStrictEqual(expected);
      expect(sqlite.list()).toStrictEqual(memory.list());
      sqlite.close();
      const again = sqliteStore(file);
      const reader = openStore(file, { readonly: true });
      expect(everything(again, name)).toStrictEqual(expected);
      expect(everything(reader, name)).toStrictEqual(expected);
      reader.close();
      again.remove(name);
      expect(again.list()).toStrictEqual([]);
      again.close();
    });
    fc.assert(property, { seed: 3, numRuns: 25 });
  });
});
