/**
 * Discrete Fourier transform of real rows, in place of a package: radix 2, a table of sines per size.
 * Reused for one size, since a search for cycles transforms the same number of rows again and again.
 */
export class Fourier {
  /** A power of two, at least what was asked for. */
  readonly size: number;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly reversed: Uint32Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  constructor(atLeast: number) {
    let bits = 1;
    while (1 << bits < atLeast) bits++;
    this.size = 1 << bits;
    // A real transform of N rows is a complex one of N / 2.
    const half = this.size / 2;
    this.cos = new Float64Array(half);
    this.sin = new Float64Array(half);
    for (let k = 0; k < half; k++) {
      this.cos[k] = Math.cos((2 * Math.PI * k) / this.size);
      this.sin[k] = -Math.sin((2 * Math.PI * k) / this.size);
    }
    this.reversed = new Uint32Array(half);
    for (let k = 1; k < half; k++) this.reversed[k] = (this.reversed[k >> 1]! >> 1) | (k & 1 ? half >> 1 : 0);
    this.re = new Float64Array(half);
    this.im = new Float64Array(half);
  }

  /** |X(k)|² for k = 0 .. size / 2 − 1 of the rows, padded with zeros. */
  power(rows: Float64Array): Float64Array {
    const half = this.size / 2;
    const { re, im, reversed, cos, sin } = this;
    for (let k = 0; k < half; k++) {
      const to = reversed[k]!;
      re[to] = rows[2 * k] ?? 0;
      im[to] = rows[2 * k + 1] ?? 0;
    }
    for (let width = 1; width < half; width *= 2) {
      const stride = half / width;
      for (let start = 0; start < half; start += 2 * width) {
        for (let k = 0; k < width; k++) {
          const a = start + k;
          const b = a + width;
          const c = cos[k * stride]!;
          const s = sin[k * stride]!;
          const tr = re[b]! * c - im[b]! * s;
          const ti = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - tr;
          im[b] = im[a]! - ti;
          re[a] = re[a]! + tr;
          im[a] = im[a]! + ti;
        }
      }
    }
    const power = new Float64Array(half);
    power[0] = (re[0]! + im[0]!) ** 2;
    for (let k = 1; k < half; k++) {
      const m = half - k;
      const evenRe = (re[k]! + re[m]!) / 2;
      const evenIm = (im[k]! - im[m]!) / 2;
      const oddRe = (im[k]! + im[m]!) / 2;
      const oddIm = (re[m]! - re[k]!) / 2;
      const outRe = evenRe + oddRe * cos[k]! - oddIm * sin[k]!;
      const outIm = evenIm + oddRe * sin[k]! + oddIm * cos[k]!;
      power[k] = outRe * outRe + outIm * outIm;
    }
    return power;
  }
}
