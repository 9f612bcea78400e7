export { distances, products } from "./distance";
export { exponentials } from "./exponential";
export { bound, offset, reset } from "./step";
export { optimize, optimizeAnyDiagonal } from "./smo";
export { optimizePrecisely } from "./smo-precise";
export { regrade } from "./gradient";
export { decisions } from "./decision";
