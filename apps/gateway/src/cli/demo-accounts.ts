import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { newId, newUuid, SYSTEM_TENANT_ID, userRoles, type UserRole } from '@techze/contracts';
import { z } from 'zod';

const DemoUser = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  password: z.string(),
  role: z.enum([...userRoles, 'operator']),
});
const DemoTenant = z.object({ id: z.string(), name: z.string(), users: z.array(DemoUser) });
const DemoAccounts = z.object({ tenants: z.array(DemoTenant), operator: DemoUser });

export type DemoUser = z.infer<typeof DemoUser>;
export type DemoTenant = z.infer<typeof DemoTenant>;
export type DemoAccounts = z.infer<typeof DemoAccounts>;

/** The accounts of the file, or new ones that are written to it (0600) before anybody uses them. */
export function readOrMakeDemoAccounts(file: string): DemoAccounts {
  try {
    return DemoAccounts.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const accounts: DemoAccounts = {
    tenants: [makeTenant('Oficina Norte', 'norte.example'), makeTenant('Escola Sul', 'sul.example')],
    operator: makeUser('operator', 'techze.example'),
  };
  writeFileSync(`${file}.new`, JSON.stringify(accounts, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return accounts;
}

/** Both demo tenants and the installation's own. */
export function demoTenantsOf({ tenants, operator }: DemoAccounts): DemoTenant[] {
  return [...tenants, { id: SYSTEM_TENANT_ID, name: 'System', users: [operator] }];
}

function makeTenant(name: string, domain: string): DemoTenant {
  return { id: newId('tnt'), name, users: userRoles.map((role) => makeUser(role, domain)) };
}

function makeUser(role: UserRole | 'operator', domain: string): DemoUser {
  const name = `Demo ${role}`;
  return { id: newUuid(), email: `${role}@${domain}`, name, password: randomBytes(15).toString('base64url'), role };
}
