export { distances, products } from "./distance";
export { exponentials } from "./exponential";
export { mirror } from "./mirror";
export { bound, offset, reset } from "./step";
export { optimize, optimizeAnyDiagonal } from "./smo";
export { optimizePrecisely } from "./smo-precise";
export { regrade } from "./gradient";
export { decisions } from "./decision";
