import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import { MeasurementUpkeep } from '../../src/measurements/measurement-upkeep.js';
import { MeasurementsRepository } from '../../src/measurements/measurements.repository.js';
import { agent, as, DiagnosticsProcesses, diagnosticOf, technician } from '../diagnostics/diagnostics-process.js';

const DAY_MS = 86_400_000;
let service: DiagnosticsProcesses;
beforeAll(async () => {
  service = await DiagnosticsProcesses.start(2);
}, 60_000);
afterAll(() => service?.stop());

const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const samplesOf = (diagnosticId: string) =>
  service.rows<{ device_id: string; metric: string; instance: string; at: Date; value: number }>(
    'select device_id, metric, instance, at, value from measurements where diagnostic_id = $1 order by metric, instance',
    diagnosticId,
  );

describe('a diagnostic', () => {
  it('leaves its samples at the time that it counts for, in its own transaction', async () => {
    const tenantId = await service.tenant();
    const at = ago(3);
    const { id, device_id, health } = await service.post(technician(tenantId), { collected_at: at.toISOString() });
    expect(await samplesOf(id)).toEqual([
      { device_id, metric: 'cpu.load', instance: '', at, value: 12.5 },
      { device_id, metric: 'health.score', instance: '', at, value: health?.score },
    ]);
  });

  it('with a clock that cannot be right leaves them at the time when it came in', async () => {
    const tenantId = await service.tenant();
    for (const collected_at of ['1970-01-01T00:00:00Z', '2200-01-01T00:00:00Z']) {
      const { id, received_at } = await service.post(technician(tenantId), { collected_at });
      const [sample] = await samplesOf(id);
      expect(sample?.at.toISOString()).toBe(received_at);
    }
  });

  it('of more than 30 days ago leaves none raw; its event tells them to the rollups', async () => {
    const tenantId = await service.tenant();
    for (const [days, raw] of [
      [29.9, 2],
      [30.1, 0],
    ] as const) {
      const { id } = await service.post(technician(tenantId), { collected_at: ago(days).toISOString() });
      expect([days, (await samplesOf(id)).length]).toEqual([days, raw]);
      const [event] = await service.rows<{ payload: { measurements: object[] } }>(
        `select payload from outbox where type = 'diagnostic.completed' and payload ->> 'diagnostic_id' = $1`,
        id,
      );
      expect(event?.payload.measurements).toContainEqual({ metric: 'cpu.load', instance: '', value: 12.5 });
    }
  });

  it('of an agent leaves samples of its own device, which other agents never see', async () => {
    const tenantId = await service.tenant();
    const [own, other] = [await service.device(tenantId), await service.device(tenantId)];
    const { id } = await service.post(agent(tenantId, own), diagnosticOf({ device_id: own }));
    const seen = (deviceId: string) =>
      as(agent(tenantId, deviceId), () =>
        service
          .get(Database)
          .read((manager) => manager.query<object[]>('select from measurements where diagnostic_id = $1', [id])),
      );
    await service.untilReplicated();
    expect(await seen(own)).toHaveLength(2);
    expect(await seen(other)).toHaveLength(0);
  });

  it('whose partition is being made this very moment is to be sent again, and leaves nothing', async () => {
    const tenantId = await service.tenant();
    const deviceId = await service.device(tenantId);
    await service.rows(`alter table measurements add constraint just_now check (metric <> 'cpu.load') not valid`);
    try {
      await expect(service.post(technician(tenantId), diagnosticOf({ device_id: deviceId }))).rejects.toMatchObject({
        code: 'service-unavailable',
      });
      expect(await service.rows('select from diagnostics where device_id = $1', deviceId)).toEqual([]);
    } finally {
      await service.rows('alter table measurements drop constraint just_now');
    }
  });

  it('any other fault of the database is none of that', async () => {
    const origin = { tenantId: 'tnt', deviceId: 'dev', diagnosticId: 'dgn', at: new Date() };
    const broken = { query: () => Promise.reject(new Error('lost')) } as unknown as EntityManager;
    const insert = new MeasurementsRepository().insert(broken, origin, [
      { metric: 'cpu.load', instance: '', value: 1 },
    ]);
    await expect(insert).rejects.toThrow('lost');
  });
});

describe('the upkeep', () => {
  const partitions = async () =>
    (
      await service.rows<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'measurements'::regclass`,
      )
    ).length;

  it('makes what is missing and drops what is over, whoever else does', async () => {
    const [{ today, ahead } = { today: '', ahead: '' }] = await service.rows<{ today: string; ahead: string }>(
      `select to_char(now() at time zone 'UTC', 'YYYYMMDD') as today, to_char(now() at time zone 'UTC' + interval '7 days', 'YYYYMMDD') as ahead`,
    );
    await service.rows(`drop table measurements_${today}, measurements_${ahead}`);
    await service.rows('set role techze_owner');
    await service.rows(
      `create table measurements_20200202 partition of measurements for values from ('2020-02-02Z') to ('2020-02-03Z')`,
    );
    await service.rows('reset role');
    const tenantId = await service.tenant();
    const { id } = await service.post(technician(tenantId), {});
    expect(
      await service.rows('select tableoid::regclass::text from measurements where diagnostic_id = $1', id),
    ).toEqual(Array(2).fill({ tableoid: 'measurements_default' }));
    await Promise.all([0, 1, 0, 1].map((replica) => service.get(MeasurementUpkeep, replica).run()));
    expect(await partitions()).toBe(39);
    expect(
      await service.rows('select tableoid::regclass::text from measurements where diagnostic_id = $1', id),
    ).toEqual(Array(2).fill({ tableoid: `measurements_${today}` }));
  });

  it('finds nothing to do again', async () => {
    await service.get(MeasurementUpkeep).run();
    expect(await partitions()).toBe(39);
  });

  it('gives way to a reader that holds the table, and does it the next time', async () => {
    const [{ ahead } = { ahead: '' }] = await service.rows<{ ahead: string }>(
      `select to_char(now() at time zone 'UTC' + interval '7 days', 'YYYYMMDD') as ahead`,
    );
    await service.rows(`drop table measurements_${ahead}`);
    await service.rows('begin');
    await service.rows('select count(*) from measurements');
    await expect(service.get(MeasurementUpkeep).run()).rejects.toThrow();
    await service.rows('commit');
    await service.get(MeasurementUpkeep).run();
    expect(await partitions()).toBe(39);
  });
});
