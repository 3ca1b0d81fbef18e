import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** What a sealer says of one batch of a tenant's records; hashes are hex. */
export interface BatchHead {
  readonly tenant_id: string;
  /** From 1, without gaps. */
  readonly batch: number;
  readonly from_sequence: number;
  readonly to_sequence: number;
  /** Of the Merkle tree over the records' leaves, in sequence. */
  readonly root: string;
  /** `headHash` of the batch before; zeros before the first. */
  readonly previous: string;
  readonly sealed_at: string;
  readonly key_id: string;
}

/** A head and its Ed25519 signature, hex. */
export interface SignedHead extends BatchHead {
  readonly signature: string;
}

/** The message of the log line that carries a head out of the database's reach, as its member `head`. */
export const HEAD_LOGGED = 'audit batch sealed';

/** What the first head of a tenant names as the one before it. */
export const NO_HEAD = '0'.repeat(64);

export function signHead(head: BatchHead, privateKey: KeyObject): SignedHead {
  return { ...head, signature: sign(null, bytesOf(head), privateKey).toString('hex') };
}

export function isSignedBy(head: SignedHead, publicKey: KeyObject): boolean {
  return verify(null, bytesOf(head), publicKey, Buffer.from(head.signature, 'hex'));
}

/** What the next head names as the one before it. */
export function headHash(head: BatchHead): string {
  return createHash('sha256').update(bytesOf(head)).digest('hex');
}

/** The signed bytes say what they are, so that no signature of this key can be taken for one of something else. */
function bytesOf(head: BatchHead): Buffer {
  const { tenant_id, batch, from_sequence, to_sequence, root, previous, sealed_at, key_id } = head;
  const text = canonicalJson({
    is: 'techze audit head 1',
    tenant_id,
    batch,
    from_sequence,
    to_sequence,
    root,
    previous,
    sealed_at,
    key_id,
  });
  return Buffer.from(text);
}
