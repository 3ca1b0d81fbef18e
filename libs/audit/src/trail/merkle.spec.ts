import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { inclusionPath, leafHash, merkleRoot, rootOfPath } from './merkle.js';

/** Data entries and tree heads of Certificate Transparency's own test vectors (RFC 6962 and RFC 9162 hash alike). */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leaves = fc.array(
  fc.uint8Array({ maxLength: 8 }).map((data) => leafHash(Buffer.from(data))),
  {
    minLength: 1,
    maxLength: 70,
  },
);

describe('the Merkle tree', () => {
  it.each(ROOTS.map((root, index) => [index + 1, root] as const))(
    'has the known root over %i entries',
    (size, root) => {
      expect(merkleRoot(ENTRIES.slice(0, size).map(leafHash)).toString('hex')).toBe(root);
    },
  );

  it('is the hash of nothing when empty', () => {
    expect(merkleRoot([])).toEqual(createHash('sha256').digest());
  });

  it('proves every leaf at its own place and at no other', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (all, nth, offset) => {
        const index = nth % all.length;
        const leaf = all[index] ?? Buffer.alloc(0);
        const path = inclusionPath(all, index);
        const root = merkleRoot(all);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(all.length)));
        expect(rootOfPath(leaf, index, all.length, path)).toEqual(root);
        const elsewhere = (index + 1 + (offset % all.length)) % (all.length + 1);
        const other = rootOfPath(leaf, elsewhere, all.length, path);
        if (elsewhere !== index && !all[elsewhere]?.equals(leaf)) expect(other?.equals(root) ?? false).toBe(false);
      }),
    );
  });

  it('changes with every leaf, every order and every length', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), (all, nth) => {
        const index = nth % all.length;
        const changed = all.with(index, leafHash('something else'));
        expect(merkleRoot(changed)).not.toEqual(merkleRoot(all));
        expect(merkleRoot(all.slice(0, -1))).not.toEqual(merkleRoot(all));
        expect(merkleRoot([...all, leafHash('')])).not.toEqual(merkleRoot(all));
        const [first, ...others] = all;
        const rotated = first ? [...others, first] : [];
        if (rotated.some((leaf, place) => !leaf.equals(all[place] ?? leaf)))
          expect(merkleRoot(rotated)).not.toEqual(merkleRoot(all));
      }),
    );
  });

  it('takes no inner node for a leaf', () => {
    const [a, b, c, d] = ENTRIES.slice(0, 4).map(leafHash) as [Buffer, Buffer, Buffer, Buffer];
    const inner = Buffer.concat([merkleRoot([a, b]), merkleRoot([c, d])]);
    expect(leafHash(inner)).not.toEqual(merkleRoot([a, b, c, d]));
  });

  it.each([
    [-1, 4, 2],
    [4, 4, 2],
    [0, 4, 1],
    [0, 4, 3],
    [0, 1, 1],
    [0, 0, 0],
  ])('leads nowhere from place %i of %i by a path of %i', (index, size, length) => {
    const [leaf] = ENTRIES.map(leafHash) as [Buffer];
    const root = merkleRoot(ENTRIES.slice(0, 4).map(leafHash));
    const path = [...inclusionPath(ENTRIES.slice(0, 4).map(leafHash), 0), leaf].slice(0, length);
    expect(rootOfPath(leaf, index, size, path)?.equals(root) ?? false).toBe(false);
  });
});
