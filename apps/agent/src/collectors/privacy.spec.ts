import { bareMachine } from '../../test/machines/bare-machine.js';
import { linuxLaptop, macBook, windowsPc } from '../../test/machines/laptops.js';
import { collectDiagnostic } from '../collection/collect-diagnostic.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { privacyClasses, type PrivacyClass } from '../settings/privacy-classes.js';

const always =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);

/** What would show that a class has leaked; in every place where this machine has it. */
const traces: Record<PrivacyClass, RegExp> = {
  users: /maria/,
  'process-args': /hunter2/,
  connections: /198\.51\.100\.7/,
  ssids: /Casa da Familia|aa:bb:cc:dd:ee:ff/,
};

/** A machine on which somebody is at work. */
const inUse = {
  users: always([
    {
      user: 'maria',
      tty: 'pts/0',
      date: '2026-11-22',
      time: '08:00',
      ip: '203.0.113.9',
      command: 'mysql --password=hunter2',
    },
  ]),
  processes: always({
    all: 2,
    running: 1,
    blocked: 0,
    sleeping: 1,
    unknown: 0,
    list: ['mysql', 'postgres: maria hunter2 idle', 'python3 /home/maria/app.py hunter2'].map((name, index) => ({
      pid: 100 + index,
      parentPid: 1,
      name,
      cpu: 1,
      cpuu: 0,
      cpus: 0,
      mem: 1,
      priority: 0,
      memVsz: 1,
      memRss: 1,
      nice: 0,
      started: '2026-11-22 08:00:00',
      state: 'sleeping',
      tty: 'pts/0',
      user: 'maria',
      command: 'mysql',
      params: '--password=hunter2',
      path: '/opt/bin',
    })),
  }),
  networkConnections: always([
    {
      protocol: 'tcp',
      localAddress: '192.0.2.2',
      localPort: '50000',
      peerAddress: '198.51.100.7',
      peerPort: '443',
      state: 'ESTABLISHED',
      pid: 100,
      process: 'mysql',
    },
  ]),
  wifiConnections: always([
    {
      id: 'Casa da Familia',
      iface: 'wlan0',
      model: '',
      ssid: 'Casa da Familia',
      bssid: 'aa:bb:cc:dd:ee:ff',
      channel: 6,
      frequency: 2437,
      type: '802.11',
      security: 'WPA2',
      signalLevel: -50,
      quality: 80,
      txRate: 144,
    },
  ]),
} satisfies Partial<SystemProbe>;

const machines: [string, SystemProbe][] = [
  ['a Linux laptop', linuxLaptop(inUse)],
  ['a Windows PC', windowsPc(inUse)],
  ['a MacBook', macBook(inUse)],
  ['a container', bareMachine(inUse)],
];

const collected = async (machine: SystemProbe, include: readonly PrivacyClass[]) =>
  JSON.stringify(await collectDiagnostic(machine, { type: 'full', partLimitMs: 1_000, include }));

/** Windows names programs by their files, so nothing of a person is in a name there. */
const namesOf = (machine: SystemProbe) =>
  machine.platform === 'win32' ? { ...machine, processes: windowsProcesses } : machine;
const windowsProcesses = async () => {
  const { list, ...counts } = await inUse.processes();
  return { ...counts, list: list.map((process) => ({ ...process, name: 'mysql.exe' })) };
};

it.each(machines)('sends of %s nothing that tells of people, unless it was asked for', async (_, machine) => {
  const body = await collected(namesOf(machine), []);
  for (const trace of Object.values(traces)) expect(body).not.toMatch(trace);
});

it.each(machines.flatMap(([name, machine]) => privacyClasses.map((wanted) => [name, wanted, machine] as const)))(
  'sends of %s with --include %s that class and no other',
  async (_, wanted, machine) => {
    const body = await collected(namesOf(machine), [wanted]);
    // Arguments tell of whoever typed them: who asks for them gets what is in them.
    const comesWith: PrivacyClass[] = wanted === 'process-args' ? ['users', 'process-args'] : [wanted];
    expect(body).toMatch(traces[wanted]);
    for (const other of privacyClasses.filter((each) => !comesWith.includes(each))) {
      expect(body).not.toMatch(traces[other]);
    }
  },
);

it('has who is logged in as a section of its own, only when asked', async () => {
  const read = async (include: readonly PrivacyClass[]) =>
    (await collectDiagnostic(bareMachine(inUse), { type: 'full', partLimitMs: 1_000, include })).sections.users;
  expect(await read([])).toBeUndefined();
  expect(await read(['users'])).toMatchObject({ data: { total: 1, list: [{ user: 'maria', tty: 'pts/0' }] } });
});

it('does not even ask the machine for what was not asked for', async () => {
  const asked: string[] = [];
  const ask = (name: string) => () => {
    asked.push(name);
    return Promise.resolve([]);
  };
  const machine = bareMachine({
    users: ask('users'),
    networkConnections: ask('connections'),
    wifiConnections: ask('ssids'),
  });
  await collectDiagnostic(machine, { type: 'full', partLimitMs: 1_000 });
  expect(asked).toEqual([]);
});
