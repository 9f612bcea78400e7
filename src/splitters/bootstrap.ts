import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer, optional } from "../core/options.ts";
import type { Split, SplitInput, Splitter } from "../core/splitter.ts";
import type { Rng } from "../math/rng.ts";
import { shuffleStream } from "./fold-splitter.ts";

/** What `bootstrap` is told. */
export interface BootstrapOptions {
  /** How many samples are drawn; 50 to 200 serve. */
  readonly samples: number;
  /** The draw's own seed: the same samples whatever the study's seed. By default the study's stream is used. */
  readonly seed?: number;
}

/**
 * Trains on as many rows as there are, drawn with replacement, and tests the rows that were not drawn (out-of-bag; 36.8 % on average). A row that was drawn twice
 * stands in `train` twice. A model has seen 63.2 % of the rows, so that the mean over samples is too pessimistic: `bootstrapEstimate` corrects it (.632+).
 *
 * A sample that leaves no row out is drawn again. Source: B. Efron, R. Tibshirani, "Improvements on cross-validation: the .632+ bootstrap method", JASA 92(438),
 * 1997, doi 10.1080/01621459.1997.10474007. O(rows) a sample.
 * @throws HpoError SPLIT_INVALID for fewer than 2 rows.
 */
export function bootstrap(options: BootstrapOptions): Splitter {
  checkOptions("bootstrap", options, { samples: integer(1), seed: optional(integer(0)) });
  const { samples, seed = null } = options;
  const check = ({ rows }: SplitInput): void => {
    if (rows >= 2) return;
    throw new HpoError("SPLIT_INVALID", `bootstrap(): there must be at least 2 rows; got ${rows}.`, {
      data: { splitter: "bootstrap", rows },
    });
  };
  return Object.freeze({
    name: "bootstrap",
    label: `${samples} bootstrap samples`,
    options: Object.freeze({ samples, seed }),
    needs: Object.freeze([]),
    replacement: true,
    random: seed === null,
    count(input) {
      check(input);
      return samples;
    },
    split(input, rng) {
      check(input);
      const stream = shuffleStream(rng, seed);
      return {
        *[Symbol.iterator]() {
          for (let sample = 0; sample < samples; sample++) yield drawn(input.rows, stream.fork(sample));
        },
      };
    },
  } satisfies Splitter);
}

function drawn(rows: number, random: Rng): Split {
  const times = new Uint32Array(rows);
  let left = 0;
  while (left === 0) {
    times.fill(0);
    left = rows;
    for (let draw = 0; draw < rows; draw++) {
      const row = random.below(rows);
      if (times[row] === 0) left--;
      times[row] = (times[row] as number) + 1;
    }
  }
  const train = new Uint32Array(rows);
  const test = new Uint32Array(left);
  let trained = 0;
  let tested = 0;
  for (let row = 0; row < rows; row++) {
    const many = times[row] as number;
    if (many === 0) test[tested++] = row;
    train.fill(row, trained, trained + many);
    trained += many;
  }
  return Object.freeze({ train, test });
}
