/** How well scores rank what fails before what does not. */
export interface Ranking {
  average_precision: number;
  roc_auc: number;
  recall_at_fpr_1_percent: number;
  recall_at_fpr_0_1_percent: number;
}

export function rankingOf(scores: ArrayLike<number>, labels: ArrayLike<number>): Ranking {
  const order = Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  let found = 0;
  let precision = 0;
  let area = 0;
  for (let start = 0; start < order.length;) {
    // Rows of one score come together: a tie ranks nothing.
    let end = start;
    let hits = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) hits += labels[order[end++]!]!;
    area += (found + hits / 2) * (end - start - hits);
    found += hits;
    precision += (hits * found) / end;
    start = end;
  }
  return {
    average_precision: precision / positives,
    roc_auc: area / (positives * negatives),
    recall_at_fpr_1_percent: recallAbove(thresholdAt(scores, labels, 0.01), scores, labels),
    recall_at_fpr_0_1_percent: recallAbove(thresholdAt(scores, labels, 0.001), scores, labels),
  };
}

/** The score above which no more than this share of those lies that do not fail. */
export function thresholdAt(scores: ArrayLike<number>, labels: ArrayLike<number>, rate: number): number {
  const good = Array.from(scores).filter((_, row) => labels[row] === 0);
  good.sort((a, b) => b - a);
  return good[Math.floor(rate * good.length)] ?? -Infinity;
}

function recallAbove(threshold: number, scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const bad = Array.from(scores).filter((_, row) => labels[row] === 1);
  return bad.filter((score) => score > threshold).length / bad.length;
}
