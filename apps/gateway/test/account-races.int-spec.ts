import { AuditRecorder } from '@techze/audit';
import { loadConfig } from '@techze/config';
import { newId, newUuid, Problem, type Principal } from '@techze/contracts';
import { databaseConfig, openDatabase, type Database, type DatabaseConfig } from '@techze/database';
import { Mailer } from '@techze/mail';
import { continueTrace, Logger, runInContext } from '@techze/observability';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { AccountsRepository } from '../src/accounts/accounts.repository.js';
import { Invitations } from '../src/accounts/invitations.js';
import { OneTimeSecrets } from '../src/accounts/one-time-secrets.js';
import { OneTimeTokensRepository } from '../src/accounts/one-time-tokens.repository.js';
import { PasswordChange } from '../src/accounts/password-change.service.js';
import { PasswordResetRequestsRepository } from '../src/accounts/password-reset-requests.repository.js';
import { PasswordResets } from '../src/accounts/password-resets.service.js';
import { TokenRedemption } from '../src/accounts/token-redemption.service.js';
import { IdentityService } from '../src/auth/identity.service.js';
import { hashOfSecret } from '../src/auth/opaque-credentials.js';
import { RefreshToken } from '../src/auth/refresh-token.entity.js';
import { SessionTokens } from '../src/auth/session-tokens.js';
import { Session } from '../src/auth/session.entity.js';
import { SessionsRepository } from '../src/auth/sessions.repository.js';
import { User } from '../src/auth/user.entity.js';

const keys = { refreshKey: Buffer.alloc(32, 7) };
const secrets = new OneTimeSecrets(keys);
const logger = Logger.to({ write: () => undefined });
const audit = new AuditRecorder({
  seal: async (_m: unknown, _t: string, _i: string, details: object) => details,
} as never);
const registry = { forget: () => undefined } as never;
const open = { admit: async () => undefined } as never;
const mailer = new Mailer({
  outgoing: { url: 'smtp://127.0.0.1:9', from: 'techze@x.example', appUrl: 'https://x.example/' },
});

let fresh: TestDatabase;
let database: Database;
let superuser: Client;
let tokens: OneTimeTokensRepository;
let sessions: SessionsRepository;

beforeAll(async () => {
  fresh = await testDatabase();
  const settings = loadConfig([databaseConfig], fresh.environment('gateway')).get(
    databaseConfig.token,
  ) as DatabaseConfig;
  database = await openDatabase(settings, { role: 'svc_identity', entities: [Session, RefreshToken, User], logger });
  superuser = new Client({ connectionString: fresh.adminUrl() });
  await superuser.connect();
  tokens = new OneTimeTokensRepository(database);
  sessions = new SessionsRepository(database);
});
afterAll(async () => {
  await database.close();
  await superuser.end();
  await fresh.drop();
});

const row = async (sql: string, values: unknown[] = []) => (await superuser.query(sql, values)).rows[0];
const context = { requestId: 'r', trace: continueTrace(undefined), deadline: Date.now() + 60_000 };
const ascending = (count: number) => Array.from({ length: count }, (_each, nth) => nth);

/** A person with two sessions. */
async function person(passwordHash: string | null = 'old hash') {
  const [tenant_id, sub, sid, other] = [newId('tnt'), newUuid(), newId('ses'), newId('ses')];
  const email = `ana@${sub}.example`;
  await superuser.query('insert into tenants (id, name) values ($1, $2)', [tenant_id, 'Oficina Norte']);
  await superuser.query(
    `insert into users (id, tenant_id, email, name, role, password_hash) values ($1, $2, $3, 'Ana', 'viewer', $4)`,
    [sub, tenant_id, email, passwordHash],
  );
  await superuser.query(
    `insert into sessions (tenant_id, id, user_id, created_at, last_used_at, idle_expires_at, expires_at)
     select $1, s, $2, now(), now(), now() + interval '7 days', now() + interval '30 days' from unnest($3::text[]) s`,
    [tenant_id, sub, [sid, other]],
  );
  const caller: Extract<Principal, { kind: 'user' }> = { kind: 'user', tenant_id, sub, sid, role: 'viewer' };
  return { caller, tenant_id, id: sub, sid, other, email };
}

/** @param code of the problem that it ends with */
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Problem) => error.code,
  );

describe('a change of one’s password', () => {
  /** @param meanwhile happens while the new password is hashed: the old one has been found right */
  const change = ({ caller }: Awaited<ReturnType<typeof person>>, meanwhile: () => Promise<unknown>) => {
    const passwords = {
      matches: async () => true,
      hash: async () => {
        await meanwhile();
        return 'new hash';
      },
    };
    const accounts = new AccountsRepository();
    const service = new PasswordChange(database, accounts, tokens, sessions, registry, passwords as never, open, audit);
    const body = { current_password: 'what it was until now', new_password: 'slate otter 41 brass lantern' };
    return runInContext({ ...context, principal: caller }, () => service.change(caller, body));
  };
  const stateOf = ({ id, sid, other }: Awaited<ReturnType<typeof person>>) =>
    row(
      `select password_hash as hash, (select count(*)::int from sessions where id = any ($2) and revoked_at is null) as standing
       from users where id = $1`,
      [id, [sid, other]],
    );

  it('sets it and ends the other session, when nothing happens meanwhile', async () => {
    const ana = await person();
    await change(ana, async () => undefined);
    expect(await stateOf(ana)).toEqual({ hash: 'new hash', standing: 1 });
  });

  it.each([
    ['a reset', `update users set password_hash = 'of the reset' where id = $1`, 'of the reset'],
    ['an admin who disables the account', 'update users set disabled_at = now() where id = $1', 'old hash'],
    ['the end of all its sessions', 'update sessions set revoked_at = now() where user_id = $1', 'old hash'],
  ])('does not undo %s that came between', async (_what, sql, hash) => {
    const ana = await person();
    expect(await codeOf(change(ana, () => superuser.query(sql, [ana.id])))).toBe('invalid-token');
    expect((await stateOf(ana)).hash).toBe(hash);
  });

  it('is 401 in the session that ended meanwhile, and leaves the others alone', async () => {
    const ana = await person();
    const end = () => superuser.query('update sessions set revoked_at = now() where id = $1', [ana.sid]);
    expect(await codeOf(change(ana, end))).toBe('invalid-token');
    expect(await stateOf(ana)).toEqual({ hash: 'old hash', standing: 1 });
  });

  it('of two at once from two sessions happens once, and nobody waits crosswise', async () => {
    const ana = await person();
    const elsewhere = { ...ana, caller: { ...ana.caller, sid: ana.other } };
    let arrived = 0;
    const both = async () => {
      arrived += 1;
      await waitFor(() => Promise.resolve(arrived === 2));
    };
    const codes = await Promise.all([codeOf(change(ana, both)), codeOf(change(elsewhere, both))]);
    expect(codes.sort()).toEqual(['invalid-token', undefined]);
    expect(await stateOf(ana)).toEqual({ hash: 'new hash', standing: 1 });
  });
});

describe('an invitation that is accepted', () => {
  it('logs in with the password that was just set: no throttle, no second hashing can come between', async () => {
    const ana = await person(null);
    const made = { tenant_id: ana.tenant_id, id: newId('ott'), user_id: ana.id, purpose: 'invitation' } as const;
    const token = secrets.tokenOf('invitation', made.id);
    await sessions.asTenant(ana.tenant_id, (manager) =>
      tokens.make(manager, { ...made, token_hash: hashOfSecret(token), lifetime_hours: 1, mailed: false }),
    );
    const passwords = {
      hash: async () => 'new hash',
      matches: () => Promise.reject(new Problem('overloaded')),
    } as never;
    const full = { admit: () => Promise.reject(new Problem('rate-limited')) } as never;
    const access = new SessionTokens({ issue: async () => 'access', lifetimeSeconds: 900 } as never, keys);
    const writes = { note: async () => undefined } as never;
    const identity = new IdentityService(sessions, registry, access, audit, passwords, full, writes);
    const accounts = new AccountsRepository();
    const redemption = new TokenRedemption(tokens, accounts, sessions, registry, passwords, identity, audit);
    const request = { token, password: 'slate otter 41 brass lantern', name: 'Ana Souza' };
    const answer = await runInContext(context, () => redemption.accept(request));
    expect(answer).toMatchObject({
      access_token: 'access',
      user: { id: ana.id, email: ana.email, name: 'Ana Souza', role: 'viewer', tenant_id: ana.tenant_id },
    });
    const stored = await row(
      `select s.user_id, s.revoked_at from refresh_tokens t join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
       where t.token_hash = $1`,
      [access.hash(answer.refresh_token)],
    );
    expect(stored).toEqual({ user_id: ana.id, revoked_at: null });
    const { events } = await row(
      'select array_agg(event_type order by event_type) as events from audit_events where resource_id = $1',
      [ana.id],
    );
    expect(events).toEqual(['LOGIN_SUCCEEDED', 'USER_INVITATION_ACCEPTED']);
    expect(await codeOf(runInContext(context, () => redemption.accept(request)))).toBe('invalid-one-time-token');
  });
});

describe('nobody’s inbox is flooded', () => {
  const madeFor = async (id: string, purpose: string): Promise<number> =>
    (await row('select count(*)::int as made from one_time_tokens where user_id = $1 and purpose = $2', [id, purpose]))
      .made;

  it('five invitations an hour, of eight at once, too; then 429 until the first is an hour old', async () => {
    const ana = await person(null);
    const invitations = new Invitations(tokens, secrets, mailer, audit);
    const invite = () =>
      runInContext({ ...context, principal: { ...ana.caller, role: 'admin' } }, () =>
        sessions.asTenant(ana.tenant_id, (manager) => invitations.inviteAgain(manager, ana)),
      );
    const codes = await Promise.all(ascending(8).map(() => codeOf(invite())));
    expect(codes.filter((code) => code === undefined)).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(3);
    expect(await madeFor(ana.id, 'invitation')).toBe(5);
    const retryAfterSeconds = await invite().then(
      () => 0,
      (error: Problem) => error.retryAfterSeconds,
    );
    expect(retryAfterSeconds).toBeGreaterThan(3_500);
    expect(retryAfterSeconds).toBeLessThanOrEqual(3_600);
    await superuser.query(`update one_time_tokens set created_at = created_at - interval '1 hour' where user_id = $1`, [
      ana.id,
    ]);
    expect(await codeOf(invite())).toBeUndefined();
  });

  const resetsWith = (accounts: SessionsRepository) =>
    new PasswordResets(
      new PasswordResetRequestsRepository(database),
      tokens,
      secrets,
      accounts,
      open,
      { wake: () => undefined } as never,
      mailer,
      audit,
      logger,
    );

  it('five resets an hour, of eight at once, too', async () => {
    const ana = await person();
    const resets = resetsWith(sessions);
    await Promise.all(ascending(8).map(() => resets.request(ana.email)));
    await resets.beforeApplicationShutdown();
    expect(await madeFor(ana.id, 'password_reset')).toBe(5);
    expect((await row('select count(*)::int as left from password_reset_requests')).left).toBe(0);
  });

  it('a reset that always fails holds up no younger one, and is given up after an hour', async () => {
    const [ana, bob] = [await person(), await person()];
    class Failing extends SessionsRepository {
      override findLogin(email: string) {
        return email === ana.email ? Promise.reject(new Error('always')) : super.findLogin(email);
      }
    }
    await superuser.query(
      `insert into password_reset_requests (tenant_id, id, email, created_at)
       values ('tnt_system', $1, $2, now() - interval '59 minutes'), ('tnt_system', $3, $4, now() - interval '20 seconds')`,
      [newId('ott'), ana.email, newId('ott'), bob.email],
    );
    const left = async () =>
      (await superuser.query('select email from password_reset_requests')).rows.map(({ email }) => email);
    const first = resetsWith(new Failing(database));
    first.onModuleInit();
    await waitFor(async () => (await left()).join() === ana.email);
    await first.beforeApplicationShutdown();
    expect(await madeFor(bob.id, 'password_reset')).toBe(1);
    await superuser.query(`update password_reset_requests set created_at = created_at - interval '1 minute'`);
    const second = resetsWith(new Failing(database));
    second.onModuleInit();
    await waitFor(async () => (await left()).length === 0);
    await second.beforeApplicationShutdown();
    expect(await madeFor(ana.id, 'password_reset')).toBe(0);
  });
});
