import { collectSection } from '../../test/collect-section.js';
import { bareMachine, type FakeMachineFacts } from '../../test/machines/bare-machine.js';
import { deniedJournal, journal } from '../../test/machines/journals.js';

const systemd = { '/proc/1/comm': 'systemd\n' };
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
/** One line a message, a second apart unless the time is given. */
const kernel = (...messages: string[]) =>
  messages.map((message, index) => `${1_763_798_400 + index}.123456 pc kernel: ${message}`);

async function stabilityOf({ files, programs, ...facts }: FakeMachineFacts) {
  const systemctl = { 'systemctl list-units --state=failed --no-legend --no-pager --plain --full': { stdout: '' } };
  const machine = bareMachine({ files: { ...systemd, ...files }, programs: { ...systemctl, ...programs }, ...facts });
  const { status, error, data } = await collectSection('stability', machine);
  return { status, error, ...data };
}

it('counts a week of the kernel’s warnings through all boots', async () => {
  const warnings = [
    ...kernel(
      'Out of memory: Killed process 812 (firefox) total-vm:9000kB, anon-rss:8000kB',
      'Memory cgroup out of memory: Killed process 813 (java) total-vm:9000kB',
      'BUG: unable to handle page fault for address: ffffffffc0000000',
      'mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 5: bea0000000000108',
      'I/O error, dev sda, sector 1953525160 op 0x0:(READ) flags 0x80700 phys_seg 1',
      'critical medium error, dev sda, sector 1953525168',
      'ata1.00: failed command: READ FPDMA QUEUED',
    ),
  ];
  expect(await stabilityOf({ programs: journal(warnings, 3) })).toMatchObject({
    status: 'ok',
    oom_kills: 2,
    bugchecks_7d: 1,
    hardware_errors_7d: 1,
    disk_errors_7d: 3,
    crashes_7d: 3,
    unexpected_shutdowns_7d: 0,
  });
});

it('takes the many lines of one moment for one event', async () => {
  const oops = [
    'BUG: unable to handle page fault for address: ffffffffc0000000',
    'Oops: 0000 [#1] PREEMPT SMP NOPTI',
    'Kernel panic - not syncing: Fatal exception',
  ];
  const lines = oops.map((message, index) => `1763798400.${index} pc kernel: ${message}`);
  expect(await stabilityOf({ programs: journal(lines) })).toMatchObject({ bugchecks_7d: 1 });
});

it.each([
  ['a CD drive without a readable disc', 'I/O error, dev sr0, sector 0'],
  ['a floppy drive that is not there', 'I/O error, dev fd0, sector 0 op 0x0:(READ)'],
  ['a fault of a program', 'traps: app[77] general protection fault ip:7f00 sp:7ffd error:0 in app'],
  ['a task that was slow', 'BUG: soft lockup - CPU#0 stuck for 22s!'],
  ['a message that only speaks of memory', 'Out of memory handling was changed'],
])('takes %s for no trouble of the machine', async (_, message) => {
  expect(await stabilityOf({ programs: journal(kernel(message)) })).toMatchObject({
    oom_kills: 0,
    bugchecks_7d: 0,
    hardware_errors_7d: 0,
    disk_errors_7d: 0,
  });
});

it('counts the boots of the last seven days that just end', async () => {
  const boots = [
    { endedAt: daysAgo(0.5), clean: true },
    { endedAt: daysAgo(1), clean: false },
    { endedAt: daysAgo(3), clean: false },
    { endedAt: daysAgo(8), clean: false },
    { endedAt: daysAgo(9), clean: false },
  ];
  expect(await stabilityOf({ programs: journal([], 0, boots) })).toMatchObject({ unexpected_shutdowns_7d: 2 });
});

it('counts a panic that the firmware kept once, and not as an unexpected shutdown beside', async () => {
  const files = {
    '/sys/fs/pstore/dmesg-efi-176379840001001': 'Panic#1 Part1',
    '/sys/fs/pstore/dmesg-efi-176379840002001': 'Panic#1 Part2',
    '/var/lib/systemd/pstore/1763712000/dmesg.txt': 'Panic#1',
    '/var/lib/systemd/pstore/1700000000/dmesg.txt': 'long ago',
    '/var/crash/_usr_bin_app.1000.crash': 'of a program',
  };
  const times = { '/var/lib/systemd/pstore/1700000000': daysAgo(400) };
  const boots = [{ endedAt: daysAgo(1), clean: false }];
  // A folder is a file here, as far as its time goes.
  const folders = { '/var/lib/systemd/pstore/1763712000': '', '/var/lib/systemd/pstore/1700000000': '' };
  expect(await stabilityOf({ files: { ...files, ...folders }, times, programs: journal([], 0, boots) })).toMatchObject({
    bugchecks_7d: 2,
    unexpected_shutdowns_7d: 0,
  });
});

it('is denied, and keeps what needs no permission, when the journal may not be read', async () => {
  const files = { '/proc/vmstat': 'oom_kill 1\n', '/run/reboot-required': '' };
  expect(await stabilityOf({ isRoot: false, files, programs: deniedJournal })).toMatchObject({
    status: 'denied',
    error: 'journal: No journal files were opened due to insufficient permissions.',
    bugchecks_7d: null,
    unexpected_shutdowns_7d: null,
    crashes_7d: null,
    hardware_errors_7d: null,
    disk_errors_7d: null,
    oom_kills: 1,
    reboot_required: true,
  });
});

it('knows nothing of crashes without a journal: not seen is not none', async () => {
  const { status, data } = await collectSection(
    'stability',
    bareMachine({ files: { '/proc/vmstat': 'oom_kill 0\n' } }),
  );
  expect(status).toBe('ok');
  expect(data).toMatchObject({ oom_kills: 0, bugchecks_7d: null, unexpected_shutdowns_7d: null, crashes_7d: null });
});
