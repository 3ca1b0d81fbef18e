import { Injectable } from '@nestjs/common';
import { newUuid, SYSTEM_TENANT_ID } from '@techze/contracts';
import { Database } from '@techze/database';
import { continueTrace, runInContext } from '@techze/observability';
import type { UsagePart } from './usage-counts.js';

/** A database that hangs is given up on so soon: what is not written now is written later. */
const LIMIT_MS = 5_000;

@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  /** All of them in one transaction; each tenant's under its own claims, which the function sets. */
  async record(parts: readonly UsagePart[]): Promise<void> {
    const byTenant: Record<string, object[]> = {};
    for (const { tenantId, ...part } of parts)
      (byTenant[tenantId] ??= []).push({ ...part, sketch: Buffer.from(part.sketch).toString('base64') });
    const gateway = this.database.as({ role: 'service', claims: { tenant_id: SYSTEM_TENANT_ID, role: 'worker' } });
    const context = { requestId: newUuid(), trace: continueTrace(undefined), deadline: Date.now() + LIMIT_MS };
    await runInContext(context, () =>
      gateway.write((manager) => manager.query('select record_api_usage($1)', [JSON.stringify(byTenant)])),
    );
  }
}
