import type { StoredTrees } from '../boosted-trees.js';
import { growTree, type Binned, type Node, type TreeShape } from './grow.js';
import { randomOf } from './random.js';

/** How an ensemble is trained. */
export interface BoostPlan extends TreeShape {
  readonly trees: number;
  readonly rate: number;
  /** Share of the rows, and of the features, that a tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
}

export interface Ensemble {
  base: number;
  trees: Node[];
}

/** Gradient boosting of the log loss with Newton leaves. */
export function boost(data: Binned, labels: Uint8Array, plan: BoostPlan, seed: number): Ensemble {
  const random = randomOf(seed);
  const failing = labels.reduce((sum, label) => sum + label, 0);
  const base = Math.log(failing / (data.rows - failing));
  const scores = new Float64Array(data.rows).fill(base);
  const gradient = new Float64Array(data.rows);
  const hessian = new Float64Array(data.rows);
  const all = data.columns.map((_, column) => column);
  const trees: Node[] = [];
  for (let tree = 0; tree < plan.trees; tree += 1) {
    for (let row = 0; row < data.rows; row += 1) {
      const chance = 1 / (1 + Math.exp(-scores[row]!));
      gradient[row] = chance - labels[row]!;
      hessian[row] = chance * (1 - chance);
    }
    const order = new Int32Array(data.rows);
    let taken = 0;
    for (let row = 0; row < data.rows; row += 1) if (random() < plan.rowShare) order[taken++] = row;
    const columns = sample(all, Math.ceil(plan.columnShare * all.length), random);
    const root = growTree(data, order.slice(0, taken), gradient, hessian, columns, plan);
    shrink(root, plan.rate);
    trees.push(root);
    for (let row = 0; row < data.rows; row += 1) scores[row]! += valueAt(root, data, row);
  }
  return { base, trees };
}

function valueAt(root: Node, data: Binned, row: number): number {
  let node = root;
  while (node.split) {
    const { feature, edge, missingLeft, left, right } = node.split;
    const bin = data.columns[feature]![row]!;
    node = (bin === 0 ? missingLeft : bin <= edge + 1) ? left : right;
  }
  return node.value;
}

function sample(all: readonly number[], count: number, random: () => number): number[] {
  const rest = [...all];
  const chosen: number[] = [];
  while (chosen.length < count) chosen.push(rest.splice(Math.floor(random() * rest.length), 1)[0]!);
  return chosen.sort((a, b) => a - b);
}

function shrink(node: Node, rate: number): void {
  node.value *= rate;
  if (!node.split) return;
  shrink(node.split.left, rate);
  shrink(node.split.right, rate);
}

/** Digits of a stored value: the error of a thousand trees stays below a thousandth of the log odds. */
const DIGITS = 5;

/** The mean of the ensembles, as it is stored. */
export function stored(ensembles: readonly Ensemble[], edges: readonly Float64Array[]): StoredTrees {
  const trees = {
    base: ensembles.reduce((sum, { base }) => sum + base, 0) / ensembles.length,
    edges: edges.map((own) => Array.from(own, (edge) => Number(edge.toPrecision(7)))),
    roots: [] as number[],
    feature: [] as number[],
    edge: [] as number[],
    right: [] as number[],
    missing_left: [] as number[],
    value: [] as number[],
  };
  const put = (node: Node): number => {
    const place = trees.feature.length;
    trees.feature.push(node.split?.feature ?? -1);
    trees.edge.push(node.split?.edge ?? 0);
    trees.right.push(0);
    trees.missing_left.push(node.split?.missingLeft ? 1 : 0);
    trees.value.push(0);
    let value = node.value / ensembles.length;
    if (node.split) {
      const { left, right } = node.split;
      const before = put(left);
      trees.right[place] = trees.feature.length - place;
      value = (before * left.weight + put(right) * right.weight) / (left.weight + right.weight);
    }
    trees.value[place] = Number(value.toFixed(DIGITS));
    return trees.value[place];
  };
  for (const { trees: own } of ensembles) {
    for (const root of own) {
      trees.roots.push(trees.feature.length);
      put(root);
    }
  }
  return trees;
}
