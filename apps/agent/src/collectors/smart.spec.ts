import type { Section } from '@techze/contracts';
import { collectSection } from '../../test/collect-section.js';
import { bareMachine, type FakePrograms } from '../../test/machines/bare-machine.js';
import { disk, smartOfHealthyNvme, smartOfWornDisk } from '../../test/machines/disks.js';
import type { SystemProbe } from '../machine/system-probe.js';

async function storageOf(machine: SystemProbe): Promise<Section & { disks: Record<string, unknown>[] }> {
  const storage = await collectSection('storage', machine);
  return { ...storage, disks: storage.data?.diskLayout as Record<string, unknown>[] };
}

const json = (answer: unknown, code = 0) => ({ code, stdout: JSON.stringify(answer) });
const scan = (...devices: { name: string; type?: string }[]) => json({ devices });
/** What smartctl prints when it may not open a device. */
const refusal = (device: string) =>
  json({
    smartctl: {
      exit_status: 2,
      messages: [{ string: `Smartctl open device: ${device} failed: Permission denied`, severity: 'error' }],
    },
  });

function machine(disks: ReturnType<typeof disk>[], programs: FakePrograms, facts: Partial<SystemProbe> = {}) {
  return bareMachine({ diskLayout: () => Promise.resolve(disks), programs, ...facts });
}

it('asks each disk alone, so that one without SMART never loses the others', async () => {
  const disks = [disk(), disk({ device: '/dev/sdb', serialNum: 'USB' })];
  const {
    status,
    error,
    disks: read,
  } = await storageOf(
    machine(disks, {
      'smartctl -j --scan': scan({ name: '/dev/sda', type: 'scsi' }, { name: '/dev/sdb', type: 'scsi' }),
      'smartctl -j -a /dev/sda': json(smartOfWornDisk, 64),
      'smartctl -j -a /dev/sdb': json({ smartctl: { exit_status: 2 } }, 2),
    }),
  );
  expect([status, error]).toEqual(['ok', 'SMART: not given by /dev/sdb']);
  expect(read).toHaveLength(2);
  expect(read[0]).toMatchObject({ smartStatus: 'Ok', temperature: 41, smartData: { power_on_time: { hours: 31012 } } });
  expect(read[1]).not.toHaveProperty('smartData');
});

it('sends of smartctl’s answer what tells of health, its exit status included', async () => {
  const { disks } = await storageOf(machine([disk({ smartData: smartOfWornDisk as never })], {}));
  const { smartData } = disks[0] as { smartData: Record<string, unknown> };
  expect(smartData).toMatchObject({
    smartctl: { version: [7, 3], exit_status: 64 },
    ata_smart_attributes: { table: [{ id: 197, raw: { value: 5 } }] },
    ata_smart_error_log: { summary: { count: 3 } },
  });
  expect(smartData).not.toHaveProperty('ata_smart_data');
  expect((smartData.ata_smart_self_test_log as { standard: { table: unknown[] } }).standard.table).toHaveLength(5);
});

it.each([
  ['passed', true, 'Ok'],
  ['failed', false, 'Predicted Failure'],
])('says %s for what the disk itself says', async (_, passed, smartStatus) => {
  const failing = { ...smartOfWornDisk, smart_status: { passed }, smartctl: { exit_status: 8 } };
  const { disks } = await storageOf(machine([disk()], { 'smartctl -j -a /dev/sda': json(failing, 8) }));
  expect(disks[0]).toMatchObject({ smartStatus, smartData: { smartctl: { exit_status: 8 } } });
});

it('keeps the attributes of a disk behind a USB bridge that gives no verdict', async () => {
  const { smart_status: _verdict, ...without } = smartOfWornDisk;
  const { disks } = await storageOf(machine([disk()], { 'smartctl -j -a /dev/sda': json(without, 4) }));
  expect(disks[0]).toMatchObject({ smartStatus: 'unknown', smartData: { ata_smart_attributes: { revision: 16 } } });
});

it('reads the log of an NVMe disk, whose controller has another name than its name space', async () => {
  const { status, disks } = await storageOf(
    machine([disk({ device: '/dev/nvme0n1', serialNum: 'S4EVNX0R' })], {
      'smartctl -j --scan': scan({ name: '/dev/nvme0', type: 'nvme' }),
      'smartctl -j -a /dev/nvme0n1': json(smartOfHealthyNvme),
    }),
  );
  expect(status).toBe('ok');
  expect(disks).toHaveLength(1);
  expect(disks[0]).toMatchObject({
    smartStatus: 'Ok',
    temperature: 38,
    smartData: {
      nvme_smart_health_information_log: {
        critical_warning: 0,
        available_spare: 100,
        percentage_used: 3,
        media_errors: 0,
      },
      nvme_composite_temperature_threshold: { warning: 82, critical: 85 },
    },
  });
});

it('finds disks that only smartctl can see, behind a RAID controller', async () => {
  const behind = (serial_number: string) => json({ ...smartOfWornDisk, serial_number });
  const { disks } = await storageOf(
    machine([disk({ name: 'PERC H730', serialNum: 'RAID', smartData: smartOfWornDisk as never })], {
      'smartctl -j --scan': scan(
        { name: '/dev/sda', type: 'scsi' },
        { name: '/dev/bus/0', type: 'megaraid,0' },
        { name: '/dev/bus/0', type: 'megaraid,1' },
      ),
      'smartctl -j -a -d megaraid,0 /dev/bus/0': behind('DISK-0'),
      'smartctl -j -a -d megaraid,1 /dev/bus/0': behind('DISK-1'),
    }),
  );
  expect(disks.map(({ serialNum, interfaceType }) => [serialNum, interfaceType])).toEqual([
    ['RAID', 'SATA'],
    ['DISK-0', 'megaraid,0'],
    ['DISK-1', 'megaraid,1'],
  ]);
});

it('matches by serial number where the system and smartctl name a disk differently, as on Windows', async () => {
  const { disks } = await storageOf(
    machine([disk({ device: '\\\\.\\PHYSICALDRIVE0' })], {
      'smartctl -j --scan': scan({ name: '/dev/sda', type: 'ata' }),
      'smartctl -j -a /dev/sda': json(smartOfWornDisk, 64),
    }),
  );
  expect(disks).toHaveLength(1);
  expect(disks[0]).toMatchObject({ device: '\\\\.\\PHYSICALDRIVE0', temperature: 41 });
});

it('is denied, file systems kept, when smartctl may not open the disks, root or not', async () => {
  const { status, error, data } = await storageOf(
    machine([disk()], { 'smartctl -j -a /dev/sda': refusal('/dev/sda') }),
  );
  expect([status, error]).toEqual([
    'denied',
    'SMART: smartctl may not read /dev/sda: it needs root or an administrator',
  ]);
  expect(data).toMatchObject({ fsSize: [{ mount: '/' }], smart: { status: 'denied' } });
});

it('keeps the other disks when one hangs that dies', async () => {
  jest.useFakeTimers();
  try {
    const disks = [disk(), disk({ device: '/dev/sdb', serialNum: 'DYING' })];
    const { runProgram, ...rest } = machine(disks, { 'smartctl -j -a /dev/sda': json(smartOfWornDisk, 64) });
    const hanging: SystemProbe = {
      ...rest,
      runProgram: (program, args) =>
        args.includes('/dev/sdb') ? new Promise(() => undefined) : runProgram(program, args),
    };
    const reading = collectSection('storage', hanging, { partLimitMs: 8_000 });
    await jest.advanceTimersByTimeAsync(7_000);
    const { status, error, data } = await reading;
    expect([status, error]).toEqual(['ok', 'SMART: not given by /dev/sdb']);
    expect(data?.diskLayout).toMatchObject([{ temperature: 41 }, { serialNum: 'DYING' }]);
  } finally {
    jest.useRealTimers();
  }
});

it('keeps the list of disks when SMART as a whole takes too long', async () => {
  const slow = machine([disk()], {}, { hasProgram: () => new Promise(() => undefined) });
  const { status, error, data } = await collectSection('storage', slow, { partLimitMs: 10 });
  expect([status, error]).toEqual(['timeout', 'smart: no answer within 0.01 s']);
  expect(data).toMatchObject({ diskLayout: [{ device: '/dev/sda' }], fsSize: [{ mount: '/' }] });
});

it('is ok with a note when smartctl is missing', async () => {
  const { status, error } = await storageOf(machine([disk()], {}));
  expect([status, error]).toEqual(['ok', 'SMART: smartctl is not installed (smartmontools 7.0 or newer)']);
});

it('never hands a name to smartctl that could be an option, or a type', async () => {
  const asked: string[] = [];
  const disks = ['/dev/-x', '--all', '/dev/sd a;id'].map((device) => disk({ device }));
  await storageOf(
    machine(
      disks,
      {},
      {
        hasProgram: () => Promise.resolve(true),
        runProgram: (program, args) => {
          asked.push([program, ...args].join(' '));
          return Promise.resolve({ code: 0, stdout: scan({ name: '/dev/sdb', type: '--set=x,1' }).stdout, stderr: '' });
        },
      },
    ),
  );
  expect(asked).toEqual(['smartctl -j --scan']);
});
