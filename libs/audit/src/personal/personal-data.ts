import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@techze/contracts';
import type { EntityManager } from 'typeorm';
import type { Json } from '../trail/canonical-json.js';
import { digestOf, SEALED } from '../trail/sealed-details.js';
import { auditDataConfig, type AuditDataConfig } from './audit-data.config.js';
import { takePersonal } from './personal-members.js';
import { openBox, sealBox } from './secret-box.js';

const KEY_BYTES = 32;
const SALT_BYTES = 16;

interface WrappedKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

/** A record, as far as its personal data needs it. */
interface Sealed {
  readonly id: string;
  readonly details: Json;
}

/** Gives the opened text of a record's personal data; undefined when it has none, or its key is gone. */
export type Opener = (record: Sealed) => string | undefined;

/**
 * Encrypts what is personal in audit records under a key of their tenant. Keys live in the database alone, wrapped, and are
 * asked for each time: once its row is gone no process has one left.
 */
@Injectable()
export class PersonalData {
  constructor(@Inject(auditDataConfig.token) private readonly config: AuditDataConfig) {}

  /** Details as they are stored. Costs a question to the database only when something in them is personal. */
  async seal(
    manager: EntityManager,
    tenantId: string,
    recordId: string,
    plain: Record<string, unknown>,
  ): Promise<Record<string, Json>> {
    const { details, values } = takePersonal(plain);
    if (values.length === 0) return details;
    const { id, key } = await this.keyOf(manager, tenantId);
    const opened = JSON.stringify([randomBytes(SALT_BYTES).toString('base64url'), ...values]);
    const box = sealBox(key, Buffer.from(opened), purposeOf(tenantId, recordId)).toString('base64url');
    return { ...details, [SEALED]: { key: id, sha256: digestOf(opened), box } };
  }

  /** With the keys that are there now. */
  async opener(manager: EntityManager, tenantId: string): Promise<Opener> {
    const rows = await manager.query<WrappedKey[]>(KEYS, [tenantId]);
    const keys = new Map(rows.map((row) => [row.id, this.unwrap(tenantId, row)]));
    return ({ id, details }) => {
      const envelope = envelopeIn(details);
      const key = envelope && keys.get(envelope.key);
      return key && openBox(key, Buffer.from(envelope.box, 'base64url'), purposeOf(tenantId, id))?.toString();
    };
  }

  /** Erases the personal data of all records so far. @returns how many keys there were */
  async destroy(manager: EntityManager, tenantId: string): Promise<number> {
    const [, destroyed] = await manager.query<[unknown[], number]>(DESTROY, [tenantId]);
    return destroyed;
  }

  private async keyOf(manager: EntityManager, tenantId: string): Promise<{ id: string; key: Buffer }> {
    const [row] = await manager.query<WrappedKey[]>(NEWEST_KEY, [tenantId]);
    if (row) return { id: row.id, key: this.unwrap(tenantId, row) };
    // Two that are made at once are both good.
    const [id, key] = [newId('key'), randomBytes(KEY_BYTES)];
    await manager.query(MAKE, [tenantId, id, sealBox(this.config.wrappingKey, key, purposeOf(tenantId, id))]);
    return { id, key };
  }

  private unwrap(tenantId: string, { id, wrapped }: WrappedKey): Buffer {
    const key = openBox(this.config.wrappingKey, wrapped, purposeOf(tenantId, id));
    if (!key) throw new Error(`AUDIT_DATA_KEY does not open the tenant's key ${id}: it is not the key that wrapped it`);
    return key;
  }
}

const KEYS = 'SELECT id, wrapped FROM audit_data_keys WHERE tenant_id = $1';
const NEWEST_KEY = `${KEYS} ORDER BY created_at DESC LIMIT 1`;
const MAKE = 'INSERT INTO audit_data_keys (tenant_id, id, wrapped) VALUES ($1, $2, $3)';
const DESTROY = 'DELETE FROM audit_data_keys WHERE tenant_id = $1';

function purposeOf(tenantId: string, id: string): string {
  return `techze audit ${tenantId} ${id}`;
}

function envelopeIn(details: Json): { key: string; box: string } | undefined {
  const { key, box } = ((details as Record<string, Json> | null)?.[SEALED] ?? {}) as Record<string, Json>;
  return typeof key === 'string' && typeof box === 'string' ? { key, box } : undefined;
}
