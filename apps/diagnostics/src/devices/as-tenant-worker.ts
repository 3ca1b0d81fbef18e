import type { EntityManager } from 'typeorm';

/**
 * A part of the caller's transaction in which the service sees the whole tenant: an agent's own claims hide every other
 * device from it. When `work` fails, so does the transaction (or the savepoint), and these claims are gone with it.
 */
export async function asTenantWorker<T>(manager: EntityManager, tenantId: string, work: () => Promise<T>): Promise<T> {
  const [before] = await manager.query<{ claims: string }[]>(`select current_setting('request.jwt.claims') as claims`);
  await setClaims(manager, JSON.stringify({ tenant_id: tenantId, role: 'worker' }));
  const value = await work();
  await setClaims(manager, before?.claims ?? '');
  return value;
}

async function setClaims(manager: EntityManager, claims: string): Promise<void> {
  await manager.query(`select set_config('request.jwt.claims', $1, true)`, [claims]);
}
