/**
 * Of a positive definite n × n matrix, in its place (Gauss–Jordan; such a matrix needs no pivoting). With the ridge that
 * its callers add to the diagonal its condition is below 10^5.
 */
export function invert(matrix: Float64Array, n: number): Float64Array {
  for (let pivot = 0; pivot < n; pivot += 1) {
    const p = matrix[pivot * n + pivot]!;
    matrix[pivot * n + pivot] = 1;
    for (let j = 0; j < n; j += 1) matrix[pivot * n + j]! /= p;
    for (let i = 0; i < n; i += 1) {
      if (i === pivot) continue;
      const factor = matrix[i * n + pivot]!;
      matrix[i * n + pivot] = 0;
      for (let j = 0; j < n; j += 1) matrix[i * n + j]! -= factor * matrix[pivot * n + j]!;
    }
  }
  return matrix;
}
