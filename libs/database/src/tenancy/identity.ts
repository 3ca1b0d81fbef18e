import type { Principal } from '@techze/contracts';

/** What row policies read as `auth.jwt()`: null sees and writes nothing. */
export type Claims = Readonly<Record<string, unknown>> | null;

/** The claims of a verified principal, no more than the policies need. */
export function claimsOf(principal: Principal | undefined): Claims {
  if (!principal) return null;
  const { tenant_id, role } = principal;
  switch (principal.kind) {
    case 'user':
      return { tenant_id, sub: principal.sub, role };
    case 'agent':
      return { tenant_id, device_id: principal.device_id, role };
    case 'api_key':
    case 'worker':
      return { tenant_id, role };
  }
}
