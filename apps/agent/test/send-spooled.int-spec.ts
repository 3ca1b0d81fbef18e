import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CreateDiagnostic, Problem } from '@techze/contracts';
import { sendSpooled, type SendOptions } from '../src/spool/send-spooled.js';
import { Spool } from '../src/spool/spool.js';
import type { Enrollment } from '../src/state/enrollment.js';
import { Access } from '../src/upload/access.js';
import type { ApiOptions } from '../src/upload/api-client.js';
import { DiagnosticsStore } from './diagnostics-store.js';
import { type Answer, cut, FakeService, json, loggedIn, problem } from './fake-service.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const POST = 'POST /api/v1/diagnostics';
const GET = 'GET /api/v1/diagnostics';
const AGENT = '6b8a3a52-54b3-4b1e-8a5e-0c2c1f7a9d10';
const DEVICE = 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71';
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 12);

const minute = (nth: number) => new Date(Date.UTC(2026, 10, 22, 8, nth)).toISOString();

function diagnostic(nth: number): CreateDiagnostic {
  return {
    device: { hostname: 'balcao-03' },
    type: 'full',
    collected_at: minute(nth),
    schema_version: 1,
    tags: [],
    agent: { id: AGENT, version: '1.0.0' },
    sections: { cpu: { status: 'ok' } },
  };
}

let service: FakeService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(removeScratchFolders);

/** A spool with that many diagnostics of an enrolled machine, before a service with those answers. */
async function setUp(answers: Record<string, Answer[]>, count = 1) {
  service = await FakeService.start(answers);
  const folder = join(scratchFolder(), 'spool');
  const spool = new Spool(folder);
  const enrollment: Enrollment = {
    server: new URL(service.url).href,
    device_id: DEVICE,
    credential: `tzd_${'x'.repeat(43)}`,
    credential_id: 'crd_1',
    enrolled_at: minute(0),
  };
  const api: ApiOptions = {
    clock: { now: () => NOW, pause: () => Promise.resolve(), random: () => 1 },
    onRetry: () => undefined,
    policy: { maxTries: 1, totalMs: 1_000, firstDelayMs: 1, maxDelayMs: 1 },
  };
  const access = Access.ofDevice(enrollment, api);
  const recipient = { server: enrollment.server, sender: DEVICE };
  for (let nth = 1; nth <= count; nth++) spool.add(diagnostic(nth), recipient);
  const lost: string[] = [];
  const send = (options: Partial<SendOptions> = {}) =>
    sendSpooled(spool, {
      accesses: [access],
      agentId: AGENT,
      now: () => NOW,
      onLost: (_, words) => lost.push(words),
      ...options,
    });
  const keys = () => service?.received.map(({ headers }) => headers['idempotency-key']) ?? [];
  return { service, folder, spool, enrollment, api, access, recipient, lost, send, keys };
}

it('sends the oldest first, each with a key of its own, and removes it only then', async () => {
  const store = new DiagnosticsStore();
  const { spool, send, keys } = await setUp({ [POST]: [store.take] }, 4);
  expect(await send()).toMatchObject({ stored: 4, failure: undefined });
  expect(store.kept.map((one) => one.collected_at)).toEqual([1, 2, 3, 4].map(minute));
  expect(new Set(keys()).size).toBe(4);
  expect(spool.list()).toEqual([]);
});

it('stores once what had to be sent twice because the answer was lost', async () => {
  const store = new DiagnosticsStore();
  const { spool, send, keys } = await setUp({ [POST]: [store.takeAndLoseAnswer, store.take] });
  expect(await send()).toMatchObject({ stored: 0, failure: { exitCode: 6 } });
  expect(spool.list()).toHaveLength(1);
  expect(await send()).toMatchObject({ stored: 1 });
  expect(store.kept).toHaveLength(1);
  expect(keys()[0]).toBe(keys()[1]);
  expect(spool.list()).toEqual([]);
});

it('notes that it tries before it tries', async () => {
  const seen: (number | undefined)[] = [];
  const { spool, send } = await setUp({
    [POST]: [
      (_, response) => {
        seen.push(spool.list()[0]?.firstTriedAt?.getTime());
        response.destroy();
      },
    ],
  });
  await send();
  expect(seen).toEqual([NOW]);
});

describe('a try of unknown outcome', () => {
  const lostLongAgo = async (store: DiagnosticsStore, more: Answer[]) => {
    const context = await setUp({ [POST]: [store.takeAndLoseAnswer, ...more], [GET]: [store.list] });
    await context.send({ now: () => NOW - 30 * HOUR });
    store.forgetKeys();
    return context;
  };

  it('that is older than the server’s memory of keys is looked up before it is sent again', async () => {
    const store = new DiagnosticsStore();
    const { spool, send } = await lostLongAgo(store, [store.take]);
    expect(await send()).toMatchObject({ stored: 1, failure: undefined });
    expect(store.kept).toHaveLength(1);
    expect(spool.list()).toEqual([]);
    const [{ path } = { path: '' }] = service?.received.filter(({ method }) => method === 'GET') ?? [];
    const query = new URL(path, 'http://x').searchParams;
    expect(Date.parse(query.get('from') ?? '')).toBeLessThan(NOW - 30 * HOUR);
    expect(Date.parse(query.get('to') ?? '')).toBeGreaterThan(NOW);
  });

  it('is sent again when the server has only those of others and of other times', async () => {
    const store = new DiagnosticsStore();
    const { send } = await setUp({ [POST]: [cut, store.take], [GET]: [store.list] });
    await send({ now: () => NOW - 30 * HOUR });
    store.kept.push(
      { id: 'dgn_1', collected_at: minute(1), agent: { id: 'another' } },
      { id: 'dgn_2', collected_at: minute(2), agent: { id: AGENT } },
    );
    expect(await send()).toMatchObject({ stored: 1 });
    expect(store.kept).toHaveLength(3);
  });

  it('is kept as long as the server cannot say', async () => {
    const { spool, send } = await setUp({ [POST]: [cut], [GET]: [problem(new Problem('forbidden'))] });
    await send({ now: () => NOW - 30 * HOUR });
    expect(await send()).toMatchObject({ stored: 0, failure: { exitCode: 5 } });
    expect(spool.list()).toHaveLength(1);
    expect(service?.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('is found on a later page', async () => {
    const store = new DiagnosticsStore();
    const page = (data: unknown[], next_cursor: string | null) =>
      json(200, { data, page: { next_cursor, has_more: false } });
    const { send } = await setUp({
      [POST]: [cut],
      [GET]: [page([], 'more'), page([{ collected_at: minute(1).replace('.000Z', 'Z'), agent: { id: AGENT } }], null)],
    });
    await send({ now: () => NOW - 30 * HOUR });
    expect(await send()).toMatchObject({ stored: 1 });
    expect(store.kept).toEqual([]);
    expect(service?.received.at(-1)?.path).toContain('cursor=more');
  });
});

it.each(['malformed-json', 'payload-too-large', 'unsupported-media-type', 'validation-failed'] as const)(
  'puts aside what is refused for good (%s), says why, and sends the next',
  async (code) => {
    const store = new DiagnosticsStore();
    const { spool, send, lost } = await setUp({ [POST]: [problem(new Problem(code)), store.take] }, 2);
    expect(await send()).toMatchObject({ stored: 1, rejected: 1, failure: undefined });
    expect(spool.list()).toEqual([]);
    expect(spool.rejected()).toMatchObject([
      { reason: expect.stringContaining(`(${new Problem(code).status} ${code})`) },
    ]);
    expect(lost).toEqual(['was refused for good and put aside']);
  },
);

it.each([
  ['invalid-token', 4],
  ['forbidden', 5],
  ['route-not-found', 5],
] as const)('keeps everything after %s, and does not go on', async (code, exitCode) => {
  const { spool, send, keys } = await setUp({ [POST]: [problem(new Problem(code))] }, 3);
  expect(await send()).toMatchObject({ stored: 0, failure: { exitCode } });
  expect(spool.list()).toHaveLength(3);
  expect(keys()).toHaveLength(1);
});

it('steps over a diagnostic that breaks the server, but keeps it', async () => {
  const store = new DiagnosticsStore();
  const { spool, send } = await setUp({ [POST]: [problem(new Problem('internal')), store.take] }, 3);
  expect(await send()).toMatchObject({ stored: 2, failure: { exitCode: 5 } });
  expect(spool.list().map(({ collectedAt }) => collectedAt.toISOString())).toEqual([minute(1)]);
});

it('gives a broken server a rest', async () => {
  const { spool, send, keys } = await setUp({ [POST]: [problem(new Problem('internal'))] }, 10);
  expect(await send()).toMatchObject({ stored: 0, failure: { exitCode: 5 } });
  expect([keys().length, spool.list().length]).toEqual([4, 10]);
});

it('stops at a server that is too busy, and tells how long it wants to be left alone', async () => {
  const { spool, send, keys } = await setUp(
    { [POST]: [problem(new Problem('overloaded'), { 'retry-after': '1800' })] },
    3,
  );
  expect(await send()).toMatchObject({ stored: 0, retryAfterMs: 1_800_000, failure: { exitCode: 6 } });
  expect([keys().length, spool.list().length]).toEqual([1, 3]);
});

it('puts a damaged file aside, says so, and sends the others', async () => {
  const store = new DiagnosticsStore();
  const { folder, spool, send, lost } = await setUp({ [POST]: [store.take] }, 3);
  const [first = ''] = readdirSync(join(folder, 'pending'));
  const path = join(folder, 'pending', first);
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
  expect(await send()).toMatchObject({ stored: 2, corrupt: 1 });
  expect(lost).toEqual([expect.stringMatching(/^is damaged \(.*\) and was put aside$/)]);
  expect([spool.list().length, spool.corruptCount()]).toEqual([0, 1]);
});

describe('goes only where it was meant to go', () => {
  const account = { email: 'technician@balcao.example', password: 'a long pass phrase' };

  it('not to another tenant on the same server', async () => {
    const store = new DiagnosticsStore();
    const { api, enrollment, spool, send, recipient } = await setUp(
      { [POST]: [store.take], 'POST /api/v1/auth/login': [loggedIn] },
      0,
    );
    spool.add(diagnostic(1), { ...recipient, sender: 'somebody@else.example' });
    spool.add(diagnostic(2), { ...recipient, sender: account.email });
    const accesses = [Access.ofAccount(new URL(enrollment.server), account, api)];
    expect(await send({ accesses })).toMatchObject({ stored: 1, withoutAccess: 1 });
    expect(store.kept.map((one) => one.collected_at)).toEqual([minute(2)]);
    expect(spool.list()).toHaveLength(1);
  });

  it('not to another server', async () => {
    const { api, enrollment, spool, send, keys } = await setUp({}, 0);
    spool.add(diagnostic(1), { server: 'https://techze.example/', sender: account.email });
    const accesses = [Access.ofAccount(new URL(enrollment.server), account, api)];
    expect(await send({ accesses })).toMatchObject({ stored: 0, withoutAccess: 1 });
    expect(keys()).toEqual([]);
  });

  it('also to the new address of the service that knows this device', async () => {
    const { spool, send, recipient } = await setUp({ [POST]: [new DiagnosticsStore().take] }, 0);
    spool.add(diagnostic(1), { ...recipient, server: 'http://old.techze.example/' });
    expect(await send()).toMatchObject({ stored: 1 });
  });

  it('as the same user whatever the access token of the day', async () => {
    const tokenOf = (sub: string, nonce: string) =>
      ['e30', Buffer.from(JSON.stringify({ sub, nonce })).toString('base64url'), 'sig'].join('.');
    const { api, enrollment } = await setUp({}, 0);
    const senderOf = (token: string) => Access.ofAccount(new URL(enrollment.server), { token }, api).sender;
    expect(senderOf(tokenOf('ana', '1'))).toBe(senderOf(tokenOf('ana', '2')));
    expect(senderOf(tokenOf('ana', '1'))).not.toBe(senderOf(tokenOf('rui', '1')));
    expect(senderOf('tzk_one')).not.toBe(senderOf('tzk_two'));
    expect(senderOf('tzk_one')).not.toContain('tzk_one');
  });

  it('and what an earlier enrolment left is put aside: nobody can ever send it', async () => {
    const { spool, send, recipient, lost } = await setUp({}, 0);
    spool.add(diagnostic(1), { ...recipient, sender: 'dev_00000000000000000000000000000000' });
    expect(await send()).toMatchObject({ stored: 0, rejected: 1 });
    expect(lost).toEqual([expect.stringContaining('has been enrolled anew since')]);
    expect(spool.rejected()).toHaveLength(1);
  });
});
