import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@techze/contracts';
import type { Check } from '../src/doctor/check.js';
import type { SystemProbe } from '../src/machine/system-probe.js';
import { Spool } from '../src/spool/spool.js';
import { runAgent } from './agent-session.js';
import { type Answer, FakeService, json, problem } from './fake-service.js';
import { bareMachine } from './machines/bare-machine.js';
import { disk, smartOfWornDisk } from './machines/disks.js';
import { deniedJournal } from './machines/journals.js';
import { linuxLaptop, windowsPc } from './machines/laptops.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const healthy = json(200, { status: 'healthy' });
const page = json(200, { data: [], page: { next_cursor: null, has_more: false } });
const fine = { 'GET /api/v1/health': [healthy], 'GET /api/v1/diagnostics': [page] };

let service: FakeService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(removeScratchFolders);

/** What the doctor says of an enrolled machine before a service with those answers. */
async function examine(
  machine: SystemProbe,
  answers: Record<string, Answer[]> = fine,
  prepare?: (state: string) => void,
) {
  service = await FakeService.start(answers);
  const state = join(scratchFolder(), 'state');
  mkdirSync(state, { mode: 0o700 });
  const enrollment = {
    server: `${service.url}/`,
    device_id: `dev_${'1'.repeat(32)}`,
    credential: `tzd_${'1'.repeat(43)}`,
    credential_id: 'crd_1',
    enrolled_at: '2026-11-22T08:00:00.000Z',
  };
  writeFileSync(join(state, 'enrollment.json'), JSON.stringify(enrollment), { mode: 0o600 });
  prepare?.(state);
  const { code, stdout, stderr } = await runAgent(['doctor', '--json', '--state-dir', state], { machine });
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  const needing = checks.filter(({ status }) => status === 'attention').map(({ name }) => name);
  return { code, stderr, ok, needing, of: (name: string) => checks.find((check) => check.name === name) };
}

const server = () => bareMachine();

it('ends with exit code 0 when all that is needed is fine', async () => {
  const { code, ok, needing, of, stderr } = await examine(server());
  expect([code, ok, needing, stderr]).toEqual([0, true, [], '']);
  expect(of('enrolment')).toMatchObject({ status: 'ok', detail: expect.stringContaining('dev_1111') });
  expect(of('credential')).toMatchObject({ status: 'ok' });
  expect(of('clock')).toMatchObject({ status: 'ok' });
  expect(of('thermal')).toMatchObject({ status: 'info', detail: 'no temperature sensor can be read here' });
});

describe('names what to install or to do, on this very system', () => {
  it('a Linux laptop without root and without tools', async () => {
    const machine = linuxLaptop({ hasProgram: (name) => Promise.resolve(name === 'apt-get') });
    const { code, ok, of } = await examine(machine);
    expect([code, ok]).toEqual([7, false]);
    expect(of('user')).toMatchObject({ status: 'attention', hint: 'run it with sudo, or as a service of root' });
    expect(of('smartctl')).toMatchObject({ hint: 'sudo apt-get install smartmontools' });
    expect(of('dmidecode')).toMatchObject({ hint: 'sudo apt-get install dmidecode' });
  });

  it.each([
    ['dnf', 'sudo dnf install lm_sensors'],
    ['pacman', 'sudo pacman -S lm_sensors'],
    ['apt-get', 'sudo apt-get install lm-sensors'],
    ['none', 'install lm-sensors'],
  ])('a machine that hides its temperatures, with %s', async (manager, hint) => {
    const bare = { system: linuxLaptop().system, hasProgram: (name: string) => Promise.resolve(name === manager) };
    expect((await examine(bareMachine(bare))).of('sensors')).toMatchObject({ status: 'attention', hint });
  });

  it('a Windows PC', async () => {
    const hasProgram = (name: string) => Promise.resolve(name === 'winget');
    const { of } = await examine(windowsPc({ hasProgram }));
    expect(of('smartctl')).toMatchObject({ hint: 'winget install smartmontools.smartmontools' });
    expect(of('powershell')).toMatchObject({ status: 'attention', detail: 'is not found' });
    expect(of('security')).toMatchObject({ status: 'attention' });
  });

  it('disks that smartctl may not open, and a journal that may not be read', async () => {
    const refused = {
      smartctl: { exit_status: 2, messages: [{ string: 'Smartctl open device: /dev/sda failed: Permission denied' }] },
    };
    const machine = bareMachine({
      isRoot: false,
      diskLayout: () => Promise.resolve([disk()]),
      files: { '/proc/1/comm': 'systemd\n' },
      programs: {
        ...deniedJournal,
        'systemctl list-units --state=failed --no-legend --no-pager --plain --full': {},
        'smartctl -j -a /dev/sda': { stdout: JSON.stringify(refused) },
      },
    });
    const { of } = await examine(machine);
    expect(of('storage')).toMatchObject({ status: 'attention', hint: 'run it with sudo, or as a service of root' });
    expect(of('stability')).toMatchObject({ hint: expect.stringContaining('usermod -aG systemd-journal') });
  });

  it('nothing for a virtual machine, which has no such parts', async () => {
    const { of } = await examine(server());
    for (const tool of ['smartctl', 'dmidecode', 'sensors']) expect(of(tool)).toBeUndefined();
  });

  it('nothing where everything is there', async () => {
    const machine = bareMachine({
      diskLayout: () => Promise.resolve([disk({ smartData: smartOfWornDisk as never })]),
      programs: { 'smartctl --version': {} },
    });
    expect((await examine(machine)).of('smartctl')).toMatchObject({ status: 'ok' });
  });
});

describe('looks at the server', () => {
  it.each([
    [
      'a refused credential',
      { ...fine, 'GET /api/v1/diagnostics': [problem(new Problem('invalid-token'))] },
      'credential',
      /enroll it again/,
    ],
    ['a server of somebody else', { 'GET /api/v1/health': [json(404, {})] }, 'reachable', /the address of the service/],
  ])('and finds %s', async (_, answers, name, hint) => {
    const { code, needing, of } = await examine(server(), answers);
    expect(code).toBe(7);
    expect(needing).toContain(name);
    expect(of(name)?.hint).toMatch(hint);
  });

  it('and finds that nobody is there, without asking for the credential', async () => {
    const { needing, of } = await examine(server(), fine, (state) => {
      const path = join(state, 'enrollment.json');
      const enrollment = { ...(JSON.parse(readFileSync(path, 'utf8')) as object), server: 'http://127.0.0.1:9/' };
      writeFileSync(path, JSON.stringify(enrollment), { mode: 0o600 });
    });
    expect(needing).toEqual(['reachable']);
    expect(of('reachable')?.detail).toMatch(/ECONNREFUSED/);
    expect(of('credential')).toBeUndefined();
  });

  it.each([
    [600, 'ahead of'],
    [-600, 'behind'],
  ])('and finds a clock that is %d s off', async (seconds, direction) => {
    const date = new Date(Date.now() - seconds * 1_000).toUTCString();
    const { needing, of } = await examine(server(), { ...fine, 'GET /api/v1/health': [json(200, {}, { date })] });
    expect(needing).toEqual(['clock']);
    expect(of('clock')?.detail).toMatch(new RegExp(`^(599|600|601) s ${direction}`));
  });

  it('and says what is missing on a machine that was never set up', async () => {
    const state = join(scratchFolder(), 'state');
    const { code, stdout } = await runAgent(['doctor', '--state-dir', state]);
    expect(code).toBe(7);
    expect(stdout).toMatch(/set-up +No server to send to\.\n +→ Give --server URL/);
    expect(stdout).toMatch(/1 of these needs attention\.\n$/);
  });
});

describe('looks at the state folder and the spool', () => {
  it('and finds files that others may read', async () => {
    const { needing, of } = await examine(server(), fine, (state) => chmodSync(join(state, 'enrollment.json'), 0o644));
    expect(needing).toEqual(['permissions']);
    expect(of('permissions')?.hint).toMatch(/^chmod go= .*enrollment\.json$/);
  });

  it('and finds that it cannot be written', async () => {
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    const { code, stdout } = await runAgent(['doctor', '--json', '--state-dir', join(file, 'state')]);
    expect(code).toBe(7);
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    expect(checks.find(({ name }) => name === 'folder')).toMatchObject({
      status: 'attention',
      detail: expect.stringContaining('The state folder cannot be used'),
      hint: expect.stringContaining('--state-dir'),
    });
  });

  it('and finds a damaged identity and a config file that cannot be used', async () => {
    const { needing } = await examine(server(), fine, (state) => {
      writeFileSync(join(state, 'agent.json'), '{', { mode: 0o600 });
      writeFileSync(join(state, 'config.json'), '{"evry":"1h"}', { mode: 0o600 });
    });
    expect(needing).toEqual(['agent', 'set-up']);
  });

  it('and tells what waits and what was lost', async () => {
    const { needing, of } = await examine(server(), fine, (state) => {
      const spool = new Spool(join(state, 'spool'));
      const diagnostic = {
        type: 'full',
        collected_at: '2026-11-22T08:00:00Z',
        schema_version: 1,
        tags: [],
        sections: {},
      } as const;
      const add = () =>
        spool.add({ ...diagnostic, tags: [] }, { server: 'https://techze.example/', sender: 'x' }).entry;
      add();
      spool.reject(add(), { message: 'no', hints: [] });
    });
    expect(of('waiting')).toMatchObject({ status: 'ok', detail: expect.stringMatching(/^1 diagnostics, \d+ B$/) });
    expect(needing).toEqual(['lost']);
    expect(of('lost')?.detail).toBe('1 refused, 0 damaged, 0 dropped because it was full');
  });
});
