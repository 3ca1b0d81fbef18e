import { logOddsOf } from '../calibration.js';
import type { StoredCalibration } from '../calibration.js';

/** Fewer rows than this say too little of a probability: a knot of its own would follow their luck. */
const ROWS_PER_KNOT = 100;
/** One more of either kind at the ends, where a block may have seen none of one (Laplace). */
const PSEUDO = 0.5;

interface Block {
  rows: number;
  failing: number;
  scores: number;
}

/** The rising step function that fits best (pool adjacent violators), its steps as knots at their mean scores. */
export function isotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): StoredCalibration {
  const order = Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  const blocks: Block[] = [];
  let open: Block = { rows: 0, failing: 0, scores: 0 };
  order.forEach((row, place) => {
    open = { rows: open.rows + 1, failing: open.failing + labels[row]!, scores: open.scores + scores[row]! };
    const ties = place + 1 < order.length && scores[order[place + 1]!] === scores[row];
    if (open.rows < ROWS_PER_KNOT || ties) return;
    blocks.push(open);
    open = { rows: 0, failing: 0, scores: 0 };
    pool(blocks);
  });
  if (open.rows > 0) blocks.push(open);
  pool(blocks);
  return {
    score: blocks.map((block) => rounded(block.scores / block.rows)),
    log_odds: blocks.map((block) => rounded(logOddsOf(rateOf(block)))),
  };
}

/** The newest block swallows those before it that are not below it. */
function pool(blocks: Block[]): void {
  while (blocks.length > 1 && rateOf(blocks.at(-2)!) >= rateOf(blocks.at(-1)!)) {
    const [a, b] = blocks.splice(-2) as [Block, Block];
    blocks.push({ rows: a.rows + b.rows, failing: a.failing + b.failing, scores: a.scores + b.scores });
  }
}

function rateOf({ rows, failing }: Block): number {
  return (failing + PSEUDO) / (rows + 2 * PSEUDO);
}

function rounded(value: number): number {
  return Number(value.toFixed(5));
}
