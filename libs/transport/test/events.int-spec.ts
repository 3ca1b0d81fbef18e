import type { INestMicroservice } from '@nestjs/common';
import type { BackendService, EventEnvelope } from '@techze/contracts';
import { EventPublisher, RedisHealth, RedisStreamsServer, RpcClient } from '@techze/transport';
import { happened } from './fixtures/commands.js';
import { asRequest, TENANT, TOKEN } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';

function event(id: string, failures = 0): EventEnvelope {
  return {
    id: `evt_${id}`,
    type: happened.type,
    tenant_id: TENANT,
    occurred_at: '2026-11-22T08:00:00.000Z',
    data: { id, failures },
  };
}

describe('events and broadcasts', () => {
  let lab: Lab;
  let gateway: INestMicroservice;
  let ai: INestMicroservice;
  beforeAll(async () => {
    lab = await Lab.open();
    gateway = await lab.app({ service: 'gateway' });
    ai = await lab.app({ service: 'ai' });
    for (const service of ['ai', 'ai', 'automation', 'automation'] as const) await lab.app({ service });
    await until(() => gateway.get(RedisHealth).isUp());
  });
  afterAll(() => lab.close());

  const publish = (envelope: EventEnvelope, consumers: BackendService[] = ['ai', 'automation'], token = TOKEN) =>
    gateway.get(EventPublisher).publish([{ envelope, consumers, token }]);
  const letters = () => lab.redis.command<[string, string[]][]>('XRANGE', 'tz:{ai}:dlq', '-', '+');
  const pending = async () => (await lab.redis.command<[number]>('XPENDING', 'tz:{ai}:events', 'ai'))[0];

  test('each consuming service takes an event once, however many replicas it has', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `each-${i}`);
    await Promise.all(ids.map((id) => publish(event(id))));
    await until(() => ids.every((id) => lab.executions().get(id) === 2));
    await until(async () => (await pending()) === 0);
    expect(new Set(ids.map((id) => lab.executions().get(id)))).toEqual(new Set([2]));
  });

  test('an event whose handler fails is delivered again after a while', async () => {
    await publish(event('stubborn', 1), ['automation']);
    await until(() => (lab.executions().get('stubborn') ?? 0) >= 2);
    await until(
      async () => (await lab.redis.command<[number]>('XPENDING', 'tz:{automation}:events', 'automation'))[0] === 0,
    );
    expect(await lab.redis.command('EXISTS', 'tz:{automation}:dlq')).toBe(0);
  });

  test('an event whose handler always fails is dead-lettered, and holds up no other', async () => {
    await publish(event('hopeless', 99), ['ai']);
    await publish(event('behind'), ['ai']);
    await until(() => lab.executions().has('behind'));
    await until(async () => (await letters()).length > 0, 20_000);
    const [letter] = await letters();
    expect(letter?.[1]).toEqual(expect.arrayContaining(['reason', 'too-many-deliveries']));
    expect(lab.executions().get('hopeless')).toBe(5);
    expect(await pending()).toBe(0);
  });

  test('an event placed by hand runs no handler', async () => {
    const before = (await letters()).length;
    await publish(event('forged'), ['ai'], 'a-forged-token');
    await publish({ ...event('foreign'), tenant_id: 'tnt_other' }, ['ai']);
    await lab.redis.command('XADD', 'tz:{ai}:events', '*', 'v1', 'garbage');
    await until(async () => (await letters()).length === before + 3);
    expect(lab.executions().has('forged') || lab.executions().has('foreign')).toBe(false);
    expect(JSON.stringify(await letters())).not.toContain('a-forged-token');
  });

  test('a service whose event has a second handler does not start: one of the two would never do anything', () => {
    const second = () => ai.get(RedisStreamsServer).addHandler(happened.type, () => Promise.resolve(), true);
    expect(second).toThrow(`${happened.type} has a handler already`);
  });

  test('a broadcast reaches every process, its sender too', async () => {
    const heard: string[] = [];
    const clients = [
      gateway.get(RpcClient),
      ai.get(RpcClient),
      (await lab.app({ service: 'automation' })).get(RpcClient),
    ];
    clients.forEach((client, index) =>
      client.onBroadcast(
        'reset',
        (data, principal) => void heard.push(`${index} ${String(data)} ${principal.tenant_id}`),
      ),
    );
    // The youngest may still be subscribing: said again until all have heard it.
    await until(async () => {
      await asRequest(() => gateway.get(RpcClient).broadcast('reset', 'now'));
      return new Set(heard).size === 3;
    });
    expect([...new Set(heard)].sort()).toEqual([0, 1, 2].map((index) => `${index} now ${TENANT}`));
  });

  test('a broadcast without a signed context is heard by nobody', async () => {
    const heard: unknown[] = [];
    gateway.get(RpcClient).onBroadcast('forged', (data) => void heard.push(data));
    await lab.redis.command('PUBLISH', 'tz:broadcasts', '1-1 {"topic":"forged","data":1,"token":"bad"}');
    await expect(gateway.get(RpcClient).broadcast('forged', 2)).rejects.toMatchObject({ code: 'invalid-token' });
    await asRequest(() => gateway.get(RpcClient).broadcast('forged', 'true'));
    await until(() => heard.length > 0);
    expect(heard).toEqual(['true']);
  });

  test('a process that was away hears what it missed', async () => {
    const heard: unknown[] = [];
    ai.get(RpcClient).onBroadcast('missed', (data) => void heard.push(data));
    await lab.redis.command('CLIENT', 'KILL', 'TYPE', 'PUBSUB');
    await asRequest(() => gateway.get(RpcClient).broadcast('missed', 'this'));
    await until(() => heard.length > 0);
    expect(heard).toEqual(['this']);
  });

  test('what nobody read for long makes room, and is neither handled nor dead-lettered', async () => {
    const stream = 'tz:{analytics}:events';
    const minutesAgo = Date.now() - 300_000;
    // Nobody reads for analytics yet. Redis trims by whole blocks of a hundred.
    for (let index = 0; index < 300; index += 1)
      await lab.redis.command(
        'XADD',
        stream,
        `${minutesAgo + index}-0`,
        'v1',
        JSON.stringify({ envelope: event(`old-${index}`), token: TOKEN }),
      );
    await publish(event('fresh'), ['analytics']);
    expect(await lab.redis.command<number>('XLEN', stream)).toBeLessThan(200);
    await lab.app({ service: 'analytics' });
    await until(() => lab.executions().get('fresh') === 1);
    await until(async () => (await lab.redis.command<[number]>('XPENDING', stream, 'analytics'))[0] === 0);
    expect([...lab.executions().keys()].filter((id) => id.startsWith('old-'))).toEqual([]);
    expect(await lab.redis.command('EXISTS', 'tz:{analytics}:dlq')).toBe(0);
  });
});
