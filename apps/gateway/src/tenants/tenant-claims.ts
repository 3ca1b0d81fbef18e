import { SYSTEM_TENANT_ID } from '@techze/contracts';
import type { SessionIdentity } from '@techze/database';
import type { EntityManager } from 'typeorm';

/** Who looks after the installation: sees every tenant's row, and writes in the system's tenant alone. */
export const OPERATORS: SessionIdentity = {
  role: 'service',
  claims: { tenant_id: SYSTEM_TENANT_ID, role: 'operator' },
};

/**
 * A part of an operator's transaction in which the service acts inside one tenant, as its admin would: it is the only way
 * into another tenant. When `work` fails, so does the transaction, and these claims are gone with it.
 */
export async function insideTenant<T>(manager: EntityManager, tenantId: string, work: () => Promise<T>): Promise<T> {
  await setClaims(manager, { tenant_id: tenantId, role: 'admin' });
  const value = await work();
  await setClaims(manager, OPERATORS.claims);
  return value;
}

async function setClaims(manager: EntityManager, claims: SessionIdentity['claims']): Promise<void> {
  await manager.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)]);
}
