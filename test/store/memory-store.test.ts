import { expect, it } from "vitest";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { describeStoreContract } from "../contract/store-contract.ts";

describeStoreContract("memoryStore", memoryStore);

it("is what openStore gives for :memory:", () => {
  expect(openStore(":memory:").location).toBe(":memory:");
});
