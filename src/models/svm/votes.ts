/** How one pair of classes judges rows: positive decisions for class `first`, negative for `second`, 0 for neither. */
export interface PairVotes {
  readonly first: number;
  readonly second: number;
  readonly decisions: Float32Array;
}

/**
 * The winner of one-vs-one voting for each row, as LIBSVM decides (C.-C. Chang, C.-J. Lin, ACM TIST 2(3), 2011): of equal counts
 * wins the class that comes first in the training rows; a decision of 0 is a vote for the class of the pair that comes later.
 * `rank` is each class's place in that order, −1 for a class without training rows, which gets no votes.
 */
export function votedClasses(rows: number, rank: Int32Array, pairs: readonly PairVotes[]): Float64Array {
  const classes = rank.length;
  const votes = countVotes(rows, rank, pairs);
  const predicted = new Float64Array(rows);
  for (let row = 0; row < rows; row++) predicted[row] = mostVoted(votes, row * classes, rank);
  return predicted;
}

/** The class that wins by the votes of one row, which begin at `start`; −1 where no class has training rows. */
export function mostVoted(votes: Float64Array | Uint32Array, start: number, rank: Int32Array): number {
  let best = -1;
  for (let code = 0; code < rank.length; code++) {
    if ((rank[code] as number) < 0) continue;
    const count = votes[start + code] as number;
    const held = best < 0 ? -1 : (votes[start + best] as number);
    if (count > held || (count === held && (rank[code] as number) < (rank[best] as number))) best = code;
  }
  return best;
}

/**
 * One score a class, rows × classes. Two classes: [−d, d], d > 0 for the second. More: a class's votes plus
 * s / (3 (|s| + 1)), s being the sum of its decisions, as scikit-learn's `decision_function_shape="ovr"`: the sum orders classes of
 * equal votes and never overturns a vote. A class without training rows gets −1, less than any other.
 */
export function votedScores(rows: number, rank: Int32Array, pairs: readonly PairVotes[]): Float64Array {
  const classes = rank.length;
  const scores = new Float64Array(rows * classes);
  const only = pairs[0];
  if (classes === 2) {
    for (let row = 0; row < rows; row++) {
      const decision = only === undefined ? ((rank[0] as number) >= 0 ? 1 : -1) : (only.decisions[row] as number);
      scores[row * 2] = decision;
      scores[row * 2 + 1] = -decision;
    }
    return scores;
  }
  const votes = countVotes(rows, rank, pairs);
  for (const { first, second, decisions } of pairs) {
    for (let row = 0; row < rows; row++) {
      (scores[row * classes + first] as number) += decisions[row] as number;
      (scores[row * classes + second] as number) -= decisions[row] as number;
    }
  }
  for (let at = 0; at < scores.length; at++) {
    scores[at] = (rank[at % classes] as number) < 0 ? -1 : votedScore(votes[at] as number, scores[at] as number);
  }
  return scores;
}

/** The score of a class with `votes` votes, of more than two; `sum` adds up its decisions in single precision, pair by pair in their order. */
export function votedScore(votes: number, sum: number): number {
  return votes + sum / (3 * (Math.abs(sum) + 1));
}

function countVotes(rows: number, rank: Int32Array, pairs: readonly PairVotes[]): Float64Array {
  const classes = rank.length;
  const votes = new Float64Array(rows * classes);
  for (const { first, second, decisions } of pairs) {
    const later = (rank[first] as number) > (rank[second] as number) ? first : second;
    for (let row = 0; row < rows; row++) {
      const decision = decisions[row] as number;
      const winner = decision > 0 ? first : decision < 0 ? second : later;
      (votes[row * classes + winner] as number)++;
    }
  }
  return votes;
}
