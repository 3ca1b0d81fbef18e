import { z } from 'zod';

/** Roles of people inside a tenant, weakest first. */
export const userRoles = ['viewer', 'technician', 'manager', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

export const Role = z.enum([...userRoles, 'operator', 'agent', 'worker']);
export type Role = z.infer<typeof Role>;

/**
 * Who acts. A person (also an operator) has a session; an agent is one device; a worker is the suite itself
 * at work inside one tenant (events, schedules).
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
  z.object({ kind: z.literal('worker'), tenant_id: z.string(), service: z.string(), role: z.literal('worker') }),
]);
export type Principal = z.infer<typeof Principal>;

/** That role of people and every stronger one. */
export function rolesFrom(weakest: UserRole): readonly Role[] {
  return userRoles.slice(userRoles.indexOf(weakest));
}
