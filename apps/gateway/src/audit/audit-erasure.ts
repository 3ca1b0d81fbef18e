import { Injectable } from '@nestjs/common';
import { AuditRecorder, PersonalData } from '@techze/audit';
import { SYSTEM_TENANT_ID } from '@techze/contracts';
import { Database } from '@techze/database';
import { insideTenant, OPERATORS } from '../tenants/tenant-claims.js';
import { actorIn } from '../tenants/tenants.service.js';

/** Takes the personal data out of a tenant's audit trail for good, and leaves the trail as provable as it was. */
@Injectable()
export class AuditErasure {
  constructor(
    private readonly database: Database,
    private readonly personal: PersonalData,
    private readonly recorder: AuditRecorder,
  ) {}

  /** On record in that tenant's trail and in the system's. @returns how many keys there were */
  erase(tenantId: string): Promise<number> {
    return this.database.as(OPERATORS).write(async (manager) => {
      const record = (of: string, keys: number) =>
        this.recorder.record(manager, {
          event_type: 'AUDIT_ERASED',
          resource_id: tenantId,
          success: true,
          details: { keys },
          actor: actorIn(of),
        });
      const keys = await insideTenant(manager, tenantId, async () => {
        const destroyed = await this.personal.destroy(manager, tenantId);
        if (tenantId !== SYSTEM_TENANT_ID) await record(tenantId, destroyed);
        return destroyed;
      });
      await record(SYSTEM_TENANT_ID, keys);
      return keys;
    });
  }
}
