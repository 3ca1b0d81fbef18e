import { newId } from '@techze/contracts';
import { FindingsProcess, type Machine } from './findings-process.js';
import { storage } from './sections.js';

let findings: FindingsProcess;
beforeAll(async () => {
  findings = await FindingsProcess.start();
});
afterAll(() => findings?.stop());

const at = (hour: number) => new Date(Date.UTC(2026, 0, 10, hour));
const night = { starts_at: at(0), ends_at: at(6) };
const full = (percent: number) => storage({ mounts: { '/': percent } });

/** Puts the machine on a site of a customer. */
async function placed(machine: Machine): Promise<{ customer_id: string; site_id: string }> {
  const [customer_id, site_id] = [newId('cus'), newId('sit')];
  await findings.rows('insert into customers (tenant_id, id, name) values ($1, $2, $2)', machine.tenantId, customer_id);
  await findings.rows(
    'insert into sites (tenant_id, id, customer_id, name) values ($1, $2, $3, $2)',
    machine.tenantId,
    site_id,
    customer_id,
  );
  await findings.rows('update devices set site_id = $2 where id = $1', machine.deviceId, site_id);
  machine.siteId = site_id;
  return { customer_id, site_id };
}

describe('a maintenance window', () => {
  it('keeps quiet what opens in it, on record; after it the next sight tells', async () => {
    const machine = await findings.machine();
    const id = await machine.window(night);
    await machine.diagnose(full(95), at(1));
    expect(await machine.only()).toMatchObject({ state: 'suppressed', suppressed_by: id, alerted_at: null });
    await machine.diagnose(full(96), at(2));
    expect(await machine.suppressions()).toEqual([
      {
        maintenance_window_id: id,
        event_type: 'finding.opened',
        severity: 'warning',
        title: expect.stringContaining('95 %'),
      },
    ]);
    expect(await machine.told()).toEqual([]);
    await machine.diagnose(full(95), at(6));
    expect(await machine.only()).toMatchObject({
      state: 'open',
      suppressed_by: null,
      occurrences: 3,
      opened_at: at(1),
    });
    expect(await machine.told()).toEqual(['opened maintenance_over FS_USED:/']);
    expect(await machine.transitions()).toEqual(['- > suppressed: maintenance', 'suppressed > open: maintenance_over']);
  });

  it('over, tells nothing of what came and went in it: no burst', async () => {
    const machine = await findings.machine();
    const id = await machine.window(night);
    const mounts = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`/${index}`, 95]));
    const well = Object.fromEntries(Object.keys(mounts).map((mount) => [mount, 50]));
    await machine.diagnose(storage({ mounts }), at(1));
    await machine.diagnose(storage({ mounts: well }), at(2));
    await machine.diagnose(storage({ mounts: well }), at(7));
    expect(await machine.told()).toEqual([]);
    const logged = await machine.suppressions();
    expect(logged).toHaveLength(40);
    expect(new Set(logged.map(({ maintenance_window_id }) => maintenance_window_id))).toEqual(new Set([id]));
  });

  it('goes by when it was measured, not by when it came in', async () => {
    const machine = await findings.machine();
    await machine.window(night);
    await machine.diagnose(full(95), at(3), at(20));
    expect((await machine.only()).state).toBe('suppressed');
    const other = await findings.machine();
    await other.window({ starts_at: at(19), ends_at: at(22) });
    await other.diagnose(full(95), at(3), at(20));
    expect((await other.only()).state).toBe('open');
  });

  it('that recurs covers each of its times, and nothing between them', async () => {
    const machine = await findings.machine();
    await machine.window({
      starts_at: new Date('2026-01-01T00:00:00Z'),
      cron: '0 2 * * *',
      timezone: 'America/Sao_Paulo',
      duration_minutes: 60,
    });
    await machine.diagnose(full(95), at(5)); // 02:00 in São Paulo
    expect((await machine.only()).state).toBe('suppressed');
    await machine.diagnose(full(95), at(6)); // 03:00
    expect((await machine.only()).state).toBe('open');
  });

  it.each([
    ['the whole tenant', () => Promise.resolve({}), true],
    ['the device', ({ deviceId }: Machine) => Promise.resolve({ device_id: deviceId }), true],
    ['its site', async (machine: Machine) => ({ site_id: (await placed(machine)).site_id }), true],
    ['its customer', async (machine: Machine) => ({ customer_id: (await placed(machine)).customer_id }), true],
    ['one of its tags', () => Promise.resolve({ tags: ['server', 'counter'] }), true],
    ['another tag', () => Promise.resolve({ tags: ['kiosk'] }), false],
    [
      'another device',
      async ({ tenantId }: Machine) => ({ device_id: (await findings.machineOf(tenantId)).deviceId }),
      false,
    ],
    [
      'another site',
      async (machine: Machine) => {
        const { site_id } = await placed(await findings.machineOf(machine.tenantId));
        await placed(machine);
        return { site_id };
      },
      false,
    ],
    [
      'another customer',
      async (machine: Machine) => {
        const { customer_id } = await placed(await findings.machineOf(machine.tenantId));
        await placed(machine);
        return { customer_id };
      },
      false,
    ],
    [
      'another tenant',
      async (machine: Machine) => {
        await (await findings.machine()).window(night);
        return { tags: [machine.deviceId] };
      },
      false,
    ],
  ] as [string, (machine: Machine) => Promise<Record<string, unknown>>, boolean][])(
    'for %s',
    async (_whom, scopeOf, covered) => {
      const machine = await findings.machine(['counter']);
      await machine.window({ ...night, ...(await scopeOf(machine)) });
      await machine.diagnose(full(95), at(1));
      expect((await machine.only()).state).toBe(covered ? 'suppressed' : 'open');
    },
  );
});
