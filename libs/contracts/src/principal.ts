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

/** Whether a role may do what asks for at least `needed`; agent, worker and operator are outside the ladder. */
export function roleAtLeast(role: Role, needed: UserRole): boolean {
  return (userRoles as readonly string[]).indexOf(role) >= userRoles.indexOf(needed);
}
