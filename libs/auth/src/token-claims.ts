import { Principal, userRoles, type ServiceName } from '@techze/contracts';
import { z } from 'zod';

/** Who the tokens of this suite are for. */
export const AUDIENCE = 'techze';
/** `typ` of a person's access token (RFC 9068) and of a context that a service signs for its own work. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
export const CONTEXT_TOKEN_TYPE = 'ctx+jwt';
export const ACCESS_TOKEN_MAX_SECONDS = 900;
export const CONTEXT_TOKEN_MAX_SECONDS = 60;
/** Clocks of two machines may differ by this much. */
export const CLOCK_TOLERANCE_SECONDS = 30;

export function issuerOf(service: ServiceName): string {
  return `urn:techze:${service}`;
}

/** A token whose claims fit one of these is a principal; every other is refused. */
const AccessClaims = z.object({
  sub: z.uuid(),
  tenant_id: z.string().min(1),
  role: z.enum([...userRoles, 'operator']),
  sid: z.string().min(1),
  jti: z.string().min(1),
});
const ContextClaims = z.object({ actor: Principal, jti: z.string().min(1) });

export function principalOfAccessToken(claims: unknown): Principal {
  const { sub, tenant_id, role, sid } = AccessClaims.parse(claims);
  return { kind: 'user', sub, tenant_id, role, sid };
}

/** The gateway speaks for whom it authenticated; any other service only for itself at work. */
export function principalOfContext(claims: unknown, issuer: ServiceName): Principal {
  const { actor } = ContextClaims.parse(claims);
  if (issuer !== 'gateway' && !(actor.kind === 'worker' && actor.service === issuer)) {
    throw new Error(`${issuer} may not speak for ${actor.kind}`);
  }
  return actor;
}
