import type { RpcClient } from '@techze/transport';
import { repeatable } from './fixtures/commands.js';
import { asRequest, TOKEN } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';

const STREAM = 'tz:{diagnostics}:rpc';

function envelope(changes: Record<string, unknown> = {}) {
  return {
    id: 'forged-0123456789abcdef',
    pattern: repeatable.pattern,
    data: { id: 'forged' },
    reply: 'tz:reply:nobody',
    deadline: Date.now() + 60_000,
    token: TOKEN,
    request_id: 'req-forged',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ...changes,
  };
}

/** What an attacker with access to Redis might write, and why it is refused; undefined: no dead letter, only an error reply. */
const forgeries: [name: string, fields: () => string[], reason: string | undefined][] = [
  ['without a token', () => ['v1', JSON.stringify([envelope({ token: undefined })])], 'malformed'],
  ['with an empty token', () => ['v1', JSON.stringify([envelope({ token: '' })])], 'malformed'],
  ['with a bad token', () => ['v1', JSON.stringify([envelope({ token: 'eyJhbGciOiJub25lIn0.e30.' })])], undefined],
  ['for an unknown pattern', () => ['v1', JSON.stringify([envelope({ pattern: 'diagnostics.nothing' })])], undefined],
  [
    'with a reply to a channel that is not one',
    () => ['v1', JSON.stringify([envelope({ reply: 'tz:broadcasts' })])],
    'malformed',
  ],
  ['that is not JSON', () => ['v1', '[{"id":'], 'malformed'],
  ['that is no list', () => ['v1', JSON.stringify(envelope())], 'malformed'],
  ['with no requests', () => ['v1', '[]'], 'malformed'],
  ['with too many requests', () => ['v1', JSON.stringify(Array.from({ length: 17 }, () => envelope()))], 'malformed'],
  ['of another version', () => ['v2', JSON.stringify([envelope()])], 'wrong-version'],
  ['of 10 MB', () => ['v1', JSON.stringify([envelope({ data: { id: 'x'.repeat(10_000_000) } })])], 'oversized'],
  ['of JSON that is too deep', () => ['v1', `${'['.repeat(200_000)}${']'.repeat(200_000)}`], 'malformed'],
  [
    'with deep data and a bad token',
    () => [
      'v1',
      `[${JSON.stringify(envelope({ token: 'x', data: '#' })).replace('"#"', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)}]`,
    ],
    undefined,
  ],
  [
    'with the wrong types',
    () => ['v1', JSON.stringify([envelope({ deadline: 'tomorrow' }), 7, null, 'x', []])],
    'malformed',
  ],
];

describe('messages placed on Redis by hand', () => {
  let lab: Lab;
  let rpc: RpcClient;
  beforeAll(async () => {
    lab = await Lab.open();
    await lab.app();
    rpc = await lab.gateway(1);
  });
  afterAll(() => lab.close());

  const letters = () => lab.redis.command<[string, string[]][]>('XRANGE', 'tz:{diagnostics}:dlq', '-', '+');
  const pending = async () => (await lab.redis.command<[number]>('XPENDING', STREAM, 'diagnostics'))[0];

  test.each(forgeries)('a frame %s runs no handler, stays nowhere and stops nothing', async (_, fields, reason) => {
    const before = (await letters()).length;
    const entry = await lab.redis.command<string>('XADD', STREAM, '*', ...fields());
    await expect(asRequest(() => rpc.call(repeatable, { id: 'honest' }))).resolves.toMatchObject({ id: 'honest' });
    await until(async () => (await pending()) === 0);
    expect([...lab.executions().keys()].filter((id) => id !== 'honest')).toEqual([]);
    const added = (await letters()).slice(before);
    if (reason === undefined) expect(added).toEqual([]);
    else {
      expect(added.length).toBeGreaterThan(0);
      for (const [, letter] of added) {
        expect(letter).toEqual(expect.arrayContaining(['reason', reason, 'entry', entry]));
        expect(letter.join(' ')).not.toContain(TOKEN);
        expect(letter.join(' ').length).toBeLessThan(100_000);
      }
    }
  });

  test('a bad request in a frame does no harm to its neighbours', async () => {
    const good = envelope({ data: { id: 'good-neighbour' } });
    await lab.redis.command(
      'XADD',
      STREAM,
      '*',
      'v1',
      JSON.stringify([{ bad: true }, good, envelope({ token: 'bad' })]),
    );
    await until(() => lab.executions().has('good-neighbour'));
    expect(lab.executions().get('forged')).toBeUndefined();
  });

  test('replies that answer nothing, or are none, are ignored', async () => {
    const call = asRequest(() => rpc.call(repeatable, { id: 'waiting', waitMs: 300 }));
    await until(() => lab.executions().has('waiting'));
    const channels = await lab.redis.command<string[]>('PUBSUB', 'CHANNELS', 'tz:reply:*');
    for (const channel of channels)
      for (const text of ['', 'x', '{}', '[]', '[{"id":"guess","data":{"id":"forged"}}]', '[null]', '[{"id":7}]'])
        await lab.redis.command('PUBLISH', channel, text);
    expect(await call).toMatchObject({ id: 'waiting' });
  });
});
