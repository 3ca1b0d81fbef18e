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

/** Everyone who logs in: the services, whoever runs migrations, the work queue, the backup. */
export const logins = [...services, 'migrator', 'queue', 'backup'] as const;
export type LoginName = (typeof logins)[number];

/** The role someone logs in as. Only the backup's inherits anything: without a prologue the others may do nothing. */
export function loginRole(login: LoginName): string {
  return login === 'backup' ? 'backup' : `techze_${login}`;
}

export const loginRoles: readonly string[] = logins.map(loginRole);

/** Roles nobody logs in as. `anon` and `authenticated` may be Supabase's, which keep their attributes. */
export const groupRoles: readonly string[] = [
  'techze_owner',
  'techze_login',
  'anon',
  'authenticated',
  'svc_worker',
  ...Object.values(serviceRoles),
];
