import { randomUUID } from 'node:crypto';

/** A POST body that is right; a device of its own unless `changes` say otherwise. */
export function diagnosticBody(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const mark = randomUUID();
  return {
    device: { hostname: `host-${mark}`, serial: `SN-${mark}`, manufacturer: 'LENOVO', model: '20XW' },
    type: 'full',
    collected_at: '2026-11-22T08:00:00Z',
    duration_ms: 1250,
    schema_version: 1,
    notes: 'at the counter',
    tags: ['counter'],
    agent: { version: '1.0.0' },
    sections: {
      cpu: {
        status: 'ok',
        collected_ms: 35,
        data: { currentLoad: 12.5, temperature: { main: 52, max: 55, cores: [51, 55] } },
      },
      memory: {
        status: 'ok',
        data: { total: 17_179_869_184, available: 9_663_676_416, used: 7_516_192_768, swaptotal: 0, swapused: 0 },
      },
      storage: { status: 'ok', data: { fsSize: [fileSystem(50)], diskLayout: [disk(0)], disksIO: null } },
      battery: {
        status: 'ok',
        data: {
          hasBattery: true,
          cycleCount: 212,
          designedCapacity: 50_450,
          maxCapacity: 43_900,
          percent: 80,
          isCharging: true,
        },
      },
    },
    ...changes,
  };
}

/** A file system that is so full. */
export function fileSystem(usedPercent: number, size = 512_000_000_000) {
  const used = Math.round((size * usedPercent) / 100);
  return { fs: '/dev/sda1', type: 'ext4', size, used, available: size - used, use: usedPercent, mount: '/', rw: true };
}

/** A disk whose SMART attribute 197 (pending sectors) has that raw value. */
export function disk(pendingSectors: number) {
  const attribute = {
    id: 197,
    name: 'Current_Pending_Sector',
    value: 200,
    worst: 200,
    thresh: 0,
    when_failed: '',
    raw: { value: pendingSectors, string: `${pendingSectors}` },
  };
  return {
    device: '/dev/sda',
    type: 'HD',
    name: 'WDC WD5000LPCX',
    size: 512_000_000_000,
    serialNum: 'WX12A34',
    smartStatus: 'Ok',
    smartData: { ata_smart_attributes: { table: [attribute] } },
  };
}
