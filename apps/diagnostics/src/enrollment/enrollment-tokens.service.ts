import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  Problem,
  type EnrollmentToken,
  type EnrollmentTokenPage,
  type ListEnrollmentTokensQuery,
  type RevokeEnrollmentToken,
  type StoredEnrollmentToken,
  type StoreEnrollmentToken,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { currentContext } from '@techze/observability';
import { Cursors, toPage } from '@techze/paging';
import { tenantOfCaller } from '../diagnostics/caller.js';
import type { EnrollmentTokenRow } from './enrollment-token.entity.js';
import { EnrollmentTokensRepository } from './enrollment-tokens.repository.js';

const LIST = 'enrollment-tokens';
const HOUR_MS = 3_600_000;
const tokenId = idSchema('ent');

/** What admins do with enrollment tokens. The secret stays at the edge: here a token is its hash. Each is on record. */
@Injectable()
export class EnrollmentTokensService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly tokens: EnrollmentTokensRepository,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  /** A repeated request brings back the id of the first, from which the edge derives the same secret. @throws Problem `site-not-found` */
  async store({ id, token_hash, settings }: StoreEnrollmentToken): Promise<StoredEnrollmentToken> {
    const scope = { route: 'POST /api/v1/enrollment-tokens', requestBody: settings, personal: true };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const { name, site_id, max_uses, expires_in_hours } = settings;
        const now = new Date();
        const principal = currentContext()?.principal;
        const row: EnrollmentTokenRow = {
          tenant_id: tenantOfCaller(),
          id,
          token_hash,
          name,
          site_id,
          max_uses,
          uses: 0,
          expires_at: new Date(now.getTime() + expires_in_hours * HOUR_MS),
          created_by: principal?.kind === 'user' ? principal.sub : null,
          created_at: now,
          last_used_at: null,
          revoked_at: null,
        };
        await this.tokens.insert(manager, row);
        await this.audit.record(manager, {
          event_type: 'KEY_CREATED',
          resource_id: id,
          success: true,
          details: { kind: 'enrollment', name, site_id, max_uses, expires_at: row.expires_at },
        });
        return toEnrollmentToken(row);
      }),
    );
    return { enrollment_token: value, replayed };
  }

  async list({ limit, cursor }: ListEnrollmentTokensQuery): Promise<EnrollmentTokenPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) => this.tokens.list(manager, tenantOfCaller(), limit, after));
    return toPage(rows.map(toEnrollmentToken), limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at,
      id,
    }));
  }

  /** Nobody enrolls with it from now on; who did already stays. @throws Problem `enrollment-token-not-found` */
  async revoke(request: RevokeEnrollmentToken): Promise<null> {
    if (!tokenId.safeParse(request.id).success) throw new Problem('enrollment-token-not-found');
    const scope = { route: 'DELETE /api/v1/enrollment-tokens/{id}', requestBody: request };
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const row = await this.tokens.findToChange(manager, tenantOfCaller(), request.id);
        if (!row) throw new Problem('enrollment-token-not-found');
        if (row.revoked_at) return null;
        await this.tokens.revoke(manager, row, new Date());
        await this.audit.record(manager, {
          event_type: 'KEY_REVOKED',
          resource_id: row.id,
          success: true,
          details: { kind: 'enrollment', name: row.name, uses: row.uses },
        });
        return null;
      }),
    );
    return value;
  }
}

function toEnrollmentToken({ tenant_id: _tenant, token_hash: _hash, ...row }: EnrollmentTokenRow): EnrollmentToken {
  return {
    ...row,
    expires_at: row.expires_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}
