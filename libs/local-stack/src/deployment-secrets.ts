import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type ServiceName } from '@techze/contracts';
import { logins } from '@techze/database';
import { writesAudit } from './apps/app-environment.js';
import { makeKeys, secretIn } from './keys.js';

/** The suite's own secrets, from which every consumer is handed its share. */
const OWN = 'suite';

/**
 * Makes the secrets of a deployment: a folder a consumer (five services, `migration`, `postgres`, `redis`), so that
 * nobody is handed what is not its own; each file is named like the variable it is the value of.
 * What lies in `suite/` stays, so an operator puts own values there first (`REDIS_URL`, `DATABASE_ADMIN_URL`).
 * @returns the names of the folders for consumers
 */
export async function makeDeploymentSecrets(folder: string): Promise<string[]> {
  const own = join(folder, OWN);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const keys = await makeKeys(own);
  const password = (of: string) => secretIn(join(own, `${of}.password`), 24);
  const kept = (name: string, fallback: () => string) => readIfThere(join(own, name)) ?? fallback();

  const redisUrl = kept('REDIS_URL', () => `redis://:${password('redis')}@redis:6379`);
  const adminUrl = kept(
    'DATABASE_ADMIN_URL',
    () => `postgres://postgres:${password('postgres')}@postgres-primary:5432/techze`,
  );
  const shareOf = (service: ServiceName): Secrets => ({
    AUTH_SIGNING_KEY: readFileSync(keys.signingKey(service), 'utf8'),
    AUTH_JWKS: readFileSync(keys.jwks, 'utf8'),
    CURSOR_KEY: secretIn(join(own, `${service}.cursor.key`), 32),
    DATABASE_PASSWORD: password(service),
    REDIS_URL: redisUrl,
    ...(service === 'gateway' && {
      AUTH_REFRESH_KEY: readFileSync(keys.refreshKey, 'utf8'),
      AUDIT_PUBLIC_KEY: readFileSync(keys.auditPublicKey, 'utf8'),
    }),
    ...(writesAudit(service) && { AUDIT_DATA_KEY: readFileSync(keys.auditDataKey, 'utf8') }),
    ...(service === 'ai' && { AI_STATE_KEY: readFileSync(keys.aiStateKey, 'utf8') }),
    ...(service === 'automation' && { AUDIT_SIGNING_KEY: readFileSync(keys.auditSigningKey, 'utf8') }),
  });
  const shares: Record<string, Secrets> = {
    ...Object.fromEntries(services.map((service) => [service, shareOf(service)])),
    migration: {
      DATABASE_ADMIN_URL: adminUrl,
      ...Object.fromEntries(logins.map((login) => [`${login.toUpperCase()}_DATABASE_PASSWORD`, password(login)])),
    },
    postgres: { SUPERUSER_PASSWORD: password('postgres'), REPLICATION_PASSWORD: password('replication') },
    redis: { 'redis.conf': `requirepass ${password('redis')}\n` },
  };
  for (const [consumer, secrets] of Object.entries(shares)) handOut(join(folder, consumer), secrets);
  return Object.keys(shares);
}

/** File name to content. */
type Secrets = Readonly<Record<string, string>>;

/** Readable by whichever user a consumer's container runs as: what protects a share is who gets to mount its folder. */
function handOut(folder: string, secrets: Secrets): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(secrets)) {
    const unfinished = join(folder, `.${name}.new`);
    writeFileSync(unfinished, value, { mode: 0o600 });
    chmodSync(unfinished, 0o444);
    renameSync(unfinished, join(folder, name));
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
