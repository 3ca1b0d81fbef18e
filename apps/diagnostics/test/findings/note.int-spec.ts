import { Database } from '@techze/database';
import { newId } from '@techze/contracts';
import { FindingActs } from '../../src/findings/finding-acts.service.js';
import { FindingsService } from '../../src/findings/findings.service.js';
import { scoreDiagnostic } from '../../src/scoring/index.js';
import { FindingsProcess, type Machine } from './findings-process.js';
import { memory, storage } from './sections.js';

let findings: FindingsProcess;
beforeAll(async () => {
  findings = await FindingsProcess.start();
});
afterAll(() => findings?.stop());

const day = (number: number, hour = 8) => new Date(Date.UTC(2026, 0, number, hour));
const full = (percent: number) => storage({ mounts: { '/': percent } });

describe('a diagnostic', () => {
  it('opens what it shows: row, transition and event', async () => {
    const machine = await findings.machine();
    const histories = await machine.diagnose(storage({ disks: { WX1: 3 }, mounts: { '/': 95 } }), day(1));
    const rows = await machine.rows();
    expect(
      rows.map(({ key, instance, state, severity, occurrences }) => [key, instance, state, severity, occurrences]),
    ).toEqual([
      ['FS_USED:/', '/', 'open', 'warning', 1],
      ['SMART_197:WX1', 'WX1', 'open', 'critical', 1],
    ]);
    expect(await machine.transitions()).toEqual(['- > open: seen', '- > open: seen']);
    expect((await machine.told()).sort()).toEqual(['opened seen FS_USED:/', 'opened seen SMART_197:WX1']);
    const payload = (await machine.news()).map((event) => event.payload).find(({ code }) => code === 'FS_USED');
    expect(payload).toEqual({
      finding_id: rows[0]?.id,
      device_id: machine.deviceId,
      site_id: null,
      key: 'FS_USED:/',
      code: 'FS_USED',
      category: 'storage',
      severity: 'warning',
      title: rows[0]?.title,
      state: 'open',
      reason: 'seen',
      value: 95,
      evidence: rows[0]?.evidence,
      diagnostic_id: rows[0]?.last_diagnostic_id,
      occurrences: 1,
    });
    expect(histories.get('FS_USED:/')).toEqual({
      id: rows[0]?.id,
      key: 'FS_USED:/',
      state: 'open',
      first_seen: day(1),
      last_seen: day(1),
      occurrences: 1,
      trend: null,
      acknowledgement: null,
    });
  });

  it('goes on with what it shows again, and tells its trend', async () => {
    const machine = await findings.machine();
    await machine.diagnose(storage({ disks: { WX1: 1 } }), day(1));
    const histories = await machine.diagnose(storage({ disks: { WX1: 3 } }), day(10));
    expect(histories.get('SMART_197:WX1')).toMatchObject({ occurrences: 2, trend: '+2 in 9 d', last_seen: day(10) });
    expect(await machine.only()).toMatchObject({ evidence: { value: 3 }, version: 1, created_at: day(1) });
    expect(await machine.told()).toEqual(['opened seen SMART_197:WX1']);
  });

  it('resolves what it shows to be well, and opens it again under its old id', async () => {
    const machine = await findings.machine();
    await machine.diagnose(full(95), day(1));
    const { id } = await machine.only();
    await machine.diagnose(full(85), day(2)); // held: between leave and enter
    expect(await machine.only()).toMatchObject({ state: 'open', occurrences: 1, evidence: { value: 85 } });
    await machine.diagnose(full(50), day(3));
    expect(await machine.only()).toMatchObject({ state: 'resolved', resolved_at: day(3) });
    await machine.diagnose(full(95), day(4));
    expect(await machine.only()).toMatchObject({
      id,
      state: 'open',
      first_seen: day(1),
      opened_at: day(4),
      version: 3,
    });
    expect(await machine.told()).toEqual([
      'opened seen FS_USED:/',
      'resolved cleared FS_USED:/',
      'opened reappeared FS_USED:/',
    ]);
    expect((await machine.news()).at(-1)?.payload.reopened).toBe(true);
    expect(await machine.transitions()).toEqual([
      '- > open: seen',
      'open > resolved: cleared',
      'resolved > open: reappeared',
    ]);
  });

  it('says nothing of what it did not look at, however often', async () => {
    const machine = await findings.machine();
    await machine.diagnose(full(95), day(1));
    for (let number = 2; number < 6; number += 1) await machine.diagnose(memory, day(number));
    expect(await machine.only()).toMatchObject({ state: 'open', occurrences: 1, last_seen: day(1) });
    expect(await machine.told()).toHaveLength(1);
  });

  it('resolves what was about a part that is there no more', async () => {
    const machine = await findings.machine();
    await machine.diagnose(storage({ disks: { OLD: 5, KEPT: 5 } }), day(1));
    await machine.diagnose(storage({ disks: { NEW: 0, KEPT: 5 } }), day(2));
    const states = (await machine.rows()).map(({ key, state }) => [key, state]);
    expect(states).toEqual([
      ['SMART_197:KEPT', 'open'],
      ['SMART_197:OLD', 'resolved'],
    ]);
    expect((await machine.told()).at(-1)).toBe('resolved gone SMART_197:OLD');
  });

  it('resolves what its check, once switched off, judges no more', async () => {
    const machine = await findings.machine();
    await machine.diagnose(full(95), day(1));
    machine.policy = new Map([['FS_USED', { enabled: false, source: 'test' }]]);
    await machine.diagnose(full(95), day(2));
    expect((await machine.told()).at(-1)).toBe('resolved check_off FS_USED:/');
  });

  it('is told of with the Nth sight in a row', async () => {
    const machine = await findings.machine();
    machine.failsBeforeAlert = 3;
    await machine.diagnose(full(95), day(1));
    await machine.diagnose(full(95), day(2));
    expect((await machine.only()).state).toBe('open');
    expect(await machine.told()).toEqual([]);
    await machine.diagnose(full(95), day(3));
    expect(await machine.told()).toEqual(['opened seen FS_USED:/']);
  });

  it('of a finding that flaps changes the state and mutes the events', async () => {
    const machine = await findings.machine();
    for (let hour = 0; hour < 8; hour += 1) await machine.diagnose(full(hour % 2 === 0 ? 95 : 50), day(1, hour));
    expect(await machine.only()).toMatchObject({ state: 'resolved', flapping: true });
    expect((await machine.told()).slice(4)).toEqual(['changed flapping FS_USED:/']);
    await machine.diagnose(full(50), day(3));
    expect(await machine.only()).toMatchObject({ flapping: false });
    expect(await machine.told()).toHaveLength(5);
  });

  it('that is rolled back leaves nothing', async () => {
    const machine = await findings.machine();
    const failing = machine.acting(() =>
      findings.app.get(Database).write(async (manager) => {
        await findings.app.get(FindingsService).note(manager, sightOf(machine, 95));
        throw new Error('rolled back');
      }),
    );
    await expect(failing).rejects.toThrow('rolled back');
    expect([await machine.rows(), await machine.transitions(), await machine.told()]).toEqual([[], [], []]);
  });

  it('that shows nothing costs one statement', async () => {
    const machine = await findings.machine();
    const statements = await countStatements(machine, 50);
    expect(statements).toBe(1);
    await machine.diagnose(full(95), day(1));
    expect(await countStatements(machine, 95)).toBeLessThanOrEqual(4);
  });

  /** A diagnostic of a disk that is so full. */
  function sightOf({ tenantId, deviceId, tags }: Machine, percent: number) {
    const seenAt = day(2);
    return {
      tenantId,
      deviceId,
      siteId: null,
      tags,
      newestSeenAt: null,
      diagnosticId: newId('dgn'),
      seenAt,
      receivedAt: seenAt,
      scoring: scoreDiagnostic(full(percent), seenAt),
      policy: new Map(),
      failsBeforeAlert: () => 1,
    };
  }

  async function countStatements(machine: Machine, percent: number): Promise<number> {
    let statements = 0;
    const undone = machine.acting(() =>
      findings.app.get(Database).write(async (manager) => {
        const query = manager.query.bind(manager);
        manager.query = (...given: Parameters<typeof query>) => ((statements += 1), query(...given));
        await findings.app.get(FindingsService).note(manager, sightOf(machine, percent));
        throw new Error('only counted');
      }),
    );
    await expect(undone).rejects.toThrow('only counted');
    return statements;
  }
});

describe('a diagnostic that is older than its device’s newest', () => {
  it('counts, and changes neither state nor evidence nor tells of anything', async () => {
    const machine = await findings.machine();
    await machine.diagnose(full(93), day(20));
    await machine.diagnose(full(95), day(22));
    const before = await machine.only();
    const histories = await machine.diagnose(full(99.5), day(21));
    expect(await machine.only()).toEqual({ ...before, occurrences: 3, updated_at: day(21) });
    expect(histories.get('FS_USED:/')).toMatchObject({ occurrences: 3, last_seen: day(22) });
    await machine.diagnose(full(50), day(19));
    expect(await machine.only()).toMatchObject({ state: 'open', occurrences: 3 });
    await machine.diagnose(full(95), day(1));
    expect(await machine.only()).toMatchObject({ first_seen: day(1), occurrences: 4 });
    expect(await machine.told()).toHaveLength(1);
  });

  it('knows of what only it shows as of something that is over', async () => {
    const machine = await findings.machine();
    await machine.diagnose(full(50), day(22));
    const histories = await machine.diagnose(full(95), day(21));
    expect(histories.get('FS_USED:/')).toMatchObject({ state: 'resolved', occurrences: 1 });
    expect(await machine.only()).toMatchObject({ state: 'resolved', resolved_at: day(22), first_seen: day(21) });
    expect(await machine.transitions()).toEqual(['- > resolved: late']);
    expect(await machine.told()).toEqual([]);
  });

  it('is the newest word on what the newer ones did not look at', async () => {
    const machine = await findings.machine();
    await machine.diagnose(memory, day(22));
    await machine.diagnose(storage({ disks: { WX1: 7 } }), day(21));
    expect(await machine.only()).toMatchObject({ state: 'open', severity: 'critical' });
    expect(await machine.told()).toEqual(['opened seen SMART_197:WX1']);
  });
});

describe('diagnostics of one device at the same time', () => {
  it('wait for nobody crosswise and lose nothing: every sight counts, every event is told once', async () => {
    const machine = await findings.machine();
    const mounts = ['/a', '/b', '/c', '/d'];
    const sights = Array.from({ length: 24 }, (_, index) => {
      const order = index % 2 === 0 ? mounts : mounts.toReversed();
      return machine.diagnose(storage({ mounts: Object.fromEntries(order.map((mount) => [mount, 95])) }), day(1));
    });
    await Promise.all(sights);
    const rows = await machine.rows();
    expect(rows.map(({ key, occurrences }) => [key, occurrences])).toEqual(
      mounts.map((mount) => [`FS_USED:${mount}`, 24]),
    );
    expect((await machine.told()).sort()).toEqual(mounts.map((mount) => `opened seen FS_USED:${mount}`));
  });

  it('and a person who acknowledges: neither overwrites the other', async () => {
    const machine = await findings.machine();
    await machine.diagnose(full(95), day(1));
    const { id } = await machine.only();
    const acknowledge = () =>
      machine.acting(
        () => findings.app.get(FindingActs).acknowledge({ id, body: { rule: 'reappears', reason: 'known' } }),
        'technician',
      );
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => machine.diagnose(full(95), day(2, index))),
      acknowledge(),
    ]);
    expect(await machine.only()).toMatchObject({
      state: 'acknowledged',
      occurrences: 11,
      acknowledgement: { rule: 'reappears', reason: 'known', baseline: { value: 95, severity: 'warning' } },
    });
    expect(await machine.told()).toEqual(['opened seen FS_USED:/', 'changed acknowledged FS_USED:/']);
  });
});
