import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { parseAuditPublicKeys, parseAuditSigningKey } from '../../src/trail/audit-keys.js';
import { headHash, NO_HEAD, signHead, type SignedHead } from '../../src/trail/batch-head.js';
import { type ExportLine } from '../../src/trail/export-lines.js';
import { merkleRoot } from '../../src/trail/merkle.js';
import { leafOf, type SealedRecord } from '../../src/trail/sealed-record.js';

export type HeadLine = Extract<ExportLine, { kind: 'head' }>;
export type RecordLine = Extract<ExportLine, { kind: 'record' }>;

export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = (key: KeyObject, type: 'pkcs8' | 'spki') => key.export({ type, format: 'pem' }).toString();
  const [secretPem, publicPem] = [pem(privateKey, 'pkcs8'), pem(publicKey, 'spki')];
  return { secretPem, publicPem, signing: parseAuditSigningKey(secretPem), open: parseAuditPublicKeys(publicPem) };
}
export type Key = ReturnType<typeof newKey>;

export const TENANT = 'tnt_a';
export const DATA_KEY = randomBytes(32).toString('base64url');

export function recordOf(sequence: number): SealedRecord {
  return {
    sequence,
    id: `aud_${sequence}`,
    timestamp: `2026-11-22T08:00:00.${String(sequence).padStart(6, '0')}Z`,
    user_id: 'user-1',
    actor_type: 'user',
    event_type: 'LOGIN_SUCCEEDED',
    resource_id: null,
    ip_address: '203.0.113.7',
    user_agent: 'curl/8',
    success: true,
    details: { nth: sequence, list: [1, 'two', null] },
    request_id: null,
  };
}

/** The lines of a whole export of batches of these sizes. */
export function exportOf(sizes: readonly number[], key: Key, record = recordOf): ExportLine[] {
  let sequence = 0;
  let last: SignedHead | undefined;
  const lines: ExportLine[] = [];
  for (const [index, size] of sizes.entries()) {
    const records = Array.from({ length: size }, (_, nth) => record(sequence + nth + 1));
    const leaves = records.map((record) => leafOf(TENANT, record));
    last = signHead(
      {
        tenant_id: TENANT,
        batch: index + 1,
        from_sequence: sequence + 1,
        to_sequence: sequence + size,
        root: merkleRoot(leaves).toString('hex'),
        previous: last ? headHash(last) : NO_HEAD,
        sealed_at: `2026-11-22T08:00:0${index}.000000Z`,
        key_id: key.signing.key_id,
      },
      key.signing.privateKey,
    );
    sequence += size;
    lines.push({ kind: 'head', ...last });
    for (const [nth, record] of records.entries())
      lines.push({ kind: 'record', ...record, leaf: leaves[nth]?.toString('hex') ?? '' });
  }
  return [
    { kind: 'export', version: 1, tenant_id: TENANT, exported_at: '2026-11-22T08:01:00.000000Z', filters: {} },
    ...lines,
    { kind: 'end', batches: sizes.length, records: sequence },
  ];
}
