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
  /** The splits above it and the side it lies on. */
  above: readonly { split: NonNullable<Node['split']>; isLeft: boolean }[];
  /** Rows `order[start..end)`. */
  start: number;
  end: number;
  gradient: number;
  hessian: number;
  histogram: Float64Array;
  /** Between these the leaves across a monotone split above keep its values; `best` holds while they do. */
  low: number;
  high: number;
  best: Split | null;
}

/** Bins are at most this many, the missing one with them, so that they fit a byte and a histogram a cache. */
export const BINS = 64;
/** Per bin: gradient, hessian, rows. */
const CELL = 3;

/** Grows one tree leaf by leaf, the most gainful first; directions are kept by bounds on the leaves. */
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

  const leafOf = (node: Node, above: Leaf['above'], start: number, end: number, histogram: Float64Array): Leaf => {
    const offset = columns[0]! * BINS * CELL;
    let g = 0;
    let h = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      g += histogram[offset + bin * CELL]!;
      h += histogram[offset + bin * CELL + 1]!;
    }
    node.weight = h;
    return { node, above, start, end, gradient: g, hessian: h, histogram, low: NaN, high: NaN, best: null };
  };

  const root = leafOf({ value: 0, weight: 0, split: null }, [], 0, order.length, histogramOf(0, order.length));
  root.node.value = -root.gradient / (root.hessian + shape.lambda);
  const open = [root];
  for (let leaves = 1; leaves < shape.leaves; leaves += 1) {
    let chosen: Leaf | null = null;
    for (const leaf of open) {
      const [low, high] = boundsOf(leaf, data.directions);
      if (low !== leaf.low || high !== leaf.high) {
        Object.assign(leaf, { low, high });
        leaf.best = bestSplit(data, leaf, columns, shape);
      }
      if (leaf.best && leaf.best.gain > (chosen?.best?.gain ?? 0)) chosen = leaf;
    }
    if (!chosen?.best) break;
    const { start, end, node, above, best, histogram } = chosen;
    const { feature, bin, missingLeft } = best;
    const bins = data.columns[feature]!;
    let middle = start;
    let spilled = 0;
    for (let place = start; place < end; place += 1) {
      const row = order[place]!;
      const own = bins[row]!;
      if (own === 0 ? missingLeft : own <= bin) order[middle++] = row;
      else scratch[spilled++] = row;
    }
    order.set(scratch.subarray(0, spilled), middle);

    // The larger side is what the smaller one leaves over.
    const leftIsSmall = middle - start <= end - middle;
    const small = leftIsSmall ? histogramOf(start, middle) : histogramOf(middle, end);
    for (let cell = 0; cell < size; cell += 1) histogram[cell]! -= small[cell]!;
    const left: Node = { value: best.left, weight: 0, split: null };
    const right: Node = { value: best.right, weight: 0, split: null };
    const split = { feature, edge: bin - 1, missingLeft, left, right };
    node.split = split;
    open.splice(
      open.indexOf(chosen),
      1,
      leafOf(left, [...above, { split, isLeft: true }], start, middle, leftIsSmall ? small : histogram),
      leafOf(right, [...above, { split, isLeft: false }], middle, end, leftIsSmall ? histogram : small),
    );
  }
  return root.node;
}

/**
 * What a leaf may be without overtaking a leaf across a monotone split: no leaf on the lower side above any on the higher.
 * Bounds follow the leaves as they are now. Halfway between both sides, fixed at the split (XGBoost's way), costs a
 * hundredth of average precision.
 */
function boundsOf({ above }: Leaf, directions: readonly number[]): [low: number, high: number] {
  let low = -Infinity;
  let high = Infinity;
  for (const { split, isLeft } of above) {
    const direction = directions[split.feature]!;
    if (direction === 0) continue;
    const [least, most] = rangeOf(isLeft ? split.right : split.left);
    if (direction > 0 === isLeft) high = Math.min(high, least);
    else low = Math.max(low, most);
  }
  return [low, high];
}

function rangeOf({ value, split }: Node): [least: number, most: number] {
  if (!split) return [value, value];
  const [leftLeast, leftMost] = rangeOf(split.left);
  const [rightLeast, rightMost] = rangeOf(split.right);
  return [Math.min(leftLeast, rightLeast), Math.max(leftMost, rightMost)];
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
