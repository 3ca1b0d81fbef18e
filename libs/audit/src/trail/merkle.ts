import { createHash } from 'node:crypto';

/** Leaf and node never share an input: no node can be passed off as a leaf (RFC 9162, 2.1.1). */
const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

export function leafHash(data: string | Buffer): Buffer {
  return createHash('sha256').update(LEAF).update(data).digest();
}

/** The root of the tree over these leaf hashes, as RFC 9162 builds it. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  const [first, ...others] = leaves;
  if (!first) return createHash('sha256').digest();
  if (others.length === 0) return first;
  const split = splitOf(leaves.length);
  return nodeHash(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** The hashes that lead from one leaf to the root, the leaf's neighbour first (RFC 9162, 2.1.3.1). */
export function inclusionPath(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionPath(left, index), merkleRoot(right)]
    : [...inclusionPath(right, index - split), merkleRoot(left)];
}

/** The root that a path leads to (RFC 9162, 2.1.3.2); undefined when it cannot belong to a leaf at that place. */
export function rootOfPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (index < 0 || index >= size) return undefined;
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const [rest, last] = [path.slice(0, -1), path.at(-1)];
  if (!last) return undefined;
  const split = splitOf(size);
  const below =
    index < split ? rootOfPath(leaf, index, split, rest) : rootOfPath(leaf, index - split, size - split, rest);
  return below && (index < split ? nodeHash(below, last) : nodeHash(last, below));
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  return 2 ** (31 - Math.clz32(size - 1));
}
