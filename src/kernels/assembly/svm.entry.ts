export { distances, products } from "./distance";
export { exponentials } from "./exponential";
export { mirror } from "./mirror";
export { bound, finite, offset, reset } from "./step";
export { optimize, optimizeAnyDiagonal, settle } from "./smo";
export { optimizePrecisely } from "./smo-precise";
export { correct, regrade } from "./gradient";
export { decisions } from "./decision";
export { activeRows, gather, scatter } from "./compaction";
