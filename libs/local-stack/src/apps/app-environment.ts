import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@techze/contracts';
import { loginRole, logins, type LoginName } from '@techze/database';
import { secretIn, type KeyFiles } from '../keys.js';
import type { NodeSettings } from '../servers/servers.js';
import type { DatabasePasswords } from '../stack/prepare-database.js';

/** What every app must know. */
export interface AppSurroundings {
  /** The user's own environment: settings that are not ours pass through. */
  readonly inherited: NodeJS.ProcessEnv;
  readonly nodes: readonly NodeSettings[];
  readonly redisUrl: string;
  readonly keys: KeyFiles;
  readonly secretsFolder: string;
}

/** Meant for us, npm or Jest and not for the apps; those that we set ourselves, in either form (NAME or NAME_FILE). */
const NOT_PASSED_ON = new RegExp(
  `^(${[
    'npm_.*|JEST_.*|TECHZE_.*|PORT|HOST|GATEWAY_PORT|LOG_FILE|LOG_PRETTY',
    '(DATABASE_URL|DATABASE_NODES|DATABASE_USER|DATABASE_PASSWORD|REDIS_URL)(_FILE)?',
    '(AUTH_SIGNING_KEY|AUTH_JWKS|AUTH_REFRESH_KEY|CURSOR_KEY|AUDIT_SIGNING_KEY|AUDIT_PUBLIC_KEY|AUDIT_DATA_KEY|AI_STATE_KEY)(_FILE)?',
  ].join('|')})$`,
);

/** Those that write records, which may hold personal data. */
export function writesAudit(service: ServiceName): boolean {
  return ['gateway', 'diagnostics', 'ai', 'automation'].includes(service);
}

/** The variables of one service. Secrets go by file, so that no environment shows them. */
export function appEnvironment(service: ServiceName, suite: AppSurroundings): NodeJS.ProcessEnv {
  const inherited = Object.entries(suite.inherited).filter(([name]) => !NOT_PASSED_ON.test(name));
  return {
    SHUTDOWN_DRAIN_MS: '0', // no load balancer has to look away first
    SHUTDOWN_GRACE_MS: '8000',
    ...Object.fromEntries(inherited),
    LOG_PRETTY: 'never',
    DATABASE_NODES: JSON.stringify(suite.nodes),
    DATABASE_USER: loginRole(service),
    DATABASE_PASSWORD_FILE: passwordFile(suite.secretsFolder, service),
    REDIS_URL: suite.redisUrl,
    AUTH_SIGNING_KEY_FILE: suite.keys.signingKey(service),
    AUTH_JWKS_FILE: suite.keys.jwks,
    CURSOR_KEY_FILE: suite.keys.cursorKey,
    ...(service === 'gateway' && {
      AUTH_REFRESH_KEY_FILE: suite.keys.refreshKey,
      AUDIT_PUBLIC_KEY_FILE: suite.keys.auditPublicKey,
    }),
    ...(writesAudit(service) && { AUDIT_DATA_KEY_FILE: suite.keys.auditDataKey }),
    ...(service === 'ai' && { AI_STATE_KEY_FILE: suite.keys.aiStateKey }),
    ...(service === 'automation' && { AUDIT_SIGNING_KEY_FILE: suite.keys.auditSigningKey }),
  };
}

/** Database passwords of all log-ins, made on first use. */
export function databasePasswords(secretsFolder: string): DatabasePasswords {
  const entries = logins.map((login) => [login, secretIn(passwordFile(secretsFolder, login), 24)]);
  return Object.fromEntries(entries) as Record<LoginName, string>;
}

function passwordFile(secretsFolder: string, login: LoginName): string {
  return join(secretsFolder, `${login}.database-password`);
}

/** The gateway's mails: into a folder, unless the user said where to. */
export function mailEnvironment(inherited: NodeJS.ProcessEnv, folder: string, gatewayPort: number): NodeJS.ProcessEnv {
  if (sendsMail(inherited)) return {};
  return {
    MAIL_URL: pathToFileURL(folder).href,
    MAIL_FROM: inherited.MAIL_FROM || 'techze@localhost.example',
    APP_URL: inherited.APP_URL || `http://127.0.0.1:${gatewayPort}/`,
  };
}

/** Whether the user said where mails go. */
export function sendsMail({ MAIL_URL, MAIL_URL_FILE }: NodeJS.ProcessEnv): boolean {
  return Boolean(MAIL_URL || MAIL_URL_FILE);
}
