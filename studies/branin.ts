import { defineStudy, float, random } from "hpo";

/** Any function can be searched: Branin's, whose least value is 0.397887. */
export default defineStudy({
  name: "branin",
  space: { x: float(-5, 10), y: float(0, 15) },
  objective: ({ params: { x, y } }) =>
    (y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10,
  sampler: random(),
  trials: 200,
});
