/** What the input was like, told with every answer. */
export interface Quality {
  /** Distinct moments. */
  readonly n: number;
  /** Neighbours more than one and a half steps apart. */
  readonly gaps: number;
  /** Rows that another row of their moment replaced. */
  readonly duplicates: number;
  /** Values that were filled in, because the method cannot do without. */
  readonly interpolated: number;
  /** One value all the way. */
  readonly constant: boolean;
  /** The median distance of two neighbours. */
  readonly step_seconds: number;
}
