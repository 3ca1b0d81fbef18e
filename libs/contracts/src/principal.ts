import { z } from 'zod';

/** Roles of people inside a tenant, weakest first. */
export const userRoles = ['viewer', 'technician', 'manager', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

export const Role = z.enum([...userRoles, 'operator', 'agent', 'worker']);
export type Role = z.infer<typeof Role>;

/** What a machine may be: nobody gives a key to the keys. */
export const keyRoles = ['viewer', 'technician', 'manager'] as const;
export type KeyRole = (typeof keyRoles)[number];

/**
 * Who acts. A person (also an operator) has a session; an agent is one device; an API key is a machine of the tenant's, which
 * may what its role may on the routes that its scopes open; a worker is the suite itself at work inside one tenant (events,
 * schedules).
 */
export const Principal = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    tenant_id: z.string(),
    sub: z.uuid(),
    sid: z.string(),
    role: z.enum([...userRoles, 'operator']),
  }),
  z.object({ kind: z.literal('agent'), tenant_id: z.string(), device_id: z.string(), role: z.literal('agent') }),
  z.object({
    kind: z.literal('api_key'),
    tenant_id: z.string(),
    key_id: z.string(),
    role: z.enum(keyRoles),
    scopes: z.array(z.string()),
  }),
  z.object({ kind: z.literal('worker'), tenant_id: z.string(), service: z.string(), role: z.literal('worker') }),
]);
export type Principal = z.infer<typeof Principal>;

/** What a principal is called: the person's id, the agent's device, the key's id, the service at work. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return principal.sub;
    case 'agent':
      return principal.device_id;
    case 'api_key':
      return principal.key_id;
    case 'worker':
      return principal.service;
  }
}

/** That role of people and every stronger one. */
export function rolesFrom(weakest: UserRole): readonly Role[] {
  return userRoles.slice(userRoles.indexOf(weakest));
}
