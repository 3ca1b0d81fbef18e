/** A cycle that a series repeats. */
export interface Season {
  /** Rows of one turn. */
  length: number;
  /** 0..1: the share of the variance that this cycle explains, of what no trend, level shift or other cycle does. */
  strength: number;
  /** Of the chance that noise alone shows a cycle so clear anywhere in the spectrum. */
  p_value: number;
}
