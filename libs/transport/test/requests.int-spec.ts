import { z } from 'zod';
import { defineCommand } from '@techze/contracts';
import { keyed, onceOnly, repeatable } from './fixtures/commands.js';
import { asRequest, TENANT } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';

describe('requests', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  test('the handler works in the context of its caller', async () => {
    await lab.app();
    const rpc = await lab.gateway(1);
    const before = Date.now();
    const done = await asRequest(() => rpc.call(keyed, { id: 'a' }, { deadlineMs: 5_000 }), { key: 'key-1' });
    expect(done).toMatchObject({
      tenant: TENANT,
      key: 'key-1',
      requestId: 'req-1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
    expect(done.deadline).toBeGreaterThanOrEqual(before + 5_000);
    expect(done.deadline).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  test.each([repeatable, keyed, onceOnly])(
    'a service that always fails is asked once a request, and no more: $pattern',
    async (command) => {
      await lab.app();
      const rpc = await lab.gateway(1);
      const failing = Array.from({ length: 100 }, (_, i) =>
        asRequest(() => rpc.call(command, { id: `job-${i}`, fail: i % 2 === 0 ? 'problem' : 'error' })),
      );
      const outcomes = await Promise.allSettled(failing);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
      expect(lab.executions().size).toBe(100);
      expect(new Set(lab.executions().values())).toEqual(new Set([1]));
    },
  );

  test('a request without a key of its caller has one of its own', async () => {
    await lab.app();
    const rpc = await lab.gateway(1);
    const [first, second] = await Promise.all(['a', 'b'].map((id) => asRequest(() => rpc.call(keyed, { id }))));
    expect(first?.key).toEqual(expect.any(String));
    expect(first?.key).not.toBe(second?.key);
  });

  test('a Problem crosses unchanged and any other error says nothing of the inside', async () => {
    await lab.app();
    const rpc = await lab.gateway(1);
    await expect(asRequest(() => rpc.call(repeatable, { id: 'a', fail: 'problem' }))).rejects.toMatchObject({
      name: 'Problem',
      code: 'diagnostic-not-found',
      status: 404,
    });
    const error = await asRequest(() => rpc.call(repeatable, { id: 'a', fail: 'error' })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
  });

  test('a payload that the schema refuses reaches no handler', async () => {
    await lab.app();
    const rpc = await lab.gateway(1);
    const untyped = defineCommand({ ...repeatable, request: z.unknown() });
    await expect(asRequest(() => rpc.call(untyped, { id: 7 }))).rejects.toMatchObject({ name: 'Problem' });
    expect(lab.executions().size).toBe(0);
  });

  test('a request larger than a frame travels, and one larger than an entry is refused', async () => {
    await lab.app();
    const rpc = await lab.gateway(1);
    const large = 'x'.repeat(3 * 1024 * 1024);
    await expect(asRequest(() => rpc.call(repeatable, { id: large }))).resolves.toMatchObject({ id: large });
    await expect(asRequest(() => rpc.call(repeatable, { id: large.repeat(4) }))).rejects.toMatchObject({
      code: 'payload-too-large',
    });
  });

  test('expired work is not executed', async () => {
    await lab.app({ concurrency: 1 });
    const rpc = await lab.gateway(1);
    const slow = asRequest(() => rpc.call(repeatable, { id: 'slow', waitMs: 1_000 }));
    await until(() => lab.executions().has('slow'));
    const calls = Array.from({ length: 5 }, (_, i) =>
      asRequest(() => rpc.call(repeatable, { id: `late-${i}` }, { deadlineMs: 100 })).catch((e: unknown) => e),
    );
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: 'deadline-exceeded' });
    await slow;
    await asRequest(() => rpc.call(repeatable, { id: 'after' }));
    expect([...lab.executions().keys()].sort()).toEqual(['after', 'slow']);
  });

  test('a call without a signed context is refused before it is sent', async () => {
    await lab.app();
    const rpc = await lab.gateway(1);
    await expect(rpc.call(repeatable, { id: 'a' })).rejects.toMatchObject({ code: 'invalid-token' });
  });
});
