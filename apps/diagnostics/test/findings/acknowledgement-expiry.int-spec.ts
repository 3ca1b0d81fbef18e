import { AcknowledgementExpiry } from '../../src/findings/acknowledgement-expiry.js';
import { FindingActs } from '../../src/findings/finding-acts.service.js';
import { FindingsProcess, type Machine } from './findings-process.js';
import { storage } from './sections.js';

const HOUR_MS = 3_600_000;
let findings: FindingsProcess;
beforeAll(async () => {
  findings = await FindingsProcess.start();
});
afterAll(() => findings?.stop());

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
const sweep = async (now: Date) => {
  await findings.untilReplicated();
  await findings.app.get(AcknowledgementExpiry).sweep(now);
};

/** A machine with a full disk that somebody knows of for an hour. */
async function acknowledged(machine?: Machine): Promise<Machine> {
  const known = machine ?? (await findings.machine());
  await known.diagnose(storage({ mounts: { '/': 95 } }), new Date());
  const { id } = await known.only();
  const body = { rule: 'reappears' as const, reason: 'known', expires_at: hoursFromNow(1).toISOString() };
  await known.acting(() => findings.app.get(FindingActs).acknowledge({ id, body }), 'technician');
  return known;
}

describe('an acknowledgement whose time is up', () => {
  it('ends without any diagnostic: open again, on record, told once, whoever else sweeps', async () => {
    const [machine, other] = [await acknowledged(), await acknowledged()];
    await sweep(hoursFromNow(0.9));
    expect((await machine.only()).state).toBe('acknowledged');
    await findings.untilReplicated();
    const expiry = findings.app.get(AcknowledgementExpiry);
    await Promise.all(Array.from({ length: 4 }, () => expiry.sweep(hoursFromNow(1.1))));
    for (const each of [machine, other]) {
      expect(await each.only()).toMatchObject({ state: 'open', acknowledgement: null, acknowledged_until: null });
      expect(await each.told()).toEqual([
        'opened seen FS_USED:/',
        'changed acknowledged FS_USED:/',
        'changed expired FS_USED:/',
      ]);
      expect((await each.transitions()).at(-1)).toBe('acknowledged > open: expired');
    }
  });

  it('ends quietly in a maintenance window, which the first diagnostic after it makes up for', async () => {
    const machine = await acknowledged();
    const id = await machine.window({ starts_at: new Date(), ends_at: hoursFromNow(2) });
    await sweep(hoursFromNow(1.1));
    expect(await machine.only()).toMatchObject({ state: 'suppressed', suppressed_by: id });
    expect(await machine.told()).toHaveLength(2);
    expect(await machine.suppressions()).toMatchObject([{ maintenance_window_id: id, event_type: 'finding.changed' }]);
    await machine.diagnose(storage({ mounts: { '/': 95 } }), hoursFromNow(3));
    expect((await machine.told()).at(-1)).toBe('opened maintenance_over FS_USED:/');
  });

  it('is nobody’s business once the finding is resolved', async () => {
    const machine = await acknowledged();
    await machine.diagnose(storage({ mounts: { '/': 50 } }), hoursFromNow(0.5));
    await sweep(hoursFromNow(1.1));
    expect(await machine.only()).toMatchObject({ state: 'resolved', acknowledged_until: null });
    expect(await machine.told()).toHaveLength(2);
  });

  it('of one finding that cannot be opened keeps no other waiting', async () => {
    const [broken, machine] = [await acknowledged(), await acknowledged()];
    await findings.rows(
      `update findings set acknowledgement = '{"expires_at": 5}' where device_id = $1`,
      broken.deviceId,
    );
    await findings.rows(`update findings set evidence = '{}' where device_id = $1`, broken.deviceId);
    await sweep(hoursFromNow(1.1));
    expect((await machine.only()).state).toBe('open');
    await findings.rows('delete from devices where id = $1', broken.deviceId);
  });
});
