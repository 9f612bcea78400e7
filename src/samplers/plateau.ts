/**
 * How much of a search falls on plateaus: values equal, bit for bit, to an earlier trial's at another point. A step function (a tree's depth as a
 * float, an accuracy, a look-up in a table) tells a model again and again that the step of the best trial is good, though nothing is to be gained
 * there; a share of plain draws, which grows with such repeats, keeps it no worse than drawing at random. Where no two values are equal nothing
 * happens. What was tried: docs/decisions/0026.
 */

/** So many of the last trials are looked at, as far back as the last new best one. */
const recent = 10;
/** Repeats of a step count where fewer trials than this share are better than it. */
const good = 0.1;
/** Plain draws by repeats among the last ten, and at most. */
const drawsByRepeats = 2;
const mostDraws = 0.9;

/** Values in number order; all of it follows from them. */
export class Plateaus {
  /** The values so far, minimised; NaN where a trial has none to be compared. */
  readonly #values: number[] = [];
  /** By value, the first trial that has it. */
  readonly #first = new Map<number, number>();
  #best = Infinity;
  /** Since the last new best one: whether each trial repeats a good value. */
  #repeats: boolean[] = [];

  /**
   * Takes in the next trial; `isSame` tells whether it has the very configuration of an earlier one, by its place. Returns whether another
   * configuration has had this value before. O(1), and O(n) where one has.
   */
  add(value: number, isSame: (earlier: number) => boolean): boolean {
    const place = this.#values.push(value) - 1;
    const first = this.#first.get(value);
    const repeated = first !== undefined && !isSame(first);
    if (first === undefined && !Number.isNaN(value)) this.#first.set(value, place);
    if (value < this.#best) {
      this.#best = value;
      this.#repeats = [];
    } else {
      this.#repeats.push(repeated && this.#betterThan(value) < good * this.#values.length);
      if (this.#repeats.length > recent) this.#repeats.shift();
    }
    return repeated;
  }

  /** The share of the next trials that plain draws should be. */
  get drawnShare(): number {
    const count = this.#repeats.reduce((sum, one) => sum + (one ? 1 : 0), 0);
    return Math.min(mostDraws, (drawsByRepeats * count) / recent);
  }

  #betterThan(value: number): number {
    return this.#values.reduce((sum, one) => sum + (one < value ? 1 : 0), 0);
  }
}
