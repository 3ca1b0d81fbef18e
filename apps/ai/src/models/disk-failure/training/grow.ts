/** Rows by columns of bins: 0 is missing, bin b > 0 holds what lies up to edge b-1. */
export interface Binned {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
  readonly edges: readonly Float64Array[];
  readonly directions: readonly number[];
}

/** How large a tree gets. */
export interface TreeShape {
  readonly leaves: number;
  /** Least sum of hessians (about: of uncertain rows) on either side of a split. */
  readonly minHessian: number;
  readonly minRows: number;
  /** Pulls the value of a leaf to 0 (L2). */
  readonly lambda: number;
  readonly minGain: number;
}

/** A node of a tree that grows; `split` makes it an inner one. */
export interface Node {
  value: number;
  weight: number;
  split: { feature: number; edge: number; missingLeft: boolean; left: Node; right: Node } | null;
}

interface Split {
  gain: number;
  feature: number;
  /** Bins 1..bin go left. */
  bin: number;
  missingLeft: boolean;
  left: number;
  right: number;
}

interface Leaf {
  node: Node;
  /** Rows `order[start..end)`. */
  start: number;
  end: number;
  gradient: number;
  hessian: number;
  /** Between these a monotone ancestor keeps its values. */
  low: number;
  high: number;
  histogram: Float64Array;
  best: Split | null;
}

/** Bins are at most this many, the missing one with them, so that they fit a byte and a histogram a cache. */
export const BINS = 64;
/** Per bin: gradient, hessian, rows. */
const CELL = 3;

/** Grows one tree leaf by leaf, the most gainful first; directions are kept by bounds on the leaves (as XGBoost does). */
export function growTree(
  data: Binned,
  order: Int32Array,
  gradient: Float64Array,
  hessian: Float64Array,
  columns: readonly number[],
  shape: TreeShape,
): Node {
  const scratch = new Int32Array(order.length);
  const size = data.columns.length * BINS * CELL;

  const histogramOf = (start: number, end: number): Float64Array => {
    const cells = new Float64Array(size);
    for (const column of columns) {
      const bins = data.columns[column]!;
      const offset = column * BINS * CELL;
      for (let place = start; place < end; place += 1) {
        const row = order[place]!;
        const cell = offset + bins[row]! * CELL;
        cells[cell]! += gradient[row]!;
        cells[cell + 1]! += hessian[row]!;
        cells[cell + 2]! += 1;
      }
    }
    return cells;
  };

  const leafOf = (start: number, end: number, low: number, high: number, histogram: Float64Array): Leaf => {
    const offset = columns[0]! * BINS * CELL;
    let g = 0;
    let h = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      g += histogram[offset + bin * CELL]!;
      h += histogram[offset + bin * CELL + 1]!;
    }
    const value = clip(-g / (h + shape.lambda), low, high);
    const leaf: Leaf = {
      node: { value, weight: h, split: null },
      start,
      end,
      gradient: g,
      hessian: h,
      low,
      high,
      histogram,
      best: null,
    };
    leaf.best = bestSplit(data, leaf, columns, shape);
    return leaf;
  };

  const root = leafOf(0, order.length, -Infinity, Infinity, histogramOf(0, order.length));
  const open = [root];
  for (let leaves = 1; leaves < shape.leaves; leaves += 1) {
    let chosen = -1;
    for (let index = 0; index < open.length; index += 1) {
      const gain = open[index]!.best?.gain ?? 0;
      if (gain > 0 && gain > (open[chosen]?.best?.gain ?? 0)) chosen = index;
    }
    const leaf = open[chosen];
    if (!leaf?.best) break;
    const { feature, bin, missingLeft, left, right } = leaf.best;
    const bins = data.columns[feature]!;
    let middle = leaf.start;
    let spilled = 0;
    for (let place = leaf.start; place < leaf.end; place += 1) {
      const row = order[place]!;
      const own = bins[row]!;
      if (own === 0 ? missingLeft : own <= bin) order[middle++] = row;
      else scratch[spilled++] = row;
    }
    order.set(scratch.subarray(0, spilled), middle);

    const direction = data.directions[feature]!;
    const mid = (left + right) / 2;
    const leftBounds: [number, number] = [direction < 0 ? mid : leaf.low, direction > 0 ? mid : leaf.high];
    const rightBounds: [number, number] = [direction > 0 ? mid : leaf.low, direction < 0 ? mid : leaf.high];
    // The larger side is what the smaller one leaves over.
    const leftIsSmall = middle - leaf.start <= leaf.end - middle;
    const small = leftIsSmall ? histogramOf(leaf.start, middle) : histogramOf(middle, leaf.end);
    const large = leaf.histogram;
    for (let cell = 0; cell < size; cell += 1) large[cell]! -= small[cell]!;
    const leftLeaf = leafOf(leaf.start, middle, ...leftBounds, leftIsSmall ? small : large);
    const rightLeaf = leafOf(middle, leaf.end, ...rightBounds, leftIsSmall ? large : small);
    leaf.node.split = { feature, edge: bin - 1, missingLeft, left: leftLeaf.node, right: rightLeaf.node };
    open.splice(chosen, 1, leftLeaf, rightLeaf);
  }
  return root.node;
}

function bestSplit(data: Binned, leaf: Leaf, columns: readonly number[], shape: TreeShape): Split | null {
  const { histogram, gradient, hessian, low, high } = leaf;
  const rows = leaf.end - leaf.start;
  const { lambda, minHessian, minRows } = shape;
  if (rows < 2 * minRows || hessian < 2 * minHessian) return null;
  const whole = gainOf(gradient, hessian, leaf.node.value, lambda);
  let best: Split | null = null;
  let bestGain = shape.minGain;
  for (const feature of columns) {
    const offset = feature * BINS * CELL;
    const direction = data.directions[feature]!;
    const bins = data.edges[feature]!.length;
    const missing = { g: histogram[offset]!, h: histogram[offset + 1]!, n: histogram[offset + 2]! };
    let g = 0;
    let h = 0;
    let n = 0;
    for (let bin = 1; bin <= bins; bin += 1) {
      const cell = offset + bin * CELL;
      g += histogram[cell]!;
      h += histogram[cell + 1]!;
      n += histogram[cell + 2]!;
      if (histogram[cell + 2] === 0 && bin > 1) continue;
      // Nobody misses it here: then later the missing go where most are.
      for (let side = 0; side < (missing.n > 0 ? 2 : 1); side += 1) {
        const missingLeft = missing.n > 0 ? side === 0 : n * 2 >= rows;
        const take = missing.n > 0 && missingLeft;
        const gl = take ? g + missing.g : g;
        const hl = take ? h + missing.h : h;
        const nl = take ? n + missing.n : n;
        if (nl < minRows || rows - nl < minRows || hl < minHessian || hessian - hl < minHessian) continue;
        const left = clip(-gl / (hl + lambda), low, high);
        const right = clip(-(gradient - gl) / (hessian - hl + lambda), low, high);
        if ((right - left) * direction < 0) continue;
        const gain = gainOf(gl, hl, left, lambda) + gainOf(gradient - gl, hessian - hl, right, lambda) - whole;
        if (gain > bestGain) {
          bestGain = gain;
          best = { gain, feature, bin, missingLeft, left, right };
        }
      }
    }
  }
  return best;
}

/** What a leaf of this value takes off the loss (twice). */
function gainOf(gradient: number, hessian: number, value: number, lambda: number): number {
  return -(2 * gradient * value + (hessian + lambda) * value * value);
}

function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
