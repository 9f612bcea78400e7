import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import type { ParamsOf } from "#hpo/space/params-of";
import { values } from "#hpo/space/values";

/** A long space, which must neither slow the compiler nor lose a type: 20 parameters, 3 choices with branches. */
const long = {
  a1: float(0, 1),
  a2: float(0, 1),
  a3: float(0, 1),
  a4: float(0, 1),
  a5: int(0, 1),
  a6: int(0, 1),
  a7: int(0, 1),
  a8: values([1, 2, 3]),
  a9: values(["x", "y"]),
  a10: values([true, null]),
  a11: choice(["p", "q", "r"]),
  a12: choice([1, "one"]),
  a13: float(0, 1),
  a14: float(0, 1),
  a15: float(0, 1),
  a16: float(0, 1),
  a17: float(0, 1),
  model: choice({
    svm: {
      kernel: choice({ rbf: { gamma: float(0, 1) }, poly: { degree: values([2, 3]), coef: float(0, 1) }, linear: {} }),
      C: float(1, 9),
    },
    forest: { trees: int(1, 9), depth: values([1, 2, null]) },
    network: { layers: int(1, 3), activation: choice({ relu: {}, elu: { alpha: float(0, 1) }, leaky: { slope: float(0, 1) } }) },
    linear: {},
  }),
  scaler: choice({
    none: {},
    power: { lambda: float(-1, 1) },
    quantile: { quantiles: int(10, 99), output: choice(["uniform", "normal"]) },
  }),
  reducer: choice({
    none2: {},
    pca: { components: int(1, 9), whiten: choice([true, false]) },
    select: { k: int(1, 9) },
    random: { size: int(1, 9) },
  }),
};

export function use(params: ParamsOf<typeof long>): number {
  const tail: "uniform" | "normal" | null = params.scaler === "quantile" ? params.output : null;
  if (params.model === "svm" && params.kernel === "poly" && params.reducer === "pca") {
    const degree: 2 | 3 = params.degree;
    const whiten: boolean = params.whiten;
    const first: 1 | 2 | 3 = params.a8;
    return degree + first + Number(whiten) + params.components + params.coef + (tail?.length ?? 0);
  }
  // @ts-expect-error components exists only where reducer is "pca"
  return params.components;
}
