/** A level or a line through some rows. */
export interface Fit {
  /** Sum of squares that it leaves. */
  cost: number;
  /** At the first row. */
  start: number;
  /** Per row; zero for a level. */
  slope: number;
}

/** Fits of any part of the rows in constant time, from running sums. */
export class Fits {
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly moments: Float64Array;

  constructor(rows: Float64Array) {
    const n = rows.length;
    this.sum = new Float64Array(n + 1);
    this.squares = new Float64Array(n + 1);
    this.moments = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) {
      const value = rows[i]!;
      this.sum[i + 1] = this.sum[i]! + value;
      this.squares[i + 1] = this.squares[i]! + value * value;
      this.moments[i + 1] = this.moments[i]! + i * value;
    }
  }

  /** What the better of level and line leaves of the rows `from` .. `to` − 1, a line costing `lineCosts` more. */
  cost(from: number, to: number, lineCosts: number): number {
    const m = to - from;
    const sum = this.sum[to]! - this.sum[from]!;
    const level = this.squares[to]! - this.squares[from]! - (sum * sum) / m;
    const tilt = this.moments[to]! - this.moments[from]! - (sum * (from + to - 1)) / 2;
    const byLine = (12 * tilt * tilt) / (m * (m * m - 1));
    // Rounding may take what is nothing below it.
    return Math.max(0, byLine > lineCosts ? level - byLine + lineCosts : level);
  }

  /** The better of the two itself. */
  fit(from: number, to: number, lineCosts: number): Fit {
    const m = to - from;
    const cost = this.cost(from, to, lineCosts);
    const sum = this.sum[to]! - this.sum[from]!;
    const tilt = this.moments[to]! - this.moments[from]! - (sum * (from + to - 1)) / 2;
    const slope = (12 * tilt) / (m * (m * m - 1));
    if (slope * tilt <= lineCosts) return { cost, start: sum / m, slope: 0 };
    return { cost, start: sum / m - (slope * (m - 1)) / 2, slope };
  }
}
