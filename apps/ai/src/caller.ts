import assert from 'node:assert/strict';
import { currentContext } from '@techze/observability';

/** The tenant of the verified principal at work; the transport lets no command through without one. */
export function tenantOfCaller(): string {
  const tenantId = currentContext()?.principal?.tenant_id;
  assert(tenantId, 'a command without a principal');
  return tenantId;
}
