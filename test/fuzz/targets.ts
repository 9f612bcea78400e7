import { idxTarget, npyTarget } from "./array-target.ts";
import { csvTarget } from "./csv-target.ts";
import { libsvmTarget } from "./libsvm-target.ts";
import { memoryTarget } from "./memory-target.ts";
import { modelTarget } from "./model-target.ts";
import { optionsTarget } from "./options-target.ts";
import type { FuzzTarget } from "./target.ts";

/** All that reads what others wrote; `npm run fuzz -- NAME`. */
export const targets: readonly FuzzTarget[] = [csvTarget, npyTarget, idxTarget, libsvmTarget, memoryTarget, modelTarget, optionsTarget] as unknown as readonly FuzzTarget[];
