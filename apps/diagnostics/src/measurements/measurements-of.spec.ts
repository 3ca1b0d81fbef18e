import { measurementUnits } from '@techze/contracts';
import { scoreDiagnostic } from '../scoring/index.js';
import { measurementsOf } from './measurements-of.js';

const now = new Date('2026-11-22T08:00:00Z');
const ok = (data: Record<string, unknown>) => ({ status: 'ok' as const, data });
const attribute = (id: number, value: number) => ({
  id,
  name: `a${id}`,
  value: 100,
  worst: 100,
  thresh: 0,
  raw: { value },
});
const samples = (sections: Parameters<typeof scoreDiagnostic>[0]) => measurementsOf(scoreDiagnostic(sections, now));
const found = (sections: Parameters<typeof scoreDiagnostic>[0]) =>
  Object.fromEntries(samples(sections).map(({ metric, instance, value }) => [`${metric} ${instance}`.trim(), value]));

const whole = {
  cpu: ok({ currentLoad: 12.5, temperature: { main: 52 } }),
  memory: ok({ total: 1000, available: 600, swaptotal: 400, swapused: 100 }),
  storage: ok({
    fsSize: [{ fs: '/dev/sda1', type: 'ext4', size: 1000, used: 250, available: 750, use: 25, mount: '/' }],
    diskLayout: [
      {
        device: '/dev/sda',
        type: 'HD',
        serialNum: 'WX1',
        temperature: 35,
        smartStatus: 'Ok',
        smartData: { ata_smart_attributes: { table: [attribute(5, 2), attribute(197, 0)] } },
      },
    ],
  }),
  battery: ok({ hasBattery: true, designedCapacity: 50_000, maxCapacity: 45_000, cycleCount: 212 }),
  network: ok({
    latency_ms: 12,
    interfaces: [{ iface: 'eth0', type: 'wired' }],
    stats: [{ iface: 'eth0', rx_bytes: 1e9, tx_bytes: 1e9, rx_errors: 7, tx_errors: 0, rx_dropped: 0, tx_dropped: 0 }],
  }),
  os: ok({ uptime: 3600 }),
};

describe('the samples of a diagnostic', () => {
  it('carry the names of analytics.md, ratios as 0..1, and the part that they are of', () => {
    expect(found(whole)).toEqual({
      'health.score': expect.any(Number),
      'cpu.load': 12.5,
      'cpu.temperature': 52,
      'memory.used_ratio': 0.4,
      'swap.used_ratio': 0.25,
      'disk.used_bytes /': 250,
      'disk.used_ratio /': 0.25,
      'disk.temperature WX1': 35,
      'smart.5 WX1': 2,
      'smart.197 WX1': 0,
      'battery.health': 90,
      'battery.cycles': 212,
      'net.latency_ms': 12,
      'net.rx_errors eth0': 7,
      'boot.uptime_seconds': 3600,
    });
  });

  it('leave no metric of the list out', () => {
    const metrics = new Set(samples(whole).map(({ metric }) => metric));
    for (const metric of Object.keys(measurementUnits)) expect(metrics).toContain(metric);
  });

  it('are what the score itself believes: a value that cannot be true is none', () => {
    expect(
      found({
        cpu: ok({ currentLoad: 400, temperature: { main: -300 } }),
        memory: ok({ total: -5, available: 600, swaptotal: 100, swapused: 400 }),
        storage: ok({
          fsSize: [{ fs: '/dev/sda1', type: 'ext4', size: 1000, used: 5000, available: 0, use: 25, mount: '/' }],
          diskLayout: [
            { serialNum: 'WX1', temperature: 999, smartData: { ata_smart_attributes: { table: [attribute(5, -1)] } } },
          ],
        }),
        battery: ok({ hasBattery: true, designedCapacity: 1, maxCapacity: 45_000, cycleCount: -3 }),
        network: ok({ latency_ms: 'NaN', stats: [{ iface: 'eth0', rx_bytes: 1, tx_bytes: 1, rx_errors: 1.5e300 }] }),
        os: ok({ uptime: 1e12 }),
      }),
    ).toEqual({});
  });

  it('are none where nothing was read, and none of a schema from the future', () => {
    expect(samples({ cpu: { status: 'denied', error: 'needs root' } })).toEqual([]);
  });

  it('stay few for a machine with 10,000 disks', () => {
    const diskLayout = Array.from({ length: 10_000 }, (_, index) => ({
      serialNum: `S${index}`,
      temperature: 30,
      smartData: { ata_smart_attributes: { table: [attribute(5, index), attribute(197, index)] } },
    }));
    const fsSize = Array.from({ length: 10_000 }, (_, index) => ({
      fs: `/dev/sd${index}`,
      type: 'ext4',
      size: 1000,
      used: 250,
      available: 750,
      mount: `/m${index}`,
    }));
    const all = samples({ storage: ok({ diskLayout, fsSize }) });
    expect(all.length).toBeGreaterThan(100);
    expect(all.length).toBeLessThan(1_000);
  });
});
