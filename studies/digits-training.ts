import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { defineStudy, float, populationBased, rng, type Rng } from "hpo";

/**
 * Eight networks read handwritten digits, side by side, for as many rows as there are in each trial: each goes on from its checkpoint, or from a better one's
 * with other rates. `hpo show digits-training` tells the schedule that the best one was trained with.
 */
export default defineStudy({
  name: "digits-training",
  space: {
    rate: float(1e-4, 1, { log: true }),
    momentum: float(0, 0.95),
    decay: float(1e-6, 1e-2, { log: true }),
  },
  sampler: populationBased({ members: 8 }),
  lookahead: 8,
  trials: 8 * 15,
  metrics: { logLoss: "minimize", errors: "minimize" },
  objective({ params, seed, checkpoint }) {
    const bytes = checkpoint.read();
    const network = bytes === undefined ? newNetwork(rng(seed)) : new Float64Array(bytes.buffer);
    train(network, params, rng(seed));
    checkpoint.write(new Uint8Array(network.buffer));
    return judge(network);
  },
});

const [pixels, hidden, digits] = [64, 32, 10];
/** Where the second layer's weights begin; behind the weights lie the speeds of their descent. A row of weights ends with its bias. */
const second = hidden * (pixels + 1);
const weights = second + digits * (hidden + 1);

function newNetwork(stream: Rng): Float64Array {
  return Float64Array.from({ length: 2 * weights }, (_, i) =>
    i < weights ? stream.normal() / Math.sqrt(i < second ? pixels : hidden) : 0,
  );
}

interface Images {
  readonly x: Float64Array;
  readonly y: Uint8Array;
}

/** Rows of the file, once a thread: the first 1200 are learnt, the other 597 judged. */
let images: { readonly learnt: Images; readonly judged: Images } | undefined;

function load(): NonNullable<typeof images> {
  const rows = gunzipSync(readFileSync(new URL("data/digits.csv.gz", import.meta.url)))
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  const part = (from: number, to: number): Images => ({
    x: Float64Array.from(rows.slice(from, to).flatMap((row) => row.slice(0, pixels).map((grey) => grey / 16))),
    y: Uint8Array.from(rows.slice(from, to), (row) => row[pixels] ?? 0),
  });
  return { learnt: part(0, 1200), judged: part(1200, rows.length) };
}

function imageOf({ x }: Images, row: number): Float64Array {
  return x.subarray(row * pixels, (row + 1) * pixels);
}

/** What the hidden layer says of an image, and the probability of each digit. */
interface Answer {
  readonly h: Float64Array;
  readonly p: Float64Array;
}

function answer(network: Float64Array, image: Float64Array, { h, p }: Answer): void {
  for (let j = 0; j < hidden; j++) {
    const at = j * (pixels + 1);
    let sum = network[at + pixels] ?? 0;
    for (let i = 0; i < pixels; i++) sum += (network[at + i] ?? 0) * (image[i] ?? 0);
    h[j] = Math.max(0, sum);
  }
  let most = -Infinity;
  for (let k = 0; k < digits; k++) {
    const at = second + k * (hidden + 1);
    let sum = network[at + hidden] ?? 0;
    for (let j = 0; j < hidden; j++) sum += (network[at + j] ?? 0) * (h[j] ?? 0);
    p[k] = sum;
    most = Math.max(most, sum);
  }
  let total = 0;
  for (let k = 0; k < digits; k++) total += p[k] = Math.exp((p[k] ?? 0) - most);
  for (let k = 0; k < digits; k++) p[k] = (p[k] ?? 0) / total;
}

/** As many random rows as there are, by stochastic gradient descent with momentum, a row a step. */
function train(network: Float64Array, { rate, momentum, decay }: { rate: number; momentum: number; decay: number }, stream: Rng): void {
  const { learnt } = (images ??= load());
  const answered: Answer = { h: new Float64Array(hidden), p: new Float64Array(digits) };
  const { h, p } = answered;
  const back = new Float64Array(hidden);
  const step = (at: number, gradient: number): void => {
    const speed = momentum * (network[weights + at] ?? 0) - rate * (gradient + decay * (network[at] ?? 0));
    network[weights + at] = speed;
    network[at] = (network[at] ?? 0) + speed;
  };
  for (let n = 0; n < learnt.y.length; n++) {
    const row = stream.below(learnt.y.length);
    const image = imageOf(learnt, row);
    answer(network, image, answered);
    back.fill(0);
    for (let k = 0; k < digits; k++) {
      const error = (p[k] ?? 0) - (learnt.y[row] === k ? 1 : 0);
      const at = second + k * (hidden + 1);
      for (let j = 0; j < hidden; j++) {
        back[j] = (back[j] ?? 0) + error * (network[at + j] ?? 0);
        step(at + j, error * (h[j] ?? 0));
      }
      step(at + hidden, error);
    }
    for (let j = 0; j < hidden; j++) {
      if (h[j] === 0) continue;
      const at = j * (pixels + 1);
      for (let i = 0; i < pixels; i++) step(at + i, (back[j] ?? 0) * (image[i] ?? 0));
      step(at + pixels, back[j] ?? 0);
    }
  }
}

/** The mean logarithmic loss, and how many of the 597 rows are read wrong. A network that has diverged is as bad as can be told. */
function judge(network: Float64Array): { logLoss: number; errors: number } {
  const { judged } = (images ??= load());
  const answered: Answer = { h: new Float64Array(hidden), p: new Float64Array(digits) };
  const { p } = answered;
  let [loss, errors] = [0, 0];
  for (let row = 0; row < judged.y.length; row++) {
    answer(network, imageOf(judged, row), answered);
    const truth = p[judged.y[row] ?? 0] ?? 0;
    loss -= Math.log(Math.max(truth, 1e-12));
    if (!(truth === Math.max(...p))) errors++;
  }
  return { logLoss: Number.isNaN(loss) ? Infinity : loss / judged.y.length, errors };
}
