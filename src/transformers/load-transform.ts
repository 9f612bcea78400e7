import type { Transform } from "../core/transformer.ts";
import { kindMember } from "../core/saved-json/members.ts";
import { readImpute } from "./impute.ts";
import { readMinMax } from "./min-max.ts";
import { readOneHot } from "./one-hot.ts";
import { readOrdinal } from "./ordinal.ts";
import { readOversample } from "./oversample.ts";
import { readPca } from "./pca.ts";
import { readRobustScale } from "./robust-scale.ts";
import { readSelectKBest } from "./select-k-best.ts";
import { readSmote } from "./smote.ts";
import { readStandardize } from "./standardize.ts";
import { readSubsample } from "./subsample.ts";
import { readVarianceThreshold } from "./variance-threshold.ts";

const readers = {
  standardize: readStandardize,
  minMax: readMinMax,
  robustScale: readRobustScale,
  oneHot: readOneHot,
  ordinal: readOrdinal,
  impute: readImpute,
  pca: readPca,
  varianceThreshold: readVarianceThreshold,
  selectKBest: readSelectKBest,
  subsample: readSubsample,
  oversample: readOversample,
  smote: readSmote,
} as const;
const kinds = Object.keys(readers) as readonly (keyof typeof readers)[];

/** The transform that a fitted one's `toJSON()` describes; what it does has equal bits. @throws HpoError DATA_INVALID, with the path of what is wrong */
export function loadTransform(json: unknown, path: string): Transform {
  return readers[kindMember(json, path, { kinds, names: "kind, version and the members of that kind" })](json, path);
}
