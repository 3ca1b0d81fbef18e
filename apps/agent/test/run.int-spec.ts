import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@techze/contracts';
import { Spool } from '../src/spool/spool.js';
import { ProcessLock } from '../src/state/process-lock.js';
import { runAgent, type SessionFacts } from './agent-session.js';
import { DiagnosticsStore } from './diagnostics-store.js';
import { type Answer, cut, FakeService, json, loggedIn, problem } from './fake-service.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';
import { wornDisk } from './stored-diagnostics.js';

const POST = 'POST /api/v1/diagnostics';
const LOGIN = 'POST /api/v1/auth/login';
const account = { TECHZE_EMAIL: 'technician@balcao.example', TECHZE_PASSWORD: 'a long pass phrase' };
const QUICK = ['--type', 'battery'];

let service: FakeService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(removeScratchFolders);

/** A machine that is enrolled, or not, before a service with those answers. */
async function setUp(answers: Record<string, Answer[]>, { enrolled = true } = {}) {
  service = await FakeService.start(answers);
  const { url } = service;
  const state = join(scratchFolder(), 'state');
  mkdirSync(state);
  const enrollment = {
    server: `${url}/`,
    device_id: `dev_${'1'.repeat(32)}`,
    credential: `tzd_${'1'.repeat(43)}`,
    credential_id: 'crd_1',
    enrolled_at: '2026-11-22T08:00:00.000Z',
  };
  if (enrolled) writeFileSync(join(state, 'enrollment.json'), JSON.stringify(enrollment));
  const agent = (args: string[], facts: SessionFacts = {}) => runAgent([...args, '--state-dir', state], facts);
  const posts = () => service?.received.filter(({ path }) => path === '/api/v1/diagnostics') ?? [];
  return { url, state, agent, posts, spool: new Spool(join(state, 'spool')) };
}

describe('run', () => {
  it('uses the credential of the device, and says which agent it is', async () => {
    const store = new DiagnosticsStore();
    const { agent, posts, state } = await setUp({ [POST]: [store.take] });
    const { code, stderr } = await agent(['run', ...QUICK], { env: account });
    expect([code, stderr]).toEqual([0, '']);
    const { agent_id: id } = JSON.parse(readFileSync(join(state, 'agent.json'), 'utf8')) as { agent_id: string };
    expect(posts()).toMatchObject([
      { headers: { authorization: `Bearer tzd_${'1'.repeat(43)}` }, body: { agent: { id } } },
    ]);
  });

  it('keeps the agent’s identity from one to the next', async () => {
    const { agent, posts } = await setUp({ [POST]: [new DiagnosticsStore().take] });
    await agent(['run', ...QUICK]);
    await agent(['run', ...QUICK]);
    const ids = posts().map(({ body }) => (body as { agent: { id: string } }).agent.id);
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it('sends the credential of the device to no other server', async () => {
    const { agent, posts } = await setUp({ [POST]: [new DiagnosticsStore().take] });
    const { code, stderr } = await agent(['run', ...QUICK, '--server', 'http://127.0.0.1:9']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/enrolled at http:\/\/127\.0\.0\.1:\d+\/, not at http:\/\/127\.0\.0\.1:9\//);
    expect(posts()).toEqual([]);
  });

  it('uses an account where that belongs to the server that was named', async () => {
    const { agent } = await setUp({});
    const other = await FakeService.start({ [POST]: [new DiagnosticsStore().take], [LOGIN]: [loggedIn] });
    const { code } = await agent(['run', ...QUICK, '--server', other.url], { env: account });
    expect(code).toBe(0);
    expect(other.received.at(-1)?.headers.authorization).toBe('Bearer an.access.token');
    await other.stop();
  });

  it('sends what waited longer first', async () => {
    const store = new DiagnosticsStore();
    const { agent, spool } = await setUp({ [POST]: [...Array<Answer>(5).fill(cut), store.take] });
    expect((await agent(['run', ...QUICK])).code).toBe(6);
    const { code } = await agent(['run', ...QUICK]);
    expect(code).toBe(0);
    expect(store.kept).toHaveLength(2);
    const times = store.kept.map((one) => one.collected_at);
    expect(times).toEqual([...times].sort());
    expect(spool.list()).toEqual([]);
  });

  it.each([
    ['401', 'invalid-token', 4, 1],
    ['403', 'forbidden', 5, 1],
    ['404', 'route-not-found', 5, 1],
    ['503', 'overloaded', 6, 1],
    ['422', 'validation-failed', 5, 0],
  ] as const)(
    'after %s (%s) ends with exit code %d, and so many wait: %d',
    async (_, problemCode, exitCode, waiting) => {
      const { agent, spool } = await setUp({ [POST]: [problem(new Problem(problemCode))] });
      const { code, stdout, stderr } = await agent(['run', ...QUICK]);
      expect([code, stdout]).toEqual([exitCode, '']);
      expect(stderr).toContain(problemCode);
      expect(spool.list()).toHaveLength(waiting);
      expect(spool.rejected()).toHaveLength(1 - waiting);
      expect(/in the spool/.test(stderr)).toBe(waiting === 1);
    },
  );

  it('diagnoses without a network, too: a log-in that nobody answers does not keep it from collecting', async () => {
    const { agent, spool } = await setUp({}, { enrolled: false });
    const { code } = await agent(['run', ...QUICK, '--server', 'http://127.0.0.1:9'], { env: account });
    expect(code).toBe(6);
    expect(spool.list()).toMatchObject([{ firstTriedAt: null }]);
  });

  it('does not collect with a password that is refused', async () => {
    const { agent, spool, url } = await setUp(
      { [LOGIN]: [problem(new Problem('invalid-credentials'))] },
      { enrolled: false },
    );
    const { code, closed } = await agent(['run', ...QUICK, '--server', url], { env: account });
    expect([code, closed]).toEqual([4, 0]);
    expect(spool.list()).toEqual([]);
  });

  it('sends at once what a full disk will not keep, and says so', async () => {
    const store = new DiagnosticsStore();
    const { agent, state } = await setUp({ [POST]: [store.take] });
    writeFileSync(join(state, 'spool'), 'no folder');
    const { code, stdout, stderr } = await agent(['run', ...QUICK]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Score 24\.5 of 100/);
    expect(stderr).toMatch(/^Warning: the diagnostic cannot be kept on this disk: .*\n$/);
    expect(store.kept).toHaveLength(1);
  });

  it('shows the verdict of a diagnostic that another process was faster to send', async () => {
    const store = new DiagnosticsStore();
    const { agent, state, spool } = await setUp({ [POST]: [store.take] });
    mkdirSync(join(state, 'spool'));
    const others = ProcessLock.take(join(state, 'spool', 'sender.lock'));
    const { code, stdout } = await agent(['run', ...QUICK], {
      onPause: () => {
        const [entry] = spool.list();
        if (entry === undefined) return;
        store.keep(entry.key, { id: '', collected_at: entry.collectedAt.toISOString(), agent: {} });
        spool.remove(entry);
        others.release();
      },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Score 24\.5 of 100/);
    expect(store.kept).toHaveLength(1);
  });

  it('does not wait for ever for another process, and leaves the diagnostic to it', async () => {
    const { agent, state, spool, posts } = await setUp({});
    mkdirSync(join(state, 'spool'));
    const others = ProcessLock.take(join(state, 'spool', 'sender.lock'));
    const { code, stderr } = await agent(['run', ...QUICK]);
    expect(code).toBe(8);
    expect(stderr).toMatch(new RegExp(`Process ${process.pid} is sending[^]*in the spool`));
    expect([spool.list().length, posts().length]).toEqual([1, 0]);
    others.release();
  });

  it('never lets the words of a server reach the terminal as commands', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\r\u202edetail';
    const document = new Problem('forbidden').toDocument('/x', evil);
    const answer = json(403, { ...document, request_id: crypto.randomUUID(), title: evil, detail: evil });
    const { agent } = await setUp({ [POST]: [answer] });
    const { code, stderr } = await agent(['run', ...QUICK]);
    expect(code).toBe(5);
    expect(stderr).toContain('detail');
    // eslint-disable-next-line no-control-regex -- looking for them is the point
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it('shows where it is stored when the verdict is in words of a newer server', async () => {
    const { agent, url } = await setUp({ [POST]: [json(201, { id: wornDisk.id, health: { grade: 'A' } })] });
    const { code, stdout } = await agent(['run', ...QUICK]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `Stored: ${url}/api/v1/diagnostics/${wornDisk.id}\nIts verdict is in words that this agent does not know: update the agent.\n`,
    );
  });
});

describe('spool', () => {
  it('lists what waits and what was refused, for people and as JSON', async () => {
    const { agent } = await setUp({ [POST]: [problem(new Problem('validation-failed')), cut] });
    await agent(['run', ...QUICK]);
    await agent(['run', ...QUICK]);
    const { stdout } = await agent(['spool', 'list']);
    expect(stdout).toMatch(
      /^1 of at most 500 diagnostics wait, [\d.]+ \w+ of 256 MiB\.\n {2}\S+Z {2}tried first at \S+Z\n/,
    );
    expect(stdout).toMatch(/1 were refused for good:\n {2}\S+Z {2}Validation failed \(422 validation-failed\)/);
    expect(JSON.parse((await agent(['spool', 'list', '--json'])).stdout)).toMatchObject({
      waiting: [{ key: expect.any(String), collected_at: expect.any(String), first_tried_at: expect.any(String) }],
      rejected: [{ reason: expect.stringContaining('validation-failed') }],
      corrupt: 0,
      dropped: { count: 0, last_at: null },
      limits: { count: 500, bytes: 268435456 },
    });
    expect((await agent(['spool', 'purge-rejected'])).stdout).toBe('1 removed.\n');
    expect((await agent(['spool', 'list'])).stdout).not.toMatch(/refused/);
  });

  it('flushes, and tells of each what became of it', async () => {
    const store = new DiagnosticsStore();
    const { agent } = await setUp({ [POST]: [...Array<Answer>(5).fill(cut), store.take] });
    await agent(['run', ...QUICK]);
    const { code, stdout } = await agent(['spool', 'flush']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+Z {2}dgn_0{32}\n1 sent, 0 wait\.\n$/);
  });

  it.each([
    ['is refused for good', [problem(new Problem('validation-failed'))], 5],
    ['is not let in', [problem(new Problem('invalid-token'))], 4],
    ['cannot reach the server', [cut], 6],
  ])('ends with the exit code of what went wrong when it %s', async (_, answers, exitCode) => {
    const { agent } = await setUp({ [POST]: [...Array<Answer>(5).fill(cut), ...answers] });
    await agent(['run', ...QUICK]);
    expect((await agent(['spool', 'flush'])).code).toBe(exitCode);
  });

  it('does not send as the device what an account collected, and says what it waits for', async () => {
    const { agent, url, state, posts, spool } = await setUp(
      { [LOGIN]: [loggedIn], [POST]: [cut] },
      { enrolled: false },
    );
    await agent(['run', ...QUICK, '--server', url], { env: account });
    const before = posts().length;
    const enrollment = {
      server: `${url}/`,
      device_id: `dev_${'1'.repeat(32)}`,
      credential: `tzd_${'1'.repeat(43)}`,
      credential_id: 'crd_1',
      enrolled_at: '2026-11-22T08:00:00.000Z',
    };
    writeFileSync(join(state, 'enrollment.json'), JSON.stringify(enrollment));
    const { code, stderr } = await agent(['spool', 'flush']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/1 wait for the account that they were collected with/);
    expect([posts().length, spool.list().length]).toEqual([before, 1]);
  });

  it('does not flush beside another sender', async () => {
    const { agent, state } = await setUp({});
    mkdirSync(join(state, 'spool'));
    const others = ProcessLock.take(join(state, 'spool', 'sender.lock'));
    expect(await agent(['spool', 'flush'])).toMatchObject({
      code: 8,
      stderr: `techze-agent: Process ${process.pid} is sending already.\n`,
    });
    others.release();
  });
});
