/** Columns of `vectors` (row by row, n × n) belong to `values`, in descending order. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Off-diagonal elements below this share of the trace are rounding. */
const NEGLIGIBLE = 1e-12;

/** Jacobi converges quadratically: seven sweeps do for 38 columns, this many for any matrix that has numbers in it. */
const MOST_SWEEPS = 30;

/** Eigenvalues and -vectors of a symmetric n × n matrix, by Jacobi's rotations; the matrix is consumed. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const vectors = new Float64Array(n * n);
  let trace = 0;
  for (let i = 0; i < n; i += 1) {
    vectors[i * n + i] = 1;
    trace += Math.abs(matrix[i * n + i]!);
  }
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
    let largest = 0;
    for (let p = 0; p < n; p += 1)
      for (let q = p + 1; q < n; q += 1) {
        const off = matrix[p * n + q]!;
        largest = Math.max(largest, Math.abs(off));
        if (Math.abs(off) > NEGLIGIBLE * trace) rotate(matrix, vectors, n, p, q);
      }
    if (largest <= NEGLIGIBLE * trace) break;
  }
  return descending(matrix, vectors, n);
}

/** Makes the element (p, q) zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const theta = (matrix[q * n + q]! - matrix[p * n + p]!) / (2 * matrix[p * n + q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k += 1) {
    const [kp, kq] = [matrix[k * n + p]!, matrix[k * n + q]!];
    matrix[k * n + p] = c * kp - s * kq;
    matrix[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k += 1) {
    const [pk, qk] = [matrix[p * n + k]!, matrix[q * n + k]!];
    matrix[p * n + k] = c * pk - s * qk;
    matrix[q * n + k] = s * pk + c * qk;
    const [vp, vq] = [vectors[k * n + p]!, vectors[k * n + q]!];
    vectors[k * n + p] = c * vp - s * vq;
    vectors[k * n + q] = s * vp + c * vq;
  }
}

function descending(matrix: Float64Array, vectors: Float64Array, n: number): Eigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => matrix[j * n + j]! - matrix[i * n + i]! || i - j);
  const sorted = new Float64Array(n * n);
  for (let k = 0; k < n; k += 1) for (let i = 0; i < n; i += 1) sorted[i * n + k] = vectors[i * n + order[k]!]!;
  return { values: Float64Array.from(order, (i) => matrix[i * n + i]!), vectors: sorted };
}
