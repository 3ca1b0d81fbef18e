import { services, type ServiceName } from '@techze/contracts';
import type { ServiceRole } from '../database.js';

/** Holds a service's grants; its process acts as it inside each transaction. */
export const serviceRoles: Readonly<Record<ServiceName, ServiceRole>> = {
  gateway: 'svc_identity',
  diagnostics: 'svc_diagnostics',
  ai: 'svc_ai',
  automation: 'svc_automation',
  analytics: 'svc_analytics',
};

/** The role a service's process logs in as. It inherits nothing: without a prologue it may do nothing. */
export function loginRole(service: ServiceName): string {
  return `techze_${service}`;
}

export const loginRoles: readonly string[] = services.map(loginRole);

/** Roles nobody logs in as. `anon` and `authenticated` may be Supabase's, which keep their attributes. */
export const groupRoles: readonly string[] = [
  'techze_owner',
  'techze_login',
  'anon',
  'authenticated',
  'svc_worker',
  ...Object.values(serviceRoles),
];
