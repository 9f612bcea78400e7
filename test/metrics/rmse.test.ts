import { rmse } from "#hpo/metrics/rmse";
import { describeMetricContract } from "../contract/metric-contract.ts";

describeMetricContract("rmse", rmse, { oracle: "rmse", perfect: 0, range: [0, Number.POSITIVE_INFINITY] });
