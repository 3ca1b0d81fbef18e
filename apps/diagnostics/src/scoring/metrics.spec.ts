import type { Section } from '@techze/contracts';
import { machines } from '../../test/scoring/corpus/machines.js';
import { metricsOf, scoreDiagnostic } from './index.js';

const NOW = new Date('2026-11-22T00:00:00Z');
const measured = (sections: Record<string, Section>) => metricsOf(scoreDiagnostic(sections, NOW));
const ok = (data: Record<string, unknown>): Section => ({ status: 'ok', data });

it('measures what analytics.md names, each with its part', () => {
  const names = measured({ ...machines.onePendingSector, ...{ battery: machines.wornBatteryLaptop.battery } }).map(
    ({ metric, instance }) => `${metric}${instance === undefined ? '' : `:${instance}`}`,
  );
  const disk = 'WD-WCC6Y0KX1234';
  expect(names.sort()).toEqual(
    [
      'health.score',
      'cpu.load',
      'cpu.temperature',
      'memory.used_ratio',
      'swap.used_ratio',
      'disk.used_bytes:/',
      'disk.used_ratio:/',
      `disk.temperature:${disk}`,
      ...[5, 10, 197, 198, 199].map((id) => `smart.${id}:${disk}`),
      'battery.health',
      'net.latency_ms',
      'net.rx_errors:eth0',
      'boot.uptime_seconds',
    ].sort(),
  );
});

it('takes ratios in per cent, and of two views of one thing the worse', () => {
  const metrics = measured({
    memory: ok({ total: 100, available: 40 }),
    os: ok({ uptime: 500 }),
    stability: ok({ uptime: 700 }),
    storage: ok({
      diskLayout: [
        { serialNum: 'S1', temperature: 30 },
        { serialNum: 'S1', temperature: 45 },
      ],
    }),
  });
  expect(metrics).toEqual([
    { metric: 'health.score', value: 100 },
    { metric: 'memory.used_ratio', value: 60 },
    { metric: 'boot.uptime_seconds', value: 700 },
    { metric: 'disk.temperature', instance: 'S1', value: 45 },
  ]);
});

it('measures also what an override has turned off, and nothing where nothing was observed', () => {
  const off = new Map([['CPU_LOAD' as const, { enabled: false, source: 'tenant' }]]);
  const sections = { cpu: ok({ currentLoad: 12 }) };
  expect(metricsOf(scoreDiagnostic(sections, NOW, off))).toEqual([{ metric: 'cpu.load', value: 12 }]);
  expect(measured({})).toEqual([]);
});

it('is bounded, however many parts a machine claims', () => {
  const fsSize = Array.from({ length: 5000 }, (_, i) => ({
    fs: `/dev/${i}`,
    mount: `/m${i}`,
    use: 50,
    used: 1,
    size: 2,
  }));
  expect(measured({ storage: ok({ fsSize }) }).length).toBeLessThan(300);
});
