import type { RoleName, RouteSample } from './route-samples.js';
import type { Inhabited } from './things.js';

/** Somebody who asks. */
export interface Asker {
  readonly name: string;
  /** What he shows; undefined shows nothing. */
  readonly token: string | undefined;
  /** Undefined: nobody is to believe it. */
  readonly role: RoleName | undefined;
  /** An API key; a narrow one has a single scope. */
  readonly key?: 'all scopes' | { readonly scope: string };
  /** Another device's agent: what is of `things.device` is not his. */
  readonly isOtherDevice?: true;
  /** The installation's, in a tenant of its own. */
  readonly isElsewhere?: true;
}

/** Everybody who may ask something of a tenant, and those who may not. */
export function askersOf(home: Inhabited, operator: string, narrow: { key: string; scope: string }): Asker[] {
  const { tokens, apiKeys } = home;
  const forged = tokens.admin.replace(/[^.]+$/, (signature) => `${signature.slice(0, -4)}AAAA`);
  const [header, payload] = tokens.admin.split('.');
  const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
  return [
    { name: 'nobody', token: undefined, role: undefined },
    { name: 'garbage', token: 'garbage', role: undefined },
    { name: 'a forged token', token: forged, role: undefined },
    { name: 'an unsigned token', token: unsigned, role: undefined },
    { name: 'a token without a payload', token: `${header}..${tokens.admin.split('.')[2]}`, role: undefined },
    { name: 'a refresh token', token: home.refreshToken, role: undefined },
    { name: 'an enrollment token', token: home.spareEnrollmentToken, role: undefined },
    { name: 'a key that nobody made', token: `tzk_${'A'.repeat(43)}`, role: undefined },
    { name: 'a credential that nobody made', token: `tzd_${'A'.repeat(43)}`, role: undefined },
    { name: 'viewer', token: tokens.viewer, role: 'viewer' },
    { name: 'technician', token: tokens.technician, role: 'technician' },
    { name: 'manager', token: tokens.manager, role: 'manager' },
    { name: 'admin', token: tokens.admin, role: 'admin' },
    { name: 'operator', token: operator, role: 'operator', isElsewhere: true },
    { name: 'agent', token: home.agent, role: 'agent' },
    { name: 'agent of another device', token: home.otherAgent, role: 'agent', isOtherDevice: true },
    { name: 'key of a viewer', token: apiKeys.viewer, role: 'viewer', key: 'all scopes' },
    { name: 'key of a technician', token: apiKeys.technician, role: 'technician', key: 'all scopes' },
    { name: 'key of a manager', token: apiKeys.manager, role: 'manager', key: 'all scopes' },
    { name: `key of a manager for ${narrow.scope}`, token: narrow.key, role: 'manager', key: { scope: narrow.scope } },
  ];
}

/** What the door says to that asker: 401, 403, or nothing yet. */
export function doorOf(asker: Asker, sample: RouteSample, keyScope: string | undefined): 401 | 403 | 'open' {
  if (sample.roles === 'anyone') return 'open';
  if (asker.role === undefined) return 401;
  if (!sample.roles.includes(asker.role)) return 403;
  if (asker.key === undefined) return 'open';
  if (!sample.keys) return 403;
  return asker.key === 'all scopes' || asker.key.scope === keyScope ? 'open' : 403;
}
