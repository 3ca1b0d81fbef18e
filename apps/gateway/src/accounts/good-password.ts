import { Problem } from '@techze/contracts';
import { passwordFault } from '../auth/password-policy.js';

/** @throws Problem `validation-failed` with the pointer and what to do */
export function requireGoodPassword(
  password: string,
  pointer: string,
  owner: { readonly email: string; readonly name: string; readonly tenant_name: string },
): void {
  const detail = passwordFault(password, { email: owner.email, name: owner.name, tenantName: owner.tenant_name });
  if (detail !== undefined) throw new Problem('validation-failed', { errors: [{ pointer, detail }] });
}
