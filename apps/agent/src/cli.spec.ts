import { stripVTControlCharacters } from 'node:util';
import { runAgent as run } from '../test/agent-session.js';
import { bareMachine } from '../test/machines/bare-machine.js';

const token = { TECHZE_TOKEN: 'token' };
const server = ['--server', 'http://127.0.0.1:9'];

it.each([
  ['no command', [], {}, /Usage: techze-agent/],
  ['a command that does not exist', ['enrol'], {}, /unknown command/],
  ['an unknown flag', ['collect', '--bogus'], {}, /unknown option '--bogus'/],
  ['an unknown type', ['collect', '--type', 'bogus'], {}, /Allowed choices are hardware/],
  ['a word too many', ['collect', 'now'], {}, /too many arguments/],
  ['a tag that is too long', ['run', '--tag', 'x'.repeat(65)], token, /Takes 1 to 64 characters/],
  ['a tag of control characters', ['run', '--tag', '\u0001'], token, /Takes 1 to 64 characters/],
  ['too many tags', ['run', '--tag', ...Array.from({ length: 51 }, String)], token, /at most 50 tags/],
  ['empty notes', ['run', '--notes', ' '], token, /Takes 1 to 4000 characters/],
  ['no server', ['run'], token, /Give --server URL or set TECHZE_SERVER/],
  ['an address that is none', ['run'], { ...token, TECHZE_SERVER: 'techze' }, /must be an address such as/],
  ['no credentials', ['run', ...server], {}, /set TECHZE_TOKEN, or TECHZE_EMAIL and TECHZE_PASSWORD/],
  [
    'half of the credentials',
    ['run', ...server],
    { TECHZE_EMAIL: 'a@b.example' },
    /not enrolled, and there are no credentials/,
  ],
  ['a file of a secret that is not there', ['run', ...server], { TECHZE_TOKEN_FILE: '/no/where' }, /TECHZE_TOKEN_FILE/],
  ['a token with blanks', ['run', ...server], { TECHZE_TOKEN: 'a b' }, /is not a token/],
  ['no folder to save in', ['run', ...server, '--save', '/no/where/file'], token, /--save: \/no\/where\/file/],
])('%s is wrong usage: exit code 2 and one clear line, nothing on stdout', async (_, args, env, words) => {
  const { code, stdout, stderr, closed } = await run(args, { env });
  expect([code, stdout, closed]).toEqual([2, '', 0]);
  expect(stderr).toMatch(words);
});

it('lists the commands that there are, and the exit codes', async () => {
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}run /m);
  expect(stdout).toMatch(/^ {2}collect /m);
  for (const name of ['enroll', 'watch', 'doctor', 'spool']) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  expect(stdout).toMatch(/^ {2}130 {2}interrupted/m);
});

it('explains the credentials where they are needed', async () => {
  expect((await run(['run', '--help'])).stdout).toMatch(/TECHZE_EMAIL and TECHZE_PASSWORD[^]*_FILE/);
});

it('shows on a terminal each section as it is read, with its time', async () => {
  const { code, stderr } = await run(['collect', '--type', 'hardware'], { onTerminal: true });
  expect(code).toBe(0);
  expect(stderr).toMatch(/Reading this machine/);
  expect(stripVTControlCharacters(stderr)).toMatch(/^ {2}– battery +\d+ ms {2}unavailable$/m);
});

it('is quiet with --json, even on a terminal', async () => {
  const { stdout, stderr, closed } = await run(['collect', '--json'], { onTerminal: true });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ type: 'full' });
  expect(closed).toBe(1);
});

it('ends with exit code 3 and the reasons when nothing can be read, and lets go of the machine', async () => {
  const broken = () => Promise.reject(new Error('df broke'));
  const machine = bareMachine({ fsSize: broken, diskLayout: broken, disksIO: broken });
  const { code, stderr, closed } = await run(['collect', '--type', 'storage'], { machine });
  expect([code, closed]).toEqual([3, 1]);
  expect(stderr).toMatch(/No section of this machine could be read[^]*df broke/);
});

it('ends with exit code 1 and the words of what was not foreseen', async () => {
  const machine = bareMachine({
    hostname: () => {
      throw new Error('very\nodd');
    },
  });
  expect(await run(['collect', '--type', 'battery'], { machine })).toMatchObject({
    code: 1,
    stderr: 'techze-agent: very odd\n',
  });
});
