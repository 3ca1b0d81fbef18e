import { collectSection } from '../../test/collect-section.js';
import { windowsPc } from '../../test/machines/laptops.js';

/** A PowerShell that prints that answer to any script, and the scripts that it was given. */
function powershell(answer: unknown, code = 0) {
  const scripts: string[] = [];
  const machine = windowsPc({
    hasProgram: () => Promise.resolve(false),
    runProgram: (program, args) => {
      expect(program).toBe('powershell.exe');
      scripts.push(args.at(-1) ?? '');
      const stdout = typeof answer === 'string' ? answer : `\uFEFF${JSON.stringify(answer)}\r\n`;
      return Promise.resolve({ code, stdout, stderr: code === 0 ? '' : 'Access is denied\r\n' });
    },
  });
  return { machine, scripts };
}

describe('security', () => {
  const answer = {
    firewall: [
      { name: 'Domain', enabled: 1 },
      { name: 'Private', enabled: 1 },
      { name: 'Public', enabled: 0 },
    ],
    // 0x061100: Defender on and current; 0x040010: another product off with old signatures.
    antivirus: [
      { name: 'Windows Defender', state: 397568 },
      { name: 'Old Antivirus', state: 262160 },
    ],
    defender: { enabled: true, signature_age_days: 0 },
    volumes: [
      { volume: 'C:', protection: 1 },
      { volume: 'D:', protection: 2 },
      { volume: 'E:', protection: 3 },
      { volume: 'F:', protection: null },
    ],
    secure_boot: 1,
  };

  it('reads the profiles of the firewall, the antivirus products, BitLocker by volume, and Secure Boot', async () => {
    expect(await collectSection('security', powershell(answer).machine)).toMatchObject({
      status: 'ok',
      data: {
        firewall: [
          { profile: 'Domain', enabled: true },
          { profile: 'Private', enabled: true },
          { profile: 'Public', enabled: false },
        ],
        antivirus: [
          { name: 'Windows Defender', enabled: true, up_to_date: true },
          { name: 'Old Antivirus', enabled: false, up_to_date: false },
        ],
        encryption: [
          { volume: 'C:', encrypted: true },
          { volume: 'D:', encrypted: false },
        ],
        secure_boot: true,
      },
    });
  });

  it.each([
    ['on', 266240, true, true],
    ['on with old signatures', 266256, true, false],
    ['off', 262144, false, true],
    ['snoozed', 0x062100, false, true],
    ['expired', 0x063110, false, false],
  ])('knows an antivirus that is %s', async (_, state, enabled, up_to_date) => {
    const { machine } = powershell({ ...answer, antivirus: [{ name: 'X', state }] });
    const { data } = await collectSection('security', machine);
    expect(data?.antivirus).toEqual([{ name: 'X', enabled, up_to_date }]);
  });

  it('asks the Defender itself on a server, which has no Security Center', async () => {
    const defender = { enabled: true, signature_age_days: 9 };
    const { machine } = powershell({ ...answer, antivirus: [], defender });
    expect((await collectSection('security', machine)).data?.antivirus).toEqual([
      { name: 'Microsoft Defender', enabled: true, up_to_date: false },
    ]);
  });

  it('knows nothing where nothing answers', async () => {
    const silent = { firewall: [], antivirus: [], defender: null, volumes: [], secure_boot: null };
    expect(await collectSection('security', powershell(silent).machine)).toMatchObject({ status: 'unavailable' });
  });

  it.each([
    ['fails', '', 1, 'powershell: PowerShell: Access is denied'],
    ['prints something else', 'Windows PowerShell', 0, 'powershell: PowerShell: its answer is not understood'],
  ])('is an error in PowerShell’s words when it %s', async (_, printed, code, error) => {
    const { machine } = powershell(printed, code);
    expect(await collectSection('security', machine)).toMatchObject({ status: 'error', error });
  });
});

describe('stability', () => {
  const calm = {
    readable: true,
    stability_index: 9.5,
    kernel_power_41: [],
    event_log_6008: 0,
    bugcheck_1001: 0,
    whea: 0,
    disk: 0,
    application_error_1000: 0,
    application_hang_1002: 0,
    reboot_required: false,
  };
  const stabilityOf = async (change: object) =>
    (await collectSection('stability', powershell({ ...calm, ...change }).machine)).data;

  it('reads the stability index and the events of a week', async () => {
    const events = { whea: 2, disk: 7, application_error_1000: 3, application_hang_1002: 1, reboot_required: true };
    expect(await stabilityOf(events)).toEqual({
      stability_index: 9.5,
      bugchecks_7d: 0,
      unexpected_shutdowns_7d: 0,
      crashes_7d: 4,
      hardware_errors_7d: 2,
      disk_errors_7d: 7,
      reboot_required: true,
      uptime: 3600,
    });
  });

  it.each([
    ['one blue screen with its three events', { kernel_power_41: [159], event_log_6008: 1, bugcheck_1001: 1 }, 1, 0],
    ['a blue screen whose report was not written', { kernel_power_41: [159], event_log_6008: 1 }, 1, 0],
    ['a pulled plug', { kernel_power_41: [0], event_log_6008: 1 }, 0, 1],
    ['a pulled plug that only one of the two logged', { event_log_6008: 1 }, 0, 1],
    ['a blue screen and two pulled plugs', { kernel_power_41: [0, 159, 0], event_log_6008: 3, bugcheck_1001: 1 }, 1, 2],
  ])('counts %s once', async (_, events, bugchecks_7d, unexpected_shutdowns_7d) => {
    expect(await stabilityOf(events)).toMatchObject({ bugchecks_7d, unexpected_shutdowns_7d });
  });

  it('is denied, and knows no counts, when the event log may not be read', async () => {
    const section = await collectSection('stability', powershell({ ...calm, readable: false }).machine);
    expect(section).toMatchObject({ status: 'denied', error: 'events: the event log may not be read' });
    expect(section.data).toMatchObject({
      bugchecks_7d: null,
      crashes_7d: null,
      disk_errors_7d: null,
      stability_index: 9.5,
    });
  });

  it('takes an index of zero for one that was not measured', async () => {
    expect(await stabilityOf({ stability_index: 0 })).toMatchObject({ stability_index: null });
  });
});

describe('disks', () => {
  const sample = { frequency: 10_000_000, read: 4_294_967_000, reads: 5_000, write: 100_000, writes: 900 };
  const storageOf = async (second: object | null) =>
    (await collectSection('storage', powershell({ first: sample, second: second && { ...sample, ...second } }).machine))
      .data?.disksIO;

  it('says how long they took to answer in the sampled second, though the counters run over', async () => {
    const later = { read: (sample.read + 20 * 150_000) % 2 ** 32, reads: 5_020, write: 1_100_000, writes: 940 };
    expect(await storageOf(later)).toEqual({ read_await_ms: 15, write_await_ms: 2.5 });
  });

  it('draws nothing from a handful of answers', async () => {
    expect(await storageOf({ read: sample.read + 1, reads: 5_001 })).toEqual({
      read_await_ms: null,
      write_await_ms: null,
    });
  });

  it('knows nothing where Windows does not count', async () => {
    expect(await storageOf(null)).toBeNull();
  });
});

it('gives PowerShell nothing but its own literals, without a quote that Windows could take apart', async () => {
  const scripts = [];
  for (const section of ['security', 'stability', 'storage']) {
    const asked = powershell({});
    await collectSection(section, asked.machine);
    scripts.push(...asked.scripts);
  }
  expect(scripts).toHaveLength(3);
  for (const script of scripts) expect(script).not.toMatch(/"|CAIXA-01/);
});
