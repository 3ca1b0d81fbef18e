import { newId, Problem, type Principal } from '@techze/contracts';
import { Logger } from '@techze/observability';
import type { EventBell } from '@techze/transport';
import type { EventFeedRepository, FeedPage } from './event-feed.repository.js';
import { EventStreams } from './event-streams.js';
import type { EventStream } from './event-stream.js';
import { TenantFeeds } from './tenant-feeds.js';

const CHECK_MS = 150;
const tenant_id = 'tnt_a';
const person = (nth = 0): Principal => ({ kind: 'user', tenant_id, sub: `user ${nth}`, sid: 'ses_1', role: 'viewer' });
const position = () => ({ xact: 10n, eventId: newId('evt') });
const event = (xact: bigint) => ({
  position: { xact, eventId: newId('evt') },
  type: 'finding.opened',
  data: {},
  occurred_at: '2026-11-22T08:00:00Z',
});

describe('streams of events', () => {
  /** What the database answers to every question for what comes after a position. */
  let page: FeedPage;
  let streams: EventStreams;
  let lines: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    page = { events: [], more: false, unsettled: false, anchor: 'found' };
    const repository = {
      newest: () => Promise.resolve(position()),
      pageAfter: () => Promise.resolve(page),
    } as Partial<EventFeedRepository> as EventFeedRepository;
    const logger = Logger.to({ write: (line: string) => void lines.push(line) });
    const feeds = new TenantFeeds(repository, { onRing: () => undefined } as Partial<EventBell> as EventBell, logger);
    streams = new EventStreams(feeds, { heartbeatMs: 15_000, refreshKey: Buffer.alloc(32), corsOrigins: [] }, logger);
    streams.onModuleInit();
  });
  afterEach(async () => {
    const stopped = streams.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(2_000);
    await stopped;
    jest.useRealTimers();
  });

  const start = (
    principal = person(),
    verify = () => Promise.resolve(principal),
    resumeFrom = undefined as ReturnType<typeof position> | undefined,
  ) => streams.start({ principal, verify, wants: () => true, ...(resumeFrom && { resumeFrom }) });
  const textOf = (stream: EventStream) => {
    const seen = { text: '' };
    stream.setEncoding('utf8').on('data', (text: string) => {
      seen.text += text;
    });
    return seen;
  };

  it('end when the credential does, or when its rights are others: its reader has to be let in again', async () => {
    for (const verify of [
      () => Promise.reject(new Problem('invalid-token')),
      () => Promise.resolve({ ...person(), role: 'admin' } as Principal),
    ]) {
      const stream = await start(person(), verify);
      const seen = textOf(stream);
      await jest.advanceTimersByTimeAsync(CHECK_MS);
      expect(seen.text).toContain('event: stream.end\ndata: {"reason":"credential"}');
      expect(stream.readableEnded).toBe(true);
    }
  });

  it('are sent nothing while nobody can tell whether the credential holds, and go on once somebody can', async () => {
    let fault: Error | undefined = new Problem('service-unavailable');
    const stream = await start(person(), () => (fault ? Promise.reject(fault) : Promise.resolve(person())));
    const seen = textOf(stream);
    await jest.advanceTimersByTimeAsync(CHECK_MS);
    page = { ...page, events: [event(11n)] };
    await jest.advanceTimersByTimeAsync(3_000);
    expect(seen.text).not.toContain('finding.opened');
    fault = undefined;
    await jest.advanceTimersByTimeAsync(CHECK_MS + 10);
    expect(seen.text.match(/event: finding.opened/g)).toHaveLength(1);
  });

  it('a check that fails for a fault of ours is said, and is no yes', async () => {
    const stream = await start(person(), () => Promise.reject(new TypeError('ours')));
    const seen = textOf(stream);
    await jest.advanceTimersByTimeAsync(CHECK_MS);
    page = { ...page, events: [event(11n)] };
    await jest.advanceTimersByTimeAsync(3_000);
    expect(seen.text).not.toContain('finding.opened');
    expect(lines.join('')).toContain('a credential could not be checked');
  });

  it('wait for a replica that has not heard of where they resume, and neither lose nor invent anything', async () => {
    page = { ...page, anchor: 'unknown' };
    const stream = await start(person(), undefined, { xact: 20n, eventId: newId('evt') });
    const seen = textOf(stream);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(seen.text).not.toContain('event:');
    page = { ...page, anchor: 'found', events: [event(21n)] };
    await jest.advanceTimersByTimeAsync(1_500);
    expect(seen.text.match(/event: finding.opened/g)).toHaveLength(1);
    expect(seen.text).not.toContain('stream.reset');
  });

  it('are ten of one caller and 200 of one tenant; one that is closed makes room', async () => {
    const open = [];
    for (let caller = 0; caller < 20; caller += 1)
      for (let nth = 0; nth < 10; nth += 1) open.push(await start(person(caller)));
    await expect(start(person(3))).rejects.toMatchObject({ code: 'too-many-event-streams' });
    await expect(start(person(20))).rejects.toMatchObject({ code: 'too-many-event-streams' });
    const other: Principal = { ...person(20), tenant_id: 'tnt_b' };
    await start(other);
    open[30]?.destroy();
    await jest.advanceTimersByTimeAsync(1);
    await expect(start(person(4))).rejects.toMatchObject({ code: 'too-many-event-streams' });
    await start(person(3));
  });

  it('are told of the end of the process, and no new one begins', async () => {
    const seen = textOf(await start());
    await streams.beforeApplicationShutdown();
    expect(seen.text).toContain('event: stream.end\ndata: {"reason":"shutdown"}');
    await expect(start()).rejects.toMatchObject({ code: 'service-unavailable' });
  });
});
