import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@techze/contracts';
import { runAgent, type SessionFacts } from './agent-session.js';
import { type Answer, cut, FakeService, json, problem } from './fake-service.js';
import { linuxLaptop } from './machines/laptops.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const ENROLL = '/api/v1/devices/enroll';
const TOKEN = `tze_${'A'.repeat(43)}`;
const device = (digit: string) => ({
  device_id: `dev_${digit.repeat(32)}`,
  credential: `tzd_${digit.repeat(43)}`,
  credential_id: `crd_${digit.repeat(32)}`,
  site_id: null,
  identity_state: 'ok',
});
const enrolled = json(201, device('1'));

interface Sent {
  token: string;
  device: Record<string, unknown>;
  agent: { id: string; version: string };
}

let service: FakeService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(removeScratchFolders);

async function setUp(...answers: Answer[]) {
  service = await FakeService.start({ [ENROLL]: answers });
  const folder = scratchFolder();
  const state = join(folder, 'state');
  const { url, received } = service;
  const enroll = (args: string[] = [], facts: SessionFacts = {}) =>
    runAgent(['enroll', '--server', url, '--state-dir', state, ...args], {
      env: { TECHZE_ENROLLMENT_TOKEN: TOKEN },
      machine: linuxLaptop(),
      ...facts,
    });
  const kept = (name: string) => JSON.parse(readFileSync(join(state, name), 'utf8')) as Record<string, string>;
  return { folder, state, url, enroll, kept, sent: () => received.map(({ body }) => body as Sent) };
}

it('trades the token for a credential, keeps it to itself, and shows it to nobody', async () => {
  const { state, url, enroll, kept, sent } = await setUp(enrolled);
  const { code, stdout, stderr } = await enroll();
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`Enrolled at ${url}/ as ${device('1').device_id}. Kept in ${state}.\n`);
  expect(sent()).toMatchObject([
    { token: TOKEN, device: { hostname: 'balcao-03', serial: 'PF3ABCDE' }, agent: { id: expect.any(String) } },
  ]);
  expect(kept('agent.json')).toEqual({ agent_id: sent()[0]?.agent.id });
  expect(kept('enrollment.json')).toMatchObject({
    server: `${url}/`,
    device_id: device('1').device_id,
    credential: device('1').credential,
    enrolled_at: expect.any(String),
  });
  for (const [name, mode] of [
    ['.', 0o700],
    ['agent.json', 0o600],
    ['enrollment.json', 0o600],
  ] as const) {
    expect(statSync(join(state, name)).mode & 0o777).toBe(mode);
  }
});

it.each([
  ['--token-file', ['--token-file', 'token'], {}],
  ['TECHZE_ENROLLMENT_TOKEN_FILE', [], { TECHZE_ENROLLMENT_TOKEN_FILE: 'token' }],
])('takes the token from the file that %s names', async (_, args, env) => {
  const { folder, enroll, sent } = await setUp(enrolled);
  const path = join(folder, 'token');
  writeFileSync(path, `${TOKEN}\n`);
  const named = (text: string) => (text === 'token' ? path : text);
  const environment = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value)]));
  expect((await enroll(args.map(named), { env: environment, machine: linuxLaptop() })).code).toBe(0);
  expect(sent()).toMatchObject([{ token: TOKEN }]);
});

it('asks for the token where somebody can be asked', async () => {
  const { enroll, sent } = await setUp(enrolled);
  expect((await enroll([], { env: {}, typed: ` ${TOKEN} ` })).code).toBe(0);
  expect(sent()).toMatchObject([{ token: TOKEN }]);
});

it.each([
  ['no token, and nobody to ask', {}, undefined, /No enrollment token[^]*TECHZE_ENROLLMENT_TOKEN/],
  ['an empty answer', {}, '', /No enrollment token/],
  ['a credential for a token', { TECHZE_ENROLLMENT_TOKEN: `tzd_${'A'.repeat(43)}` }, undefined, /begins with tze_/],
  ['a token with a line break in it', { TECHZE_ENROLLMENT_TOKEN: `${TOKEN}\nX` }, undefined, /begins with tze_/],
  [
    'a file that is not there',
    { TECHZE_ENROLLMENT_TOKEN_FILE: '/no/where' },
    undefined,
    /ENROLLMENT_TOKEN_FILE cannot/,
  ],
])('refuses %s as wrong usage, before anything is sent', async (_, env, typed, words) => {
  const { enroll, sent } = await setUp(enrolled);
  const { code, stderr } = await enroll([], { env, typed });
  expect(code).toBe(2);
  expect(stderr).toMatch(words);
  expect(sent()).toEqual([]);
});

it('takes no token as a flag: flags show in the list of processes', async () => {
  const { enroll } = await setUp(enrolled);
  const { code, stderr } = await enroll(['--token', TOKEN]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/unknown option '--token'/);
});

describe('on a machine that is enrolled', () => {
  it('says so, changes nothing, and uses up no token', async () => {
    const { enroll, kept, sent, url } = await setUp(enrolled, json(201, device('2')));
    await enroll();
    const { code, stderr } = await enroll();
    expect(code).toBe(2);
    expect(stderr).toContain(`enrolled already, at ${url}/ as ${device('1').device_id}`);
    expect(stderr).toContain('--force');
    expect(sent()).toHaveLength(1);
    expect(kept('enrollment.json').device_id).toBe(device('1').device_id);
  });

  it('enrolls anew with --force, as the same agent', async () => {
    const { enroll, kept, sent } = await setUp(enrolled, json(201, device('2')));
    await enroll();
    expect((await enroll(['--force'])).code).toBe(0);
    expect(kept('enrollment.json')).toMatchObject({ credential: device('2').credential });
    const [first, second] = sent();
    expect(first?.agent.id).toBe(second?.agent.id);
  });

  it('keeps the old credential when enrolling anew fails', async () => {
    const { enroll, kept } = await setUp(enrolled, problem(new Problem('invalid-credentials')));
    await enroll();
    expect((await enroll(['--force'])).code).toBe(4);
    expect(kept('enrollment.json')).toMatchObject({ credential: device('1').credential });
  });
});

it('repeats a call whose answer was lost as the same agent with the same token', async () => {
  const { enroll, sent } = await setUp(cut, enrolled);
  expect((await enroll()).code).toBe(0);
  expect(sent()).toHaveLength(2);
  expect(sent()[0]).toEqual(sent()[1]);
});

it('tells of a conflict of identities', async () => {
  const { enroll } = await setUp(json(201, { ...device('1'), identity_state: 'identity_conflict' }));
  const { code, stdout } = await enroll();
  expect(code).toBe(0);
  expect(stdout).toMatch(/Another agent has the hardware of this machine/);
});

it.each([
  ['a refused token', problem(new Problem('invalid-token')), 4, /Ask for a new enrollment token/],
  ['a refused device', problem(new Problem('validation-failed')), 5, /422 validation-failed/],
  ['another service', json(201, { hello: 'world' }), 5, /not as a TechZe service does/],
  ['a credential that is none', json(201, { ...device('1'), credential: 'x\r\nset-cookie: y' }), 5, /not as a TechZe/],
  ['nobody', cut, 6, /could not be reached in 5 tries/],
])('keeps nothing of %s', async (_, answer, exitCode, words) => {
  const { enroll, kept } = await setUp(answer);
  const { code, stderr } = await enroll();
  expect(code).toBe(exitCode);
  expect(stderr).toMatch(words);
  expect(() => kept('enrollment.json')).toThrow(/ENOENT/);
});

it.each([
  ['enrollment.json', '{"server":"https://techze', /enrollment\.json is damaged[^]*Enroll again with --force/],
  ['agent.json', '', /agent\.json is damaged[^]*as a new agent/],
])('does not guess when %s is damaged', async (name, text, words) => {
  const { state, enroll, sent } = await setUp(enrolled);
  mkdirSync(state);
  writeFileSync(join(state, name), text);
  const { code, stderr } = await enroll();
  expect(code).toBe(9);
  expect(stderr).toMatch(words);
  expect(sent()).toEqual([]);
});

it('warns that a credential would cross the network unencrypted', async () => {
  const { enroll } = await setUp(enrolled);
  // Every address of this machine, and none that is known to stay inside it.
  const { code, stderr } = await enroll(['--server', 'http://0.0.0.0:9']);
  expect(stderr).toMatch(/^Warning: http:\/\/0\.0\.0\.0:9\/ is not encrypted; use https/);
  expect(code).toBe(6);
});
