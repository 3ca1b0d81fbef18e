import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  newId,
  Problem,
  type ApiKey,
  type ApiKeyPage,
  type CreateApiKey,
  type ListApiKeysQuery,
  type NewApiKey,
  type Principal,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys, type Outcome } from '@techze/idempotency';
import { Cursors, toPage } from '@techze/paging';
import { hashOfSecret } from '../auth/opaque-credentials.js';
import { ApiKeyCredentials } from './api-key-credentials.js';
import { ApiKeySecrets } from './api-key-secrets.js';
import type { ApiKeyRow } from './api-key.entity.js';
import { ApiKeysRepository } from './api-keys.repository.js';

type User = Extract<Principal, { kind: 'user' }>;

const LIST = 'api-keys';
/** Of one tenant. Who needs more gives every machine its own for no reason, or has lost count of them. */
const LIVING_MAX = 1_000;
const keyId = idSchema('key');

/** What admins do with API keys. Each is on record. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly keys: ApiKeysRepository,
    private readonly secrets: ApiKeySecrets,
    private readonly credentials: ApiKeyCredentials,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  /** A repeated request brings back the id of the first, from which the same key is derived. @throws Problem `too-many-api-keys` */
  async create({ tenant_id, sub }: User, settings: CreateApiKey): Promise<Outcome<NewApiKey>> {
    const scope = { route: 'POST /api/v1/api-keys', requestBody: settings, personal: true };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const { name, role, scopes, source_addresses } = settings;
        const now = new Date();
        const expires_at = settings.expires_at === null ? null : new Date(settings.expires_at);
        if (expires_at && expires_at <= now)
          throw new Problem('validation-failed', { errors: [{ pointer: '/expires_at', detail: 'is over' }] });
        await this.keys.lockTenant(manager, tenant_id);
        if ((await this.keys.countLiving(manager, tenant_id)) >= LIVING_MAX) throw new Problem('too-many-api-keys');
        const id = newId('key');
        const row: ApiKeyRow = {
          tenant_id,
          id,
          name,
          key_hash: hashOfSecret(this.secrets.keyOf(id)),
          role,
          scopes,
          source_addresses,
          expires_at,
          created_by: sub,
          created_at: now,
          last_used_at: null,
          last_used_address: null,
          revoked_at: null,
        };
        await this.keys.insert(manager, row);
        await this.audit.record(manager, {
          event_type: 'KEY_CREATED',
          resource_id: id,
          success: true,
          details: { kind: 'api_key', name, role, scopes, source_addresses, expires_at },
        });
        return toApiKey(row);
      }),
    );
    return { value: { ...value, key: this.secrets.keyOf(value.id) }, replayed };
  }

  async list({ tenant_id }: User, { limit, cursor }: ListApiKeysQuery): Promise<ApiKeyPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) => this.keys.list(manager, tenant_id, limit, after));
    return toPage(rows.map(toApiKey), limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at,
      id,
    }));
  }

  /** @throws Problem `api-key-not-found` */
  async find({ tenant_id }: User, id: string): Promise<ApiKey> {
    const row = keyId.safeParse(id).success
      ? await this.database.read((manager) => this.keys.find(manager, tenant_id, id))
      : null;
    if (!row) throw new Problem('api-key-not-found');
    return toApiKey(row);
  }

  /** Nothing is let in with it from now on, here; in other processes within a second. @throws Problem `api-key-not-found` */
  async revoke({ tenant_id }: User, id: string): Promise<void> {
    if (!keyId.safeParse(id).success) throw new Problem('api-key-not-found');
    const hash = await this.database.write(async (manager) => {
      const row = await this.keys.findToChange(manager, tenant_id, id);
      if (!row) throw new Problem('api-key-not-found');
      if (row.revoked_at) return row.key_hash;
      await this.keys.revoke(manager, row, new Date());
      await this.audit.record(manager, {
        event_type: 'KEY_REVOKED',
        resource_id: id,
        success: true,
        details: { kind: 'api_key', name: row.name },
      });
      return row.key_hash;
    });
    this.credentials.forget(hash);
  }
}

function toApiKey({ tenant_id: _tenant, key_hash: _hash, ...row }: ApiKeyRow): ApiKey {
  return {
    ...row,
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
