import { collectSection as sectionOf } from '../../test/collect-section.js';
import { bareMachine, networkCard } from '../../test/machines/bare-machine.js';
import { linuxLaptop, macBook, windowsPc } from '../../test/machines/laptops.js';
import { collectorsOf } from './collectors-of.js';

const always =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);

describe('system', () => {
  it('has the fields of system() at the top and the others under their own key', async () => {
    const { status, data } = await sectionOf('system', linuxLaptop());
    expect(status).toBe('ok');
    expect(data).toMatchObject({ manufacturer: 'LENOVO', serial: 'PF3ABCDE', bios: {}, baseboard: {}, chassis: {} });
  });
});

describe('os', () => {
  it('carries the uptime in whole seconds', async () => {
    expect((await sectionOf('os', bareMachine())).data).toMatchObject({ distro: 'Debian GNU/Linux', uptime: 3600 });
  });
});

describe('cpu', () => {
  it('is flat, with unknown speeds and temperatures null and not zero', async () => {
    const { status, data } = await sectionOf('cpu', bareMachine());
    expect(status).toBe('ok');
    expect(data).toMatchObject({
      brand: 'EPYC',
      currentLoad: 12.5,
      speed: null,
      temperature: { main: null, max: null },
    });
  });

  it('names the limits of the processor’s own sensor', async () => {
    const files = {
      '/sys/class/hwmon/hwmon0/name': 'coretemp\n',
      '/sys/class/hwmon/hwmon0/temp1_input': '61000\n',
      '/sys/class/hwmon/hwmon0/temp1_max': '86000\n',
      '/sys/class/hwmon/hwmon0/temp1_crit': '100000\n',
    };
    const { data } = await sectionOf('cpu', bareMachine({ files }));
    expect(data?.temperature).toMatchObject({ high: 86, critical: 100 });
  });

  it('measures between two samples how long the processor waited for the disk', async () => {
    const samples = ['cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1', 'cpu  150 0 150 860 140 0 0 0 90 0\ncpu0 1'];
    const { readText } = bareMachine();
    const machine = bareMachine({
      readText: (path) => (path === '/proc/stat' ? Promise.resolve(samples.shift() ?? null) : readText(path)),
    });
    // 40 of 300 ticks; what guests used is counted in user already.
    expect((await sectionOf('cpu', machine)).data?.iowait).toBeCloseTo(13.33);
  });

  it('does not know it where nobody counts', async () => {
    expect((await sectionOf('cpu', bareMachine())).data?.iowait).toBeNull();
    expect((await sectionOf('cpu', windowsPc())).data?.iowait).toBeNull();
  });

  it('has no load average on Windows, where there is none', async () => {
    expect((await sectionOf('cpu', windowsPc())).data).toMatchObject({ avgLoad: null, currentLoad: 12.5 });
  });

  it('keeps the rest when one function fails', async () => {
    const machine = bareMachine({ cpuTemperature: () => Promise.reject(new Error('sensors broke')) });
    const { status, error, data } = await sectionOf('cpu', machine);
    expect(status).toBe('error');
    expect(error).toBe('cpuTemperature: sensors broke');
    expect(data).toMatchObject({ brand: 'EPYC', currentLoad: 12.5 });
  });
});

describe('memory', () => {
  it('takes no invented module for a real one', async () => {
    expect((await sectionOf('memory', bareMachine())).data).toMatchObject({ total: 4294967296, layout: [], ecc: null });
  });

  it('adds up the error counts of all ECC controllers', async () => {
    const edac = '/sys/devices/system/edac/mc';
    const files = {
      [`${edac}/mc0/ce_count`]: '3\n',
      [`${edac}/mc0/ue_count`]: '0\n',
      [`${edac}/mc1/ce_count`]: '4\n',
      [`${edac}/mc1/ue_count`]: '1\n',
    };
    const { data } = await sectionOf('memory', bareMachine({ files }));
    expect(data?.ecc).toEqual({ correctable: 7, uncorrectable: 1 });
  });
});

describe('storage', () => {
  it('says nothing of SMART where there is no physical disk', async () => {
    const { status, error, data } = await sectionOf('storage', bareMachine());
    expect([status, error]).toEqual(['ok', undefined]);
    expect(data).toMatchObject({ diskLayout: [], disksIO: null });
  });

  it('has rates from the second sample', async () => {
    let calls = 0;
    const io = { rIO: 9, wIO: 9, tIO: 18, rWaitTime: 0, wWaitTime: 0, tWaitTime: 0, wIO_sec: 0, rIO_sec: 0 };
    const waits = { rWaitPercent: null, wWaitPercent: null, tWaitPercent: null, ms: 1000 };
    const machine = bareMachine({
      disksIO: () => Promise.resolve({ ...io, ...waits, tIO_sec: calls++ === 0 ? null : 18 }),
    });
    expect((await sectionOf('storage', machine)).data?.disksIO).toMatchObject({ tIO_sec: 18 });
  });

  it('says how long the disks took to answer between the samples, and nothing after a handful of answers', async () => {
    const rates = { tIO: 0, tWaitTime: 0, rIO_sec: 0, wIO_sec: 0, tIO_sec: 0, ms: 1000 };
    const waits = { rWaitPercent: null, wWaitPercent: null, tWaitPercent: null };
    const samples = [
      { rIO: 1000, rWaitTime: 9000, wIO: 500, wWaitTime: 5000 },
      { rIO: 1100, rWaitTime: 11500, wIO: 504, wWaitTime: 5100 },
    ];
    const machine = bareMachine({
      disksIO: () => Promise.resolve({ ...rates, ...waits, ...samples.shift() } as never),
    });
    expect((await sectionOf('storage', machine)).data?.disksIO).toMatchObject({
      read_await_ms: 25,
      write_await_ms: null,
    });
  });
});

describe('battery', () => {
  it('is unavailable where there is none, without the library’s zeros', async () => {
    expect(await sectionOf('battery', bareMachine())).toMatchObject({
      status: 'unavailable',
      error: 'no battery in this machine',
      data: { hasBattery: false },
    });
  });

  it('leaves out what Windows does not tell instead of saying zero', async () => {
    const { data } = await sectionOf('battery', windowsPc());
    expect(data).toMatchObject({ hasBattery: true, cycleCount: null, designedCapacity: null, maxCapacity: 41200 });
  });
});

describe('thermal', () => {
  it('is unavailable without sensors', async () => {
    const section = await sectionOf('thermal', bareMachine());
    expect(section).toMatchObject({ status: 'unavailable', error: 'no temperature sensor can be read here' });
    expect(section).not.toHaveProperty('data');
  });

  it('reads sensors with their own trip points, and fans', async () => {
    const { status, data } = await sectionOf('thermal', linuxLaptop());
    expect(status).toBe('ok');
    expect(data).toMatchObject({
      sensors: [
        { name: 'acpitz', temperature: 52, critical: 98 },
        { name: 'nvme Composite', temperature: 38.85, high: 81.85, critical: 84.85 },
      ],
      fans: [{ name: 'thinkpad fan1', rpm: 2410 }],
      chipset: 48,
    });
  });

  it('takes the “not set” of drivers for no limit', async () => {
    const files = {
      '/sys/class/hwmon/hwmon0/name': 'nvme\n',
      '/sys/class/hwmon/hwmon0/temp1_input': '38850\n',
      '/sys/class/hwmon/hwmon0/temp1_max': '65261850\n',
      '/sys/class/hwmon/hwmon0/temp1_crit': '-273150\n',
    };
    const { data } = await sectionOf('thermal', bareMachine({ files }));
    expect(data?.sensors).toMatchObject([{ high: null, critical: null }]);
  });
});

describe('network', () => {
  const server = { host: 'techze.example', port: 443 };

  it('contacts nobody without a server', async () => {
    let contacted = 0;
    const machine = bareMachine({ connectMs: () => Promise.resolve(contacted++) });
    const { data } = await sectionOf('network', machine);
    expect(data).toMatchObject({ latency_ms: null, connectivity: null, gateway: '192.0.2.1' });
    expect(contacted).toBe(0);
  });

  it('measures the median way to the server and to no other', async () => {
    const times = [9, 1.234, 4];
    const seen: string[] = [];
    const connectMs = (host: string, port: number) => {
      seen.push(`${host}:${port}`);
      return Promise.resolve(times.shift() ?? 0);
    };
    const { data } = await sectionOf('network', bareMachine({ connectMs }), { server });
    expect(data).toMatchObject({ latency_ms: 4, connectivity: true });
    expect(new Set(seen)).toEqual(new Set(['techze.example:443']));
  });

  it('says when the server cannot be reached', async () => {
    const { status, data } = await sectionOf('network', bareMachine(), { server });
    expect(status).toBe('ok');
    expect(data).toMatchObject({ latency_ms: null, connectivity: false });
  });

  it('knows no speed where the driver says −1', async () => {
    const fast = { ...networkCard, iface: 'eth1', speed: 1000 };
    const machine = bareMachine({ networkInterfaces: always([networkCard, fast]) });
    expect((await sectionOf('network', machine)).data?.interfaces).toMatchObject([{ speed: null }, { speed: 1000 }]);
  });
});

describe('graphics', () => {
  it('is unavailable without a controller', async () => {
    expect((await sectionOf('graphics', bareMachine())).status).toBe('unavailable');
  });
});

describe('processes', () => {
  const process = (pid: number, cpu: number) => ({
    pid,
    parentPid: 1,
    name: `p${pid}`,
    cpu,
    cpuu: 0,
    cpus: 0,
    mem: 0,
    priority: 0,
    memVsz: 1,
    memRss: 1,
    nice: 0,
    started: '2026-11-22 08:00:00',
    state: 'sleeping',
    tty: 'pts/7',
    user: 'maria',
    command: 'mysql',
    params: '--password=hunter2',
    path: '/home/maria/bin',
  });
  const counts = { all: 81, running: 1, blocked: 2, sleeping: 78, unknown: 0 };
  const list = Array.from({ length: 80 }, (_, index) => process(index + 1, index));

  it('sends the fifty heaviest, without users, arguments, paths and terminals', async () => {
    const machine = bareMachine({ processes: always({ ...counts, list }) });
    const { data } = await sectionOf('processes', machine);
    expect(data).toMatchObject({ all: 81, blocked: 2 });
    const sent = data?.list as Record<string, unknown>[];
    expect(sent).toHaveLength(50);
    expect(sent[0]).toMatchObject({ pid: 80, cpu: 79 });
    expect(JSON.stringify(data)).not.toMatch(/maria|hunter2|pts\/7|mysql/);
  });

  it('leaves the agent itself out', async () => {
    const machine = bareMachine({ pid: 80, processes: always({ ...counts, list }) });
    const { data } = await sectionOf('processes', machine);
    expect((data?.list as { pid: number }[]).map(({ pid }) => pid)).not.toContain(80);
  });
});

describe('services', () => {
  it('says what systemd says, the failed first, and no unit that is not there', async () => {
    const { data } = await sectionOf('services', linuxLaptop());
    expect(data).toEqual({
      total: 2,
      services: [
        { name: 'apache2', running: false, failed: true, state: 'failed', startmode: 'enabled' },
        { name: 'cron', running: true, failed: false, state: 'active', startmode: 'enabled' },
      ],
    });
  });

  it('says what the library says on Windows', async () => {
    const { data } = await sectionOf('services', windowsPc());
    expect(data?.services).toContainEqual({ name: 'Spooler', running: true, startmode: 'Auto' });
  });

  it('says on macOS what launchd says, those that ended badly first, and judges nothing', async () => {
    const { data } = await sectionOf('services', macBook());
    expect(data).toEqual({
      total: 3,
      services: [
        { name: 'com.example.backup', running: false, startmode: 'launchd', exit_status: 78 },
        { name: 'com.example.helper', running: false, startmode: 'launchd', exit_status: -9 },
        { name: 'com.apple.Finder', running: true, startmode: 'launchd', exit_status: 0 },
      ],
    });
  });

  it('is unavailable in a container', async () => {
    expect((await sectionOf('services', bareMachine())).status).toBe('unavailable');
  });

  it('is an error with systemctl’s words when it fails', async () => {
    const machine = bareMachine({
      files: { '/proc/1/comm': 'systemd\n' },
      runProgram: always({ code: 1, stdout: '', stderr: 'Failed to connect to bus' }),
    });
    expect(await sectionOf('services', machine)).toMatchObject({
      status: 'error',
      error: 'systemctl list-units: Failed to connect to bus',
    });
  });
});

describe('security', () => {
  it('finds ufw, and encryption below LVM', async () => {
    expect(await sectionOf('security', linuxLaptop())).toMatchObject({
      status: 'ok',
      data: { firewall: [{ profile: 'ufw', enabled: true }], encryption: [{ volume: '/', encrypted: true }] },
    });
  });

  const nft = (stdout: string, files = {}) => bareMachine({ files, programs: { 'nft list ruleset': { stdout } } });
  const filtering = 'table inet f {\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\n';

  it.each([
    ['drops what comes in', nft(filtering), true],
    ['lets everything in', nft(filtering.replace('drop', 'accept')), false],
    ['has no rules', nft(''), false],
  ])('reads the kernel’s rules: one that %s', async (_, machine, enabled) => {
    expect((await sectionOf('security', machine)).data?.firewall).toEqual([{ profile: 'nftables', enabled }]);
  });

  it.each([
    ['the old iptables are loaded', nft('', { '/proc/net/ip_tables_names': 'filter\n' })],
    ['it runs in a container', nft(filtering, { '/.dockerenv': '' })],
    ['the agent is not root', bareMachine({ isRoot: false, programs: { 'nft list ruleset': {} } })],
  ])('knows nothing of a firewall when %s', async (_, machine) => {
    expect(await sectionOf('security', machine)).toMatchObject({ status: 'unavailable' });
  });

  it('knows a plain disk from an encrypted one', async () => {
    const files = { '/proc/self/mounts': '/dev/sda2 / ext4 rw 0 0\n', '/sys/class/block/sda2/size': '1\n' };
    expect((await sectionOf('security', bareMachine({ files }))).data).toMatchObject({
      encryption: [{ volume: '/', encrypted: false }],
    });
  });

  it('asks Apple’s own programs on macOS', async () => {
    expect((await sectionOf('security', macBook())).data).toEqual({
      firewall: [{ profile: 'application firewall', enabled: false }],
      encryption: [{ volume: '/', encrypted: true }],
      gatekeeper: true,
      system_integrity_protection: true,
    });
  });
});

describe('stability', () => {
  it('reads kills for want of memory, failed units, and a pending restart', async () => {
    expect((await sectionOf('stability', linuxLaptop())).data).toMatchObject({
      oom_kills: 2,
      oom_kills_since_boot: 2,
      reboot_required: true,
      clock_synchronised: null,
      failed_units: ['apache2.service'],
    });
  });

  it('does not know the kills of a week when the machine has run for longer', async () => {
    const { data } = await sectionOf('stability', linuxLaptop({ uptimeSeconds: () => 8 * 86_400 }));
    expect(data).toMatchObject({ oom_kills: null, oom_kills_since_boot: 2 });
  });
});

describe('collectorsOf', () => {
  it('reads all thirteen sections for a full diagnostic, only what is needed for another', () => {
    expect(collectorsOf('full')).toHaveLength(13);
    expect(collectorsOf('storage').map(({ section }) => section)).toEqual(['storage']);
    expect(collectorsOf('thermal').map(({ section }) => section)).toEqual(['cpu', 'thermal', 'graphics']);
  });
});
