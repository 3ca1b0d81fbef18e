import { isSignedBy, headHash, NO_HEAD, type SignedHead } from './batch-head.js';
import type { AuditPublicKeys } from './audit-keys.js';
import { merkleRoot } from './merkle.js';
import { digestIn, digestOf } from './sealed-details.js';
import { leafOf, type SealedRecord } from './sealed-record.js';

/** What was found: which batch, and which record where it can be told. */
export interface TrailFault {
  readonly batch: number | null;
  readonly sequence: number | null;
  readonly record_id: string | null;
  readonly detail: string;
}

/** Where a trail is taken up that is not read from its beginning. */
export interface TrailStart {
  readonly batch: number;
  readonly sequence: number;
  /** `headHash` of the head before it. */
  readonly previous: string;
}

export const TRAIL_BEGINNING: TrailStart = { batch: 1, sequence: 1, previous: NO_HEAD };

/** How it ended. `records` counts those that a signed head holds fast. */
export interface TrailVerdict {
  readonly batches: number;
  readonly records: number;
  /** Records of which only the leaf hash was there. */
  readonly withheld: number;
  /** Records beyond retention: their heads are there, and they are not. */
  readonly expired: number;
  readonly last: SignedHead | undefined;
}

interface Leaf {
  readonly sequence: number;
  readonly record_id: string | null;
  readonly hash: Buffer;
  /** What its seal says it was; that is believed only as far as the root bears it out. */
  readonly sealed: Buffer;
}

const FAULTS_KEPT_A_BATCH = 20;
/** A sealer's batches have hundreds. */
const LEAVES_MAX = 100_000;

/**
 * Goes through one tenant's trail, a head and then its records, batch by batch, and says what is wrong. Needs nothing but
 * the public keys, and no more memory than one batch.
 */
export class TrailVerifier {
  /** Undefined before the first head of an extract: it is taken at its own word. */
  private expected: TrailStart | undefined;
  private readonly extract: boolean;
  private head: SignedHead | undefined;
  private leaves: Leaf[] = [];
  private batches = 0;
  private records = 0;
  private withheld = 0;
  private expired = 0;

  /** @param report is told of each fault as it is found */
  constructor(
    private readonly tenantId: string,
    private readonly keys: AuditPublicKeys,
    private readonly report: (fault: TrailFault) => void,
    /** What the first head must continue; undefined for an extract, which begins anywhere and leaves records out. */
    start: TrailStart | undefined,
    /** Batches that were sealed before this moment (ms) may have been let go, each as a whole. */
    private readonly keptSince: number,
  ) {
    this.expected = start;
    this.extract = start === undefined;
  }

  takeHead(head: SignedHead): void {
    this.closeBatch();
    this.batches += 1;
    const fault = (detail: string) => this.fault(detail);
    this.head = head;
    if (head.tenant_id !== this.tenantId) fault(`the head is another tenant's (${head.tenant_id})`);
    const key = this.keys.get(head.key_id);
    if (!key) fault(`the head is signed with a key that is not at hand (${head.key_id})`);
    else if (!isSignedBy(head, key)) fault('the signature of the head is not genuine');
    if (head.to_sequence < head.from_sequence) fault('the head ends before it begins');
    if (this.expected) {
      const { batch, sequence, previous } = this.expected;
      if (head.batch > batch) fault(`${missingBatches(batch, head.batch - 1)} missing`);
      if (head.batch < batch) fault(`the batch comes again, or out of order: ${batch} was due`);
      if (head.from_sequence !== sequence) fault(`the batch begins at ${head.from_sequence}: ${sequence} was due`);
      if (head.previous !== previous)
        fault('the head does not continue the head before it: one of the two was replaced');
    }
    this.expected = { batch: head.batch + 1, sequence: head.to_sequence + 1, previous: headHash(head) };
  }

  /**
   * @param leaf the leaf hash of its seal, hex: with it the changed record of a batch is told from the others
   * @param opened what it is said to hold sealed; without it that stays unread, and the record is as genuine
   */
  takeRecord(record: SealedRecord, leaf: string, opened?: string): void {
    const hash = leafOf(this.tenantId, record);
    this.take({ sequence: record.sequence, record_id: record.id, hash, sealed: Buffer.from(leaf, 'hex') });
    this.records += 1;
    if (opened !== undefined && digestOf(opened) !== digestIn(record.details))
      this.fault('the personal data that is shown is not what was sealed', this.leaves.at(-1));
  }

  /** A record that an extract leaves out: its place and its leaf hash alone. */
  takeLeaf(sequence: number, leaf: string): void {
    const hash = Buffer.from(leaf, 'hex');
    this.take({ sequence, record_id: null, hash, sealed: hash });
    this.withheld += 1;
  }

  /** To be called once, behind the last line. */
  end(): TrailVerdict {
    this.closeBatch();
    return {
      batches: this.batches,
      records: this.records,
      withheld: this.withheld,
      expired: this.expired,
      last: this.head,
    };
  }

  private take(leaf: Leaf): void {
    if (!this.head) this.fault('a record stands before the first head', leaf);
    else if (this.leaves.length < LEAVES_MAX) this.leaves.push(leaf);
    else throw new Error(`batch ${this.head.batch} has more than ${LEAVES_MAX} records: no sealer makes such`);
  }

  /** Every place of the head exactly once, in order, and the root of them all. */
  private closeBatch(): void {
    const { head, leaves } = this;
    this.leaves = [];
    if (!head || (this.extract && leaves.length === 0)) return;
    // The moment is signed: nobody makes a batch older than it is.
    if (leaves.length === 0 && Date.parse(head.sealed_at) < this.keptSince) {
      this.expired += head.to_sequence - head.from_sequence + 1;
      return;
    }
    let faults = 0;
    const fault = (detail: string, leaf?: Partial<Leaf>) => {
      faults += 1;
      if (faults <= FAULTS_KEPT_A_BATCH) this.fault(detail, leaf);
    };
    let due = head.from_sequence;
    const seen = new Set<number>();
    for (const leaf of leaves) {
      if (leaf.sequence < head.from_sequence || leaf.sequence > head.to_sequence) {
        fault('the record does not belong to this batch: it was inserted', leaf);
      } else if (seen.has(leaf.sequence)) {
        fault('a record was inserted: its place is taken already', leaf);
      } else if (leaf.sequence < due) {
        fault('the record is out of order', leaf);
      } else {
        due = leaf.sequence + 1;
      }
      seen.add(leaf.sequence);
    }
    for (
      let sequence = head.from_sequence;
      sequence <= head.to_sequence && faults <= FAULTS_KEPT_A_BATCH;
      sequence += 1
    )
      if (!seen.has(sequence)) fault('the record is missing: it was deleted', { sequence });
    if (faults > FAULTS_KEPT_A_BATCH) this.fault(`${faults - FAULTS_KEPT_A_BATCH} or more further faults`);
    if (faults > 0) return;
    if (rootOf(leaves.map(({ hash }) => hash)) === head.root) return;
    if (rootOf(leaves.map(({ sealed }) => sealed)) !== head.root)
      return this.fault('the records are not those that were sealed: at least one of them was changed');
    for (const leaf of leaves)
      if (!leaf.hash.equals(leaf.sealed)) fault('the record was changed, or put in the place of another', leaf);
  }

  private fault(detail: string, leaf?: Partial<Leaf>): void {
    const { sequence = null, record_id = null } = leaf ?? {};
    this.report({ batch: this.head?.batch ?? null, sequence, record_id, detail });
  }
}

function rootOf(leaves: readonly Buffer[]): string {
  return merkleRoot(leaves).toString('hex');
}

function missingBatches(from: number, to: number): string {
  return from === to ? `batch ${from} is` : `batches ${from} to ${to} are`;
}
