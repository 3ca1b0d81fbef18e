import { CommitMark, END_OF_LOG } from '@techze/observability';
import type { RpcClient } from '@techze/transport';
import { keyed, repeatable, type Done } from './fixtures/commands.js';
import { asRequest } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';

describe('commits between processes', () => {
  let lab: Lab;
  let rpc: RpcClient;
  beforeAll(async () => {
    lab = await Lab.open();
    await lab.replica();
    rpc = await lab.gateway(1);
  });
  afterAll(() => lab.close());

  const call = (job: { commits?: string[]; fail?: 'problem' | 'error' }, context: Parameters<typeof asRequest>[1]) =>
    asRequest((): Promise<Done> => rpc.call(repeatable, { id: 'a', ...job }), context);

  test('the caller is told the newest commit of the handler’s work', async () => {
    const commits = new CommitMark();
    await call({ commits: ['F/FFFFFFFF', '10/1', '2/2'] }, { commits });
    expect(commits.lsn).toBe('10/1');
  });

  test.each(['problem', 'error'] as const)('also of work that ended with a %s', async (fail) => {
    const commits = new CommitMark();
    await expect(call({ commits: ['0/A1'], fail }, { commits })).rejects.toThrow();
    expect(commits.lsn).toBe('0/A1');
  });

  test('the caller’s mark never goes back, and no other caller’s moves', async () => {
    const marks = Array.from({ length: 32 }, () => new CommitMark());
    const idle = new CommitMark();
    await Promise.all([
      ...marks.flatMap((commits, index) =>
        [index, index + 1, index].map((n) => call({ commits: [`${n.toString(16).toUpperCase()}/0`] }, { commits })),
      ),
      call({}, { commits: idle }),
    ]);
    expect(marks.map(({ lsn }) => lsn)).toEqual(marks.map((_, index) => `${(index + 1).toString(16).toUpperCase()}/0`));
    expect(idle.lsn).toBeUndefined();
  });

  test('the handler reads after what the caller’s session wrote', async () => {
    expect((await call({}, { readAfter: '16/B374D848' })).readAfter).toBe('16/B374D848');
    expect((await call({}, {})).readAfter).toBeUndefined();
  });

  test('and after what this very request wrote before, wherever it did', async () => {
    const commits = new CommitMark();
    await call({ commits: ['9/0'] }, { commits, readAfter: '1/0' });
    expect((await call({}, { commits, readAfter: '1/0' })).readAfter).toBe('9/0');
    expect((await call({}, { commits, readAfter: 'A/0' })).readAfter).toBe('A/0');
  });

  test('a write that nobody answers in time may be anywhere in the log; a read writes nothing', async () => {
    const outcomes = await Promise.all(
      [keyed, repeatable].map(async (command) => {
        const commits = new CommitMark();
        const late = asRequest(() => rpc.call(command, { id: 'late', waitMs: 400 }, { deadlineMs: 200 }), { commits });
        await expect(late).rejects.toMatchObject({ code: 'deadline-exceeded' });
        return commits.lsn;
      }),
    );
    expect(outcomes).toEqual([END_OF_LOG, undefined]);
  });

  test('a write that never left has written nothing', async () => {
    const commits = new CommitMark();
    const toNobody = { ...keyed, service: 'ai' as const };
    await until(() =>
      asRequest(() => rpc.call(toNobody, { id: 'a' }), { commits }).then(
        () => false,
        (error: unknown) => (error as { code?: string }).code === 'service-unavailable',
      ),
    );
    expect(commits.lsn).toBeUndefined();
  });

  test('a call outside of any mark is answered as ever', async () => {
    expect(await call({ commits: ['1/0'] }, {})).toMatchObject({ id: 'a' });
  });

  test('a request that wrote nothing costs nothing on the wire', async () => {
    const subscriber = await lab.redis.client();
    const heard: string[] = [];
    await subscriber.pSubscribe('tz:reply:*', (message) => heard.push(message));
    await call({}, {});
    await until(() => heard.length > 0);
    expect(heard.join()).not.toContain('lsn');
    await call({ commits: ['1/0'] }, {});
    await until(() => heard.length > 1);
    expect(heard[1]).toContain('"lsn":"1/0"');
    subscriber.destroy();
  });

  test('a forged LSN neither reaches a handler nor its caller', async () => {
    await expect(call({}, { readAfter: "0/0'; drop" })).rejects.toMatchObject({ code: 'internal' });
  });
});
