/**
 * A value of Student's t as the normal value that is as rare (Wallace 1959): within a few hundredths from one degree of
 * freedom on and far into the tails, where an incomplete beta function would take fifty lines to be no better for us.
 */
export function normalOfT(t: number, freedom: number): number {
  return ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p((t * t) / freedom));
}

/** The way back. */
export function tOfNormal(z: number, freedom: number): number {
  const root = (z * (8 * freedom + 3)) / (8 * freedom + 1);
  return Math.sqrt(freedom * Math.expm1((root * root) / freedom));
}

/** Chance that a normal value lies z or farther from its mean, on either side (Abramowitz and Stegun 7.1.26 fails far out, this does not: Numerical Recipes' erfc). */
export function tailOf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const series =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  return t * Math.exp(series - x * x);
}
