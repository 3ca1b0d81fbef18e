import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AuditRecorder } from '@techze/audit';
import { loadConfig } from '@techze/config';
import { newId } from '@techze/contracts';
import { databaseConfig, openDatabase, type Database, type DatabaseConfig } from '@techze/database';
import { Mailer } from '@techze/mail';
import { Logger } from '@techze/observability';
import { freePort, testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { SMTPServer } from 'smtp-server';
import { AccountMails } from '../src/accounts/account-mails.js';
import { DueMailsRepository } from '../src/accounts/due-mails.repository.js';
import { OneTimeSecrets } from '../src/accounts/one-time-secrets.js';
import { OneTimeTokensRepository } from '../src/accounts/one-time-tokens.repository.js';
import { PasswordResetRequestsRepository } from '../src/accounts/password-reset-requests.repository.js';
import { PasswordResets } from '../src/accounts/password-resets.service.js';
import { hashOfSecret } from '../src/auth/opaque-credentials.js';
import { SessionsRepository } from '../src/auth/sessions.repository.js';

const secrets = new OneTimeSecrets({ refreshKey: Buffer.alloc(32, 7) });
const logger = Logger.to({ write: () => undefined });

let fresh: TestDatabase;
let database: Database;
let superuser: Client;
let port: number;
const gateways: (AccountMails | PasswordResets)[] = [];

beforeAll(async () => {
  fresh = await testDatabase();
  const config = loadConfig([databaseConfig], { ...fresh.environment('gateway') });
  const settings = config.get(databaseConfig.token) as DatabaseConfig;
  database = await openDatabase(settings, { role: 'svc_identity', entities: [], logger });
  superuser = new Client({ connectionString: fresh.adminUrl() });
  await superuser.connect();
  port = await freePort();
});
afterAll(async () => {
  await database.close();
  await superuser.end();
  await fresh.drop();
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.beforeApplicationShutdown()));
  await superuser.query('update one_time_tokens set mail_due_at = null');
});

const row = async (sql: string, values: unknown[] = []) => (await superuser.query(sql, values)).rows[0];

/** Somebody who is invited, and whose mail is due. */
async function invited(): Promise<{ tenant: string; user: string; token: string; email: string }> {
  const [tenant, token] = [newId('tnt'), newId('ott')];
  const email = `ana@${token.slice(4)}.example`;
  await superuser.query('insert into tenants (id, name) values ($1, $2)', [tenant, 'Oficina Norte']);
  const { id: user } = await row(
    `insert into users (id, tenant_id, email, name, role) values (gen_random_uuid(), $1, $2, 'Ana', 'viewer')
     returning id`,
    [tenant, email],
  );
  await superuser.query(
    `insert into one_time_tokens (tenant_id, id, user_id, purpose, token_hash, expires_at, mail_due_at)
     values ($1, $2, $3, 'invitation', $4, now() + interval '7 days', now())`,
    [tenant, token, user, hashOfSecret(secrets.tokenOf('invitation', token))],
  );
  return { tenant, user, token, email };
}

async function several(count: number) {
  const people = [];
  while (people.length < count) people.push(await invited());
  return people;
}

/** One after the other: it is one connection. */
const allSent = (people: readonly { token: string }[]) =>
  waitFor(async () => {
    for (const { token } of people) if (!(await stateOf(token)).sent) return false;
    return true;
  });

const stateOf = (token: string): Promise<{ attempts: number; waits: boolean; sent: boolean }> =>
  row(
    `select mail_attempts as attempts, mail_due_at > now() as waits, mail_sent_at is not null and mail_due_at is null as sent
     from one_time_tokens where id = $1`,
    [token],
  );
const timePasses = () =>
  superuser.query('update one_time_tokens set mail_due_at = now() where mail_due_at is not null');

function startGateway(): AccountMails {
  const url = `smtp://127.0.0.1:${port}`;
  const mailer = new Mailer({ outgoing: { url, from: 'techze@x.example', appUrl: 'https://app.x.example/' } });
  const gateway = new AccountMails(new DueMailsRepository(database), secrets, mailer, logger);
  gateway.onModuleInit();
  gateways.push(gateway);
  return gateway;
}

/** A real SMTP server on the port that all know. @param hangs on mails to these readers */
async function smtpServer(hangs: (reader: string) => boolean = () => false) {
  const taken: { reader: string; source: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    logger: false,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, done) => void (hangs(address) || done()),
    onData: (stream, session, done) => {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString()));
      stream.on('end', () => {
        taken.push({ reader: session.envelope.rcptTo[0]?.address ?? '', source });
        done();
      });
    },
  });
  server.on('error', () => undefined); // clients that hang up are what some tests are about
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  port = (server.server.address() as AddressInfo).port;
  return { taken, stop: () => new Promise<void>((resolve) => server.close(resolve)) };
}

describe('a mail that is due', () => {
  it('waits while the server is down, with more patience each time, and arrives when it is back', async () => {
    const { token, email } = await invited();
    const gateway = startGateway();
    await waitFor(async () => {
      const { attempts, waits } = await stateOf(token);
      return attempts === 1 && waits;
    });
    await timePasses();
    gateway.wake();
    await waitFor(async () => {
      const { attempts, waits } = await stateOf(token);
      return attempts === 2 && waits;
    });
    const server = await smtpServer();
    await timePasses();
    gateway.wake();
    await waitFor(async () => (await stateOf(token)).sent);
    await server.stop();
    expect(server.taken).toMatchObject([{ reader: email }]);
    expect(server.taken[0]?.source).toContain(`Message-ID: <${token}@x.example>`);
    expect(server.taken[0]?.source.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain(
      `https://app.x.example/accept-invitation#token=${secrets.tokenOf('invitation', token)}`,
    );
  });

  it('whose gateway died while it sent it is sent by another one, with the same Message-ID', async () => {
    const { tenant, token } = await invited();
    const mails = new DueMailsRepository(database);
    expect(await mails.claim({ tenant_id: tenant, id: token })).toMatchObject({ id: token });
    expect(await mails.claim({ tenant_id: tenant, id: token })).toBeUndefined();
    const { seconds } = await row(
      'select extract(epoch from mail_due_at - now())::float8 as seconds from one_time_tokens where id = $1',
      [token],
    );
    expect(seconds).toBeGreaterThan(30); // longer than one sending may take
    expect(seconds).toBeLessThanOrEqual(60);
    const server = await smtpServer();
    await timePasses();
    startGateway();
    await waitFor(async () => (await stateOf(token)).sent);
    await server.stop();
    expect(server.taken[0]?.source).toContain(`Message-ID: <${token}@x.example>`);
  });

  it('is sent once, by however many gateways', async () => {
    const people = await several(20);
    const server = await smtpServer();
    for (let nth = 0; nth < 3; nth += 1) startGateway();
    await allSent(people);
    await server.stop();
    expect(server.taken.map(({ reader }) => reader).sort()).toEqual(people.map(({ email }) => email).sort());
  });

  it('to a server that hangs holds up no other mail, and no process that stops', async () => {
    const [stuck, ...others] = await several(4);
    const server = await smtpServer((reader) => reader === stuck!.email);
    const gateway = startGateway();
    await allSent(others);
    const since = performance.now();
    await gateway.beforeApplicationShutdown();
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await stateOf(stuck!.token)).toMatchObject({ sent: false, waits: true });
    await server.stop();
  });

  it.each([
    ['was used or replaced', 'update one_time_tokens set ended_at = now() where id = $1'],
    ['expired', 'update one_time_tokens set expires_at = now() where id = $1'],
    [
      'is somebody’s who is disabled',
      'update users set disabled_at = now() where id = (select user_id from one_time_tokens where id = $1)',
    ],
    [
      'is of a suspended tenant',
      'update tenants set suspended_at = now() where id = (select tenant_id from one_time_tokens where id = $1)',
    ],
  ])('is not sent when its token %s, and is due no more', async (_case, sql) => {
    const { token } = await invited();
    await superuser.query(sql, [token]);
    const server = await smtpServer();
    startGateway();
    await waitFor(
      async () => (await row('select mail_due_at is null as gone from one_time_tokens where id = $1', [token])).gone,
    );
    await server.stop();
    expect(server.taken).toEqual([]);
  });
});

describe('a password reset whose gateway died behind the answer', () => {
  it('is done by another, and by two at once only once', async () => {
    const { email, user } = await invited();
    await superuser.query(`update users set password_hash = 'x' where id = $1`, [user]);
    const id = newId('ott');
    await superuser.query(
      `insert into password_reset_requests (tenant_id, id, email, created_at)
       values ('tnt_system', $1, $2, now() - interval '20 seconds'),
              ('tnt_system', $1 || '0', 'nobody@x.example', now() - interval '20 seconds')`,
      [id, email],
    );
    const url = `smtp://127.0.0.1:${port}`;
    const mailer = new Mailer({ outgoing: { url, from: 'techze@x.example', appUrl: 'https://app.x.example/' } });
    const personal = { seal: async (_manager: unknown, _tenant: string, _id: string, details: object) => details };
    for (let nth = 0; nth < 2; nth += 1) {
      const resets = new PasswordResets(
        new PasswordResetRequestsRepository(database),
        new OneTimeTokensRepository(database),
        secrets,
        new SessionsRepository(database),
        { admit: async () => undefined } as never,
        new AccountMails(new DueMailsRepository(database), secrets, mailer, logger),
        mailer,
        new AuditRecorder(personal as never),
        logger,
      );
      resets.onModuleInit();
      gateways.push(resets);
    }
    await waitFor(async () => (await row('select count(*)::int as left from password_reset_requests')).left === 0);
    expect(
      (await superuser.query('select id, purpose from one_time_tokens where user_id = $1 order by purpose', [user]))
        .rows,
    ).toEqual([
      { id: expect.any(String), purpose: 'invitation' },
      { id, purpose: 'password_reset' },
    ]);
  });
});
