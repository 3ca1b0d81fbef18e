import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@techze/observability';
import { register } from 'prom-client';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';

/** What the thread of these tests does is what its job says. */
const ENTRY = new URL(`data:text/javascript,
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ kind, body: bytes }) => {
    const body = Buffer.from(bytes).toString();
    if (kind === 'spin') for (const end = Date.now() + Number(body); Date.now() < end;);
    if (kind === 'wait') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(body));
    if (kind === 'throw') throw new Error(body);
    if (kind === 'exit') process.exit(3);
    if (kind === 'fill') for (const all = [];;) all.push(new Array(100_000).fill(body + all.length));
    parentPort.postMessage({ done: body });
  });`);

/** The same, and says which thread it is. */
const TELLING = new URL(
  ENTRY.href
    .replace(
      'parentPort.on',
      "if (existsSync('/proc/thread-self')) parentPort.postMessage({ thread: Number(readlinkSync('/proc/thread-self').split('/').at(-1)) }); parentPort.on",
    )
    .replace('import {', "import { existsSync, readlinkSync } from 'node:fs'; import {"),
);

interface Job {
  readonly kind: 'echo' | 'wait' | 'spin' | 'throw' | 'exit' | 'fill';
  readonly body: Uint8Array;
}

const logger = Logger.to(new PassThrough().resume());
const pools: WorkerPool<Job, { done: string }>[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOf(options: Partial<WorkerPoolOptions> = {}) {
  const pool = new WorkerPool<Job, { done: string }>(
    {
      entry: ENTRY,
      threads: 1,
      worker: { resourceLimits: { maxOldGenerationSizeMb: 24 } },
      deadlineMs: 2_000,
      queue: { jobs: 8, bytes: 1_000, waitMs: 10_000 },
      ...options,
    },
    logger,
  );
  pool.start();
  pools.push(pool);
  return pool;
}
const job = (kind: Job['kind'], body: string): Job => ({ kind, body: Buffer.from(body) });
const problem = (code: string, status: number) => expect.objectContaining({ name: 'Problem', code, status });

describe('a pool of worker threads', () => {
  it('does every job once, in the order in which they were asked, and answers each its own', async () => {
    const pool = poolOf({ threads: 2 });
    const bodies = ['a', 'b', 'c', 'd', 'e', 'f'];
    const done = await Promise.all(bodies.map((body) => pool.run(job('echo', body))));
    expect(done.map((each) => each.done)).toEqual(bodies);
  });

  it('refuses at once what does not fit into its queue, by number and by size', async () => {
    const pool = poolOf({ queue: { jobs: 2, bytes: 10, waitMs: 10_000 } });
    const running = pool.run(job('spin', '200'));
    const large = pool.run(job('echo', '12345678'));
    await expect(pool.run(job('echo', '123'))).rejects.toEqual(problem('overloaded', 503));
    const small = pool.run(job('echo', '12'));
    await expect(pool.run(job('echo', ''))).rejects.toEqual(problem('overloaded', 503));
    expect(await Promise.all([running, large, small])).toHaveLength(3);
    expect(await pool.run(job('echo', '1234567890'))).toEqual({ done: '1234567890' });
  });

  it('refuses what waited too long, and does it not any more', async () => {
    const pool = poolOf({ queue: { jobs: 2, bytes: 10, waitMs: 50 } });
    const running = pool.run(job('spin', '300'));
    await expect(pool.run(job('echo', 'late'))).rejects.toEqual(problem('overloaded', 503));
    expect(await running).toEqual({ done: '300' });
  });

  it('kills what is over its deadline, and has a new thread for the next', async () => {
    const pool = poolOf({ deadlineMs: 300 });
    await pool.run(job('echo', 'warm'));
    const over = pool.run(job('spin', '60000'));
    const next = pool.run(job('echo', 'next'));
    await expect(over).rejects.toEqual(problem('computation-too-long', 503));
    expect(await next).toEqual({ done: 'next' });
  });

  it('counts the time in which a processor worked for it, and gives up in the end what never gets one', async () => {
    const pool = poolOf({ deadlineMs: 200, entry: TELLING });
    await pool.run(job('echo', 'warm'));
    // It waits, which is no work; on Linux alone that can be told.
    const isTold = existsSync('/proc/self/schedstat');
    const waited = pool.run(job('wait', '350'));
    if (isTold) expect(await waited).toEqual({ done: '350' });
    else await expect(waited).rejects.toEqual(problem('computation-too-long', 503));
    await expect(pool.run(job('wait', '60000'))).rejects.toEqual(problem('computation-too-long', 503));
    await expect(pool.run(job('spin', '60000'))).rejects.toEqual(problem('computation-too-long', 503));
  });

  it.each(['throw', 'exit', 'fill'] as const)(
    'loses the one job under which its thread ends (%s), and has a new thread for the next',
    async (kind) => {
      const pool = poolOf({ deadlineMs: 20_000 });
      const lost = pool.run(job(kind, 'x'));
      const next = pool.run(job('echo', 'next'));
      await expect(lost).rejects.toEqual(problem('service-unavailable', 503));
      expect(await next).toEqual({ done: 'next' });
    },
  );

  it('gives no job to a thread that is about to end, though the answer of its last one still came', async () => {
    const pool = poolOf({ deadlineMs: 100 });
    await pool.run(job('echo', 'warm'));
    const last = pool.run(job('spin', '20'));
    const next = pool.run(job('echo', 'next'));
    // Both are due when the loop goes on, the deadline first.
    await setImmediate();
    for (const end = Date.now() + 200; Date.now() < end;);
    await last.catch(() => undefined);
    expect(await next).toEqual({ done: 'next' });
  });

  it('takes nothing more once it is closed, and gives up what is under way and what waits', async () => {
    const pool = poolOf();
    await pool.run(job('echo', 'warm'));
    const running = [pool.run(job('spin', '60000')), pool.run(job('echo', 'waits'))];
    const refused = running.map((each) => expect(each).rejects.toEqual(problem('service-unavailable', 503)));
    await pool.close();
    await Promise.all(refused);
    await expect(pool.run(job('echo', ''))).rejects.toEqual(problem('service-unavailable', 503));
  });

  it('says how much it does, and how much waits', async () => {
    const pool = poolOf();
    const valueOf = async (name: string) => (await register.getSingleMetric(name)?.get())?.values[0]?.value;
    const jobs = Promise.all([1, 2, 3].map(() => pool.run(job('spin', '20'))));
    expect([await valueOf('ai_workers_busy'), await valueOf('ai_workers_queued')]).toEqual([1, 2]);
    await jobs;
    expect([await valueOf('ai_workers_busy'), await valueOf('ai_workers_queued')]).toEqual([0, 0]);
  });
});
