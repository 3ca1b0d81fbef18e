/** Log odds of the trees, ascending, and the log odds of failing that disks of about that score really had. */
export interface StoredCalibration {
  readonly score: readonly number[];
  readonly log_odds: readonly number[];
}

/**
 * The calibrated probability. Straight between the knots and parallel to the score beyond them: strictly rising, so that
 * two disks of different scores never come out equal and no ranking is lost.
 */
export function calibrated({ score: scores, log_odds: logOdds }: StoredCalibration, score: number): number {
  const last = scores.length - 1;
  if (score <= scores[0]!) return sigmoid(logOdds[0]! + score - scores[0]!);
  if (score >= scores[last]!) return sigmoid(logOdds[last]! + score - scores[last]!);
  let right = 1;
  while (scores[right]! < score) right += 1;
  const part = (score - scores[right - 1]!) / (scores[right]! - scores[right - 1]!);
  return sigmoid(logOdds[right - 1]! + part * (logOdds[right]! - logOdds[right - 1]!));
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

export function logOddsOf(probability: number): number {
  return Math.log(probability / (1 - probability));
}
