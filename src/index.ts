export { HpoError } from "./core/hpo-error.ts";
