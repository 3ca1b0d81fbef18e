import { keyed, onceOnly, repeatable } from './fixtures/commands.js';
import { asRequest } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';

jest.setTimeout(100_000);
const nap = (ms: number) => new Promise((r) => setTimeout(r, ms));
const code = (p: Promise<unknown>) => p.then(() => 'ok', (e: { code: string }) => e.code);
let lab: Lab;
beforeEach(async () => { lab = await Lab.open(); });
afterEach(() => lab.close());

test('T1 split under OOM', async () => {
  const a = await lab.replica();
  const rpc = await lab.gateway(1);
  const started = Date.now();
  const calls = Array.from({ length: 4 }, (_, i) => code(asRequest(() => rpc.call(keyed, { id: `f${i}`, waitMs: 2000 }))).then((c) => `${c}@${Date.now() - started}`));
  await until(() => lab.executions().size === 4);
  await lab.app();
  await until(() => rpc.replicas('diagnostics') === 2);
  await lab.redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
  a.kill('SIGKILL');
  await nap(3500);
  console.log('pending', JSON.stringify(await lab.redis.command('XPENDING', 'tz:{diagnostics}:rpc', 'diagnostics')));
  await lab.redis.command('CONFIG', 'SET', 'maxmemory', '0');
  console.log('T1', await Promise.all(calls), [...lab.executions()]);
});

test('T2 close while Redis is away', async () => {
  const app = await lab.app();
  const rpc = await lab.gateway(1);
  await asRequest(() => rpc.call(repeatable, { id: 'x' }));
  await lab.redis.stop();
  await nap(500);
  const started = Date.now();
  const r = await Promise.race([app.close().then(() => 'closed'), nap(25_000).then(() => 'still open')]);
  console.log('T2', r, Date.now() - started);
  await lab.redis.start();
});

test('T3 FLUSHALL with a keyed request running', async () => {
  await lab.app(); await lab.app();
  const rpc = await lab.gateway(2);
  const p = code(asRequest(() => rpc.call(keyed, { id: 'k', waitMs: 3000 })));
  await until(() => lab.executions().size === 1);
  await lab.redis.command('FLUSHALL');
  const seen: number[] = [];
  for (let i = 0; i < 6; i++) { await nap(400); seen.push(lab.executions().get('k') ?? 0); }
  console.log('T3', await p, seen);
});

test('T3b subscriber connection of the caller killed while a keyed request runs', async () => {
  await lab.app(); await lab.app();
  const rpc = await lab.gateway(2);
  const p = code(asRequest(() => rpc.call(onceOnly, { id: 'k', waitMs: 2000 })));
  const q = code(asRequest(() => rpc.call(keyed, { id: 'q', waitMs: 2000 })));
  await until(() => lab.executions().size === 2);
  await lab.redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await lab.redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  console.log('T3b', await p, await q, [...lab.executions()]);
});

test('T8 SIGSTOP/SIGCONT', async () => {
  await lab.replica(); const v = await lab.replica(); await lab.replica();
  const rpc = await lab.gateway(3);
  let next = 0; let stop = false; const codes: Record<string, number> = {};
  const lane = async () => { while (!stop) { const id = `j${next++}`; const cmd = next % 2 ? onceOnly : repeatable;
    const c = await code(asRequest(() => rpc.call(cmd, { id: `${cmd === onceOnly ? 'o' : 'r'}${id}`, waitMs: 5 }))); codes[c] = (codes[c] ?? 0) + 1; } };
  const lanes = Promise.all(Array.from({ length: 32 }, lane));
  for (const ms of [1600, 5200, 7000]) { await nap(1000); v.kill('SIGSTOP'); await nap(ms); v.kill('SIGCONT'); }
  await nap(1500); stop = true; await lanes;
  const dup = [...lab.executions()].filter(([, n]) => n > 1);
  console.log('T8', codes, 'dups', dup.length, dup.slice(0, 5), 'dup once', dup.filter(([k]) => k.startsWith('o')).length);
});
