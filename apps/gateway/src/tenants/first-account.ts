import type { Account } from '../accounts/account.entity.js';

/** An account that a tenant, or the installation, begins with: it has no password until its invitation is accepted. */
export function firstAccount(
  person: Pick<Account, 'id' | 'email' | 'name'>,
  tenant_id: string,
  role: 'admin' | 'operator',
): Omit<Account, 'has_password'> {
  const now = new Date();
  return { ...person, tenant_id, role, disabled_at: null, version: 1, created_at: now, updated_at: now };
}
