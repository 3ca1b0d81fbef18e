/**
 * Trees as they are stored: one after the other, each in pre-order, so that the left child is the next node. Thresholds
 * are places in `edges`, which every tree shares.
 */
export interface StoredTrees {
  /** Log odds before any tree. */
  readonly base: number;
  /** Per feature, ascending. */
  readonly edges: readonly (readonly number[])[];
  /** First node of each tree. */
  readonly roots: readonly number[];
  /** Per node the feature that it asks, -1 at a leaf. */
  readonly feature: readonly number[];
  /** Left up to and including this edge of the feature. */
  readonly edge: readonly number[];
  /** How far on the right child is. */
  readonly right: readonly number[];
  /** 1: a missing value goes left. */
  readonly missing_left: readonly number[];
  /** Log odds that the tree adds when it ends here; at an inner node the mean of what lies below. */
  readonly value: readonly number[];
}

/** The sum of all trees for one row, and what each feature had to do with it. */
export class BoostedTrees {
  private readonly base: number;
  private readonly roots: Int32Array;
  private readonly feature: Int16Array;
  private readonly threshold: Float64Array;
  private readonly right: Int32Array;
  private readonly missingLeft: Uint8Array;
  private readonly value: Float64Array;

  constructor(stored: StoredTrees) {
    this.base = stored.base;
    this.roots = Int32Array.from(stored.roots);
    this.feature = Int16Array.from(stored.feature);
    this.threshold = Float64Array.from(stored.edge, (edge, node) => stored.edges[stored.feature[node]!]?.[edge] ?? 0);
    this.right = Int32Array.from(stored.right);
    this.missingLeft = Uint8Array.from(stored.missing_left);
    this.value = Float64Array.from(stored.value);
  }

  /** Log odds of the row. */
  score(row: Float64Array): number {
    let sum = this.base;
    for (let tree = 0; tree < this.roots.length; tree += 1) {
      let node = this.roots[tree]!;
      while (this.feature[node]! >= 0) node = this.next(node, row);
      sum += this.value[node]!;
    }
    return sum;
  }

  /**
   * What each feature adds to the log odds: the step of the mean at each question of the way down is the asked feature's
   * (Saabas 2014). Together with `expected` they make up the score exactly.
   */
  contributions(row: Float64Array): { expected: number; byFeature: Float64Array } {
    const byFeature = new Float64Array(row.length);
    let expected = this.base;
    for (let tree = 0; tree < this.roots.length; tree += 1) {
      let node = this.roots[tree]!;
      expected += this.value[node]!;
      while (this.feature[node]! >= 0) {
        const asked = this.feature[node]!;
        const child = this.next(node, row);
        byFeature[asked]! += this.value[child]! - this.value[node]!;
        node = child;
      }
    }
    return { expected, byFeature };
  }

  private next(node: number, row: Float64Array): number {
    const value = row[this.feature[node]!]!;
    const left = Number.isNaN(value) ? this.missingLeft[node] === 1 : value <= this.threshold[node]!;
    return left ? node + 1 : node + this.right[node]!;
  }
}
