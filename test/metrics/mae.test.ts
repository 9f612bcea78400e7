import { mae } from "#hpo/metrics/mae";
import { describeMetricContract } from "../contract/metric-contract.ts";

describeMetricContract("mae", mae, { oracle: "mae", perfect: 0, range: [0, Number.POSITIVE_INFINITY] });
