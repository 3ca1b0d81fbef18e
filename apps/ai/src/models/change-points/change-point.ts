/** A row from which on a series behaves otherwise than before. */
export interface ChangePoint {
  /** The first row of what is new. */
  index: number;
  /** Its time, milliseconds since 1970. */
  at: number;
  kind: 'level' | 'trend' | 'variance';
  /** 0..1. */
  confidence: number;
}
