/** Looked up once: a prediction draws a million numbers, and a global costs more than a number where it is looked up. */
const { cos, imul, log, sqrt, PI } = Math;

/**
 * A generator of random numbers that gives the same ones on every run and machine (mulberry32): who asks twice must be
 * answered the same. Not for secrets.
 */
export class Random {
  constructor(private state: number) {}

  /** 0 ≤ x < 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Of the standard normal distribution (Box and Muller). */
  normal(): number {
    return sqrt(-2 * log(1 - this.next())) * cos(2 * PI * this.next());
  }
}
