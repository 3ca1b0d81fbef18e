import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { services, SYSTEM_TENANT_ID } from '@techze/contracts';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment, machine } from './support/enrollment.js';
import { rows } from './support/rows.js';

const CLI = 'dist/apps/gateway/src/cli/techze-admin.js';
const PASSWORD = 'lanterna verde sobre o telhado 7';

/** Two gateways, to see on one what was done on the other, with and without Redis. */
describe('who may come in', () => {
  let suite: Suite;
  let gateways: Api[];
  let here: Api;

  beforeAll(async () => {
    suite = await startSuite({ scale: { ...NO_BYSTANDERS, gateway: 2 } });
    gateways = (suite.stack.demo.services.gateway ?? []).map(
      ({ port }) => new Api({ ...suite.stack.demo, base_url: `http://127.0.0.1:${port}` }),
    );
    here = gateways[0]!;
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  const everywhere = (path: string, call: Parameters<Api['call']>[1]): Promise<Answer[]> =>
    Promise.all(gateways.map((gateway) => gateway.call(path, call)));
  const log = async (email: string, password = PASSWORD) =>
    (await here.call('/api/v1/auth/login', { json: { email, password } })).body;

  /** How long after now a request began that was let in still, by any gateway; milliseconds. */
  const untilRefused = async (token: string, path: string): Promise<number> => {
    const since = performance.now();
    let letInAt = since;
    await waitFor(
      async () => {
        const begun = performance.now();
        const refused = (await everywhere(path, { token })).every(({ status }) => status === 401);
        if (!refused) letInAt = begun;
        return refused;
      },
      { timeoutMs: 10_000 },
    );
    return letInAt - since;
  };
  /** What is answered without any other service: 200 or 403 to whoever is in, 401 to whoever is not. */
  const ME = '/api/v1/auth/me';
  const inside = async (token: string): Promise<boolean[]> => {
    const answers = await everywhere(ME, { token });
    for (const { status } of answers) expect([200, 401, 403]).toContain(status);
    return answers.map(({ status }) => status !== 401);
  };
  const withoutRedis = async (work: () => Promise<void>) => {
    const { redis } = suite.stack;
    if (!redis) throw new Error('the suite has a Redis of its own');
    await redis.kill();
    try {
      await work();
    } finally {
      await redis.start();
      await waitFor(async () => (await fetch(`${here.suite.base_url}/ready`)).status === 200, { timeoutMs: 20_000 });
    }
  };

  interface Run {
    readonly status: number;
    readonly out: string;
    readonly err: string;
  }
  const admin = (...words: string[]): Promise<Run> =>
    new Promise((resolve) => {
      const { environment } = suite.stack.instances('gateway')[0]!.definition;
      execFile(process.execPath, [CLI, ...words], { env: environment }, (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });
  const accept = (token: string) =>
    here.call('/api/v1/auth/invitations/accept', { json: { token, password: PASSWORD } });

  let operator: string;

  it('the first day: from nobody at all to an operator and the admin of a tenant, who log in', async () => {
    await rows(`update users set disabled_at = now() where role = 'operator'`, [], suite.stack.demo);
    const email = `op-${randomUUID()}@techze.example`;
    const lost = await admin('--json', 'bootstrap', '--email', email, '--name', 'Olga');
    expect(lost).toMatchObject({ status: 0, err: '' });
    // The token was lost before it was used: whoever asks again gets another, and the first is worth nothing.
    const again = await admin('--json', 'bootstrap', '--email', email.toUpperCase(), '--name', 'Olga');
    const [first, second] = [lost, again].map(({ out }) => JSON.parse(out));
    expect(second.operator).toEqual(first.operator);
    expect((await accept(first.invitation.token)).status).toBe(401);
    expect((await accept(second.invitation.token)).status).toBeLessThan(300);
    expect((await accept(second.invitation.token)).status).toBe(401);
    const session = await log(email);
    expect(session.user).toMatchObject({ role: 'operator', tenant_id: SYSTEM_TENANT_ID });
    operator = session.access_token;
    const refused = await admin('bootstrap', '--email', 'other@techze.example', '--name', 'Eve');
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('--force') });
    expect(
      await rows(
        `select actor_type, user_id from audit_events where event_type = 'USER_CREATED' and resource_id = $1`,
        [first.operator.id],
        suite.stack.demo,
      ),
    ).toEqual([{ actor_type: 'worker', user_id: 'techze-admin' }]);

    const admins = [`ana@${randomUUID()}.example`, `bia@${randomUUID()}.example`] as const;
    const made = await admin(
      '--json',
      'tenants',
      'create',
      'Oficina',
      '--admin-email',
      admins[0],
      '--admin-name',
      'Ana',
    );
    const tenant = JSON.parse(made.out);
    expect((await accept(tenant.invitation.token)).status).toBeLessThan(300);
    expect((await log(admins[0])).user).toMatchObject({ role: 'admin', tenant_id: tenant.id });
    expect((await admin('tenants', 'list')).out).toContain(`${tenant.id}\tactive\tOficina`);
    const nobody = await admin('tenants', 'suspend', SYSTEM_TENANT_ID);
    expect(nobody).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/^techze-admin: The tenant/) });

    // And over the API, where the invitation comes by mail.
    const json = { name: 'Escola', admin: { email: admins[1], name: 'Bia' } };
    const invited = await here.call('/api/v1/tenants', { token: operator, json });
    expect([invited.status, invited.body.invitation.sent_to]).toEqual([201, admins[1]]);
    expect((await accept(await mailedToken(admins[1]))).status).toBeLessThan(300);
    expect((await log(admins[1])).user.tenant_id).toBe(invited.body.id);
  }, 180_000);

  const mailedToken = async (to: string): Promise<string> => {
    const folder = suite.stack.demo.mail_dir ?? '';
    let token: string | undefined;
    await waitFor(
      async () => {
        for (const name of await readdir(folder).catch(() => [])) {
          const mail = (await readFile(join(folder, name), 'utf8')).replaceAll('=\r\n', '').replaceAll('=3D', '=');
          if (mail.includes(to)) token = /tzo_[A-Za-z0-9_-]{43}/.exec(mail)?.[0];
        }
        return token !== undefined;
      },
      { timeoutMs: 15_000 },
    );
    return token ?? '';
  };

  it.each([true, false])(
    'a suspended tenant: nobody of it within a second on any gateway, with Redis (%s), and all again when it is resumed',
    async (withRedis) => {
      const enrollment = await Enrollment.of(here);
      const [device, waiting] = await Promise.all([enrollment.enroll(), enrollment.token()]);
      const session = await here.logIn('admin');
      const person = session.access_token;
      const key = await here.call('/api/v1/api-keys', {
        token: person,
        json: { name: 'Machine', role: 'technician', scopes: ['diagnostics:write'] },
      });
      const tokens = [person, device.credential, key.body.key];
      const stranger = await here.tokenOf('admin', 1);
      for (const token of tokens) expect(await inside(token)).toEqual([true, true]);
      const tenant = `/api/v1/tenants/${session.user.tenant_id}`;
      const act = (what: string) => here.call(`${tenant}/${what}`, { method: 'POST', token: operator });
      const suspension = async () => {
        expect((await act('suspend')).status).toBe(200);
        try {
          const took = await Promise.all(tokens.map((token) => untilRefused(token, ME)));
          expect(Math.max(...took)).toBeLessThan(1_000);
          const { email, password } = here.user('admin');
          for (const gateway of gateways) {
            expect((await gateway.call('/api/v1/auth/login', { json: { email, password } })).status).toBe(401);
            const json = { refresh_token: session.refresh_token };
            expect((await gateway.call('/api/v1/auth/refresh', { json })).status).toBe(401);
            expect(
              (await gateway.call('/api/v1/devices/enroll', { json: { token: waiting.token, device: machine() } }))
                .status,
            ).toBe(401);
          }
          expect(await inside(stranger)).toEqual([true, true]);
        } finally {
          expect((await act('resume')).status).toBe(200);
        }
        for (const token of tokens) expect(await inside(token)).toEqual([true, true]);
      };
      await (withRedis ? suspension() : withoutRedis(suspension));
      // With Redis the services come back, each for itself.
      const [late, agentId] = [machine(), randomUUID()];
      await waitFor(async () => (await enrollment.ask(waiting.token, late, agentId)).status === 201, {
        timeoutMs: 15_000,
      });
      expect(
        (await here.call('/api/v1/diagnostics', { token: device.credential, json: diagnosticBody() })).status,
      ).toBe(201);
    },
    60_000,
  );

  it('a key, a device: revoked on one gateway, nobody’s on the other within a second, without Redis too', async () => {
    const enrollment = await Enrollment.of(here);
    const person = await here.tokenOf('admin');
    const makeKey = async () =>
      (
        await here.call('/api/v1/api-keys', {
          token: person,
          json: { name: 'Machine', role: 'viewer', scopes: ['devices:read'] },
        })
      ).body;
    const [one, two, three] = [await makeKey(), await makeKey(), await makeKey()];
    const [first, second] = [await enrollment.enroll(), await enrollment.enroll()];
    for (const { key } of [one, two, three]) expect(await inside(key)).toEqual([true, true]);
    const revoke = (id: string) => here.call(`/api/v1/api-keys/${id}`, { method: 'DELETE', token: person });
    const took: number[] = [];
    expect(await inside(first.credential)).toEqual([true, true]);
    const ended = await here.call(`/api/v1/devices/${first.device_id}/revoke`, { method: 'POST', token: person });
    expect(ended.status).toBe(204);
    took.push(await untilRefused(first.credential, ME));
    expect((await revoke(one.id)).status).toBe(204);
    took.push(await untilRefused(one.key, ME));
    await withoutRedis(async () => {
      expect(await inside(two.key)).toEqual([true, true]);
      expect((await revoke(two.id)).status).toBe(204);
      took.push(await untilRefused(two.key, ME));
      // Devices are another service's, which is not reached without Redis: it is the database that decides.
      expect(await inside(second.credential)).toEqual([true, true]);
      await rows(
        'update device_credentials set revoked_at = now() where id = $1',
        [second.credential_id],
        suite.stack.demo,
      );
      took.push(await untilRefused(second.credential, ME));
      expect(await inside(three.key)).toEqual([true, true]);
    });
    expect(Math.max(...took)).toBeLessThan(1_000);
  }, 60_000);

  it('an operator that the command line disables', async () => {
    expect(await inside(operator)).toEqual([true, true]);
    const { email } = (await here.call(ME, { token: operator })).body;
    expect((await admin('operators', 'disable', email)).status).toBe(0);
    expect(await untilRefused(operator, ME)).toBeLessThan(1_000);
  }, 60_000);

  it('what lets somebody in is in no log, no record, no message and no answer that is kept', async () => {
    const enrollment = await Enrollment.of(here);
    const [{ credential }, { token }] = [await enrollment.enroll(), await enrollment.token()];
    const headers = { 'idempotency-key': randomUUID() };
    const { key } = (
      await here.call('/api/v1/api-keys', {
        token: await here.tokenOf('admin'),
        json: { name: 'Machine', role: 'viewer', scopes: ['devices:read'] },
        headers,
      })
    ).body;
    for (const secret of [credential, token, key]) await everywhere(`/api/v1/devices?q=${secret}`, { token: secret });
    for (const table of [
      'audit_events',
      'outbox',
      'idempotency_keys',
      'api_keys',
      'device_credentials',
      'enrollment_tokens',
    ])
      for (const secret of [credential, token, key])
        expect(
          await rows(
            `select 1 from ${table} t where t::text like '%' || $1 || '%'`,
            [secret.slice(4)],
            suite.stack.demo,
          ),
        ).toEqual([]);
    for (const service of services)
      for (const { definition } of suite.stack.instances(service)) {
        const log = await readFile(definition.logFile, 'utf8');
        for (const secret of [credential, token, key]) expect(log.includes(secret.slice(4))).toBe(false);
      }
  });

  it('503 and not 401 or in, where nobody can tell; a key that is known goes on reading without a primary', async () => {
    const person = await here.tokenOf('admin');
    const { body: made } = await here.call('/api/v1/api-keys', {
      token: person,
      json: { name: 'Machine', role: 'viewer', scopes: ['devices:read'] },
    });
    const { postgres } = suite.stack;
    if (!postgres) throw new Error('the suite has a PostgreSQL of its own');
    await postgres.untilReplicated();
    await postgres.primary.kill();
    try {
      const start = performance.now();
      const answers = await everywhere('/api/v1/devices', { token: made.key });
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      // When it was last used cannot be written down now, and nobody waits for that.
      expect(performance.now() - start).toBeLessThan(4_000);
      await postgres.replica.kill();
      await waitFor(async () => (await everywhere(ME, { token: made.key })).every(({ status }) => status === 503), {
        timeoutMs: 15_000,
      });
    } finally {
      await postgres.primary.start();
      await postgres.replica.start();
    }
  }, 90_000);
});
