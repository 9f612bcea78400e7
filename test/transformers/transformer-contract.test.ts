import {
  impute,
  minMax,
  oneHot,
  ordinal,
  oversample,
  pca,
  robustScale,
  selectKBest,
  smote,
  standardize,
  subsample,
  varianceThreshold,
} from "hpo";
import { describeTransformerContract } from "../contract/transformer-contract.ts";
import { mixed, numbers } from "./tables.ts";

describeTransformerContract("standardize", () => standardize(), mixed);
describeTransformerContract("minMax", () => minMax({ low: -1, high: 1, clip: true }), mixed);
describeTransformerContract("robustScale", () => robustScale(), mixed);
describeTransformerContract("oneHot", () => oneHot({ drop: "binary" }), mixed);
describeTransformerContract("ordinal", () => ordinal({ order: { x6: ["small", "medium", "large"] } }), mixed);
describeTransformerContract("impute, mean", () => impute({ indicator: true }), mixed);
describeTransformerContract("impute, median", () => impute({ strategy: "median" }), mixed);
describeTransformerContract("impute, most frequent", () => impute({ strategy: "mostFrequent" }), mixed);
describeTransformerContract("impute, constant", () => impute({ strategy: "constant", value: -1, level: "none" }), mixed);
describeTransformerContract("pca", () => pca({ components: 3, whiten: true }), numbers);
describeTransformerContract("varianceThreshold", () => varianceThreshold({ threshold: 0.1 }), numbers);
describeTransformerContract("selectKBest, F", () => selectKBest({ k: 3 }), numbers);
describeTransformerContract("selectKBest, mutual information", () => selectKBest({ k: 2, score: "mutualInformation" }), numbers);
describeTransformerContract("subsample", () => subsample(), mixed);
describeTransformerContract("oversample", () => oversample({ ratio: 0.8 }), mixed);
describeTransformerContract("smote", () => smote({ neighbours: 3 }), numbers);
