/**
 * What has been explained of some rows so far, by least squares: each column joins an orthonormal basis, so that adding
 * one costs rows × columns and refits all that were there before.
 */
export class Explained {
  /** What is left of the rows. */
  readonly rest: Float64Array;
  private readonly basis: Float64Array[] = [];
  /** Of each column as it was given: its parts along the basis, in order; empty for one that the others already make. */
  private readonly parts: number[][] = [];
  /** Of the rows along the basis. */
  private readonly along: number[] = [];

  constructor(rows: Float64Array) {
    this.rest = Float64Array.from(rows);
  }

  /** Adds the columns; answers by how much the sum of squares fell. A column that the others already make adds nothing. */
  add(...columns: readonly Float64Array[]): number {
    let gain = 0;
    for (const given of columns) {
      const column = Float64Array.from(given);
      const parts = new Array<number>(this.basis.length).fill(0);
      const before = Math.sqrt(dot(column, column));
      let after = before;
      // Once more where little is left: one pass loses orthogonality for a column that is nearly made of the others.
      for (let last = Infinity; after < 0.5 * last;) {
        last = after;
        this.basis.forEach((unit, k) => {
          const part = dot(column, unit);
          subtract(column, unit, part);
          parts[k]! += part;
        });
        after = Math.sqrt(dot(column, column));
      }
      if (!(after > 1e-6 * before)) {
        this.parts.push([]);
        continue;
      }
      for (let i = 0; i < column.length; i++) column[i]! /= after;
      const part = dot(this.rest, column);
      subtract(this.rest, column, part);
      this.basis.push(column);
      this.parts.push([...parts, after]);
      this.along.push(part);
      gain += part * part;
    }
    return gain;
  }

  /** How often each column as it was given is in the fit. */
  coefficients(): number[] {
    const left = [...this.along];
    const answer = new Array<number>(this.parts.length).fill(0);
    for (let k = this.parts.length - 1; k >= 0; k--) {
      const parts = this.parts[k]!;
      if (parts.length === 0) continue;
      const at = parts.length - 1;
      answer[k] = left[at]! / parts[at]!;
      parts.forEach((part, j) => (left[j]! -= answer[k]! * part));
    }
    return answer;
  }
}

/** Ones before the row, none from there. */
export function stepAt(row: number, n: number): Float64Array {
  return new Float64Array(n).fill(1, 0, row);
}

/** Cosine and sine of a frequency (turns per row). */
export function waveOf(frequency: number, n: number): [Float64Array, Float64Array] {
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  const stepCos = Math.cos(2 * Math.PI * frequency);
  const stepSin = Math.sin(2 * Math.PI * frequency);
  let c = 1;
  let s = 0;
  for (let i = 0; i < n; i++) {
    // The recurrence drifts by an ulp a row: begun anew every 256 rows it stays exact.
    if (i % 256 === 0) {
      c = Math.cos(2 * Math.PI * frequency * i);
      s = Math.sin(2 * Math.PI * frequency * i);
    }
    cos[i] = c;
    sin[i] = s;
    const next = c * stepCos - s * stepSin;
    s = s * stepCos + c * stepSin;
    c = next;
  }
  return [cos, sin];
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtract(from: Float64Array, unit: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= times * unit[i]!;
}
