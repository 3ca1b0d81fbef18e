import { loadConfig } from '@techze/config';
import type { Principal } from '@techze/contracts';
import { END_OF_LOG, Logger } from '@techze/observability';
import { startRedis, waitFor, type RedisServer } from '@techze/testing';
import { RedisConnections, transportConfig, type TransportConfig } from '@techze/transport';
import { SessionWrites } from '../src/edge/session-writes.js';

const person = (sid: string, tenant_id = 'tnt_a'): Principal => ({
  kind: 'user',
  tenant_id,
  sub: '0192a8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  sid,
  role: 'viewer',
});
const agent = (device_id: string): Principal => ({ kind: 'agent', tenant_id: 'tnt_a', device_id, role: 'agent' });

describe('what a session wrote', () => {
  let redis: RedisServer;
  let gateways: RedisConnections[];
  let one: SessionWrites;
  let other: SessionWrites;
  const logged: string[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    const config = loadConfig([transportConfig], { REDIS_URL: redis.url });
    const transport = config.get(transportConfig.token) as TransportConfig;
    const logger = Logger.to({ write: (line: string) => void logged.push(line) });
    gateways = [new RedisConnections(transport, logger), new RedisConnections(transport, logger)];
    for (const connections of gateways) connections.onModuleInit();
    await waitFor(() => gateways.every(({ commands }) => commands.isReady));
    [one, other] = gateways.map((connections) => new SessionWrites(connections, logger)) as [
      SessionWrites,
      SessionWrites,
    ];
  });
  afterAll(async () => {
    for (const connections of gateways) connections.onApplicationShutdown();
    await redis.destroy();
  });

  const inRedis = <Reply>(...command: string[]) => gateways[0]!.commands.send<Reply>(command);

  it('is read after by that session on every gateway, and by no other', async () => {
    await one.note(person('ses_1'), '16/B374D848');
    await one.note(agent('dev_1'), '1/A');
    expect(await other.readingOf(person('ses_1'))).toEqual({ readAfter: '00000016/B374D848' });
    expect(await other.readingOf(agent('dev_1'))).toEqual({ readAfter: '00000001/0000000A' });
    for (const stranger of [person('ses_2'), person('ses_1', 'tnt_b'), agent('dev_2')])
      expect(await other.readingOf(stranger)).toEqual({});
  });

  it('never goes back, however many requests of the session end at once, on whichever gateway', async () => {
    const positions = Array.from({ length: 200 }, (_, index) => (index * 7_919) % 200);
    await Promise.all(
      positions.map((position, index) =>
        [one, other][index % 2]!.note(person('ses_3'), `${position.toString(16).toUpperCase()}/F`),
      ),
    );
    expect(await one.readingOf(person('ses_3'))).toEqual({ readAfter: '000000C7/0000000F' });
    await one.note(person('ses_3'), 'C7/E');
    expect(await other.readingOf(person('ses_3'))).toEqual({ readAfter: '000000C7/0000000F' });
  });

  it('is kept for a minute from the newest commit on, also where that is behind the one that is known', async () => {
    const key = 'tz:session-wrote:tnt_a:ses_4';
    await one.note(person('ses_4'), '2/0');
    expect(await inRedis<number>('PTTL', key)).toBeGreaterThan(59_000);
    await inRedis('PEXPIRE', key, '1000');
    await one.note(person('ses_4'), '1/0');
    expect(await inRedis<number>('PTTL', key)).toBeGreaterThan(59_000);
    expect(await one.readingOf(person('ses_4'))).toEqual({ readAfter: '00000002/00000000' });
  });

  it('nobody knows where is read from the primary for a minute, and no longer because of later writes', async () => {
    const key = 'tz:session-wrote:tnt_a:ses_5:unknown';
    await one.note(person('ses_5'), END_OF_LOG);
    await inRedis('PEXPIRE', key, '30000');
    await one.note(person('ses_5'), '3/0');
    expect(await other.readingOf(person('ses_5'))).toEqual({ readAfter: END_OF_LOG });
    expect(await inRedis<number>('PTTL', key)).toBeLessThanOrEqual(30_000);
    await inRedis('DEL', key); // as its end does
    expect(await other.readingOf(person('ses_5'))).toEqual({ readAfter: '00000003/00000000' });
  });

  it('is on the primary for whoever asks while Redis hangs or is away, soon, and noting it fails nobody', async () => {
    const pid = redis.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const start = performance.now();
    try {
      expect(await one.readingOf(person('ses_6'))).toEqual({ readPrimary: true });
      await one.note(person('ses_6'), '4/0');
      expect(performance.now() - start).toBeLessThan(1_500);
      expect(logged.join()).toContain('a commit could not be noted');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // What was on its way arrives: only the answer did not.
    await waitFor(async () => (await other.readingOf(person('ses_6'))).readAfter === '00000004/00000000');
    await redis.stop();
    await waitFor(() => !gateways[0]!.commands.isReady);
    expect(await one.readingOf(person('ses_6'))).toEqual({ readPrimary: true });
    await one.note(person('ses_6'), '5/0');
  });
});
