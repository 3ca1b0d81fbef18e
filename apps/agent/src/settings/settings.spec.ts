import type { Failure } from '../failure.js';
import { StateFolder } from '../state/state-folder.js';
import { formatDuration, parseDuration } from './duration.js';
import { readSettings } from './settings.js';

/** A state folder with that config file. */
class Folder extends StateFolder {
  constructor(private readonly config?: unknown) {
    super('/state');
  }

  override read(): string | undefined {
    return typeof this.config === 'string' || this.config === undefined ? this.config : JSON.stringify(this.config);
  }
}

it('has defaults', () => {
  expect(readSettings({}, {}, new Folder())).toEqual({
    server: undefined,
    type: 'full',
    every: 900_000,
    include: [],
    tags: [],
  });
});

it('takes the flag before the environment, that before the file, that before the default', () => {
  const file = new Folder({ server: 'https://file.example', every: '1h', type: 'storage', tags: ['file'] });
  const env = { TECHZE_SERVER: 'https://env.example', TECHZE_EVERY: '2h', TECHZE_INCLUDE: 'users, ssids' };
  expect(readSettings({ server: 'https://flag.example' }, env, file)).toEqual({
    server: new URL('https://flag.example'),
    every: 7_200_000,
    type: 'storage',
    include: ['users', 'ssids'],
    tags: ['file'],
  });
});

it('takes an empty variable for one that is not set', () => {
  expect(readSettings({}, { TECHZE_EVERY: '' }, new Folder({ every: '1h' })).every).toBe(3_600_000);
});

it('takes lists in the file as lists, and as text separated by commas elsewhere', () => {
  expect(readSettings({}, {}, new Folder({ include: ['users'], tags: ['a,b'] }))).toMatchObject({ tags: ['a,b'] });
  expect(readSettings({}, { TECHZE_TAGS: 'a, b' }, new Folder())).toMatchObject({ tags: ['a', 'b'] });
});

it.each([
  ['a config file that is not JSON', {}, {}, '{', '/state/config.json is not JSON', ''],
  [
    'an unknown key',
    {},
    {},
    { evry: '1h' },
    '/state/config.json cannot be used.',
    /evry[^]*every, include, server, tags, type/,
  ],
  ['a wrong type', {}, {}, { every: 15 }, '/state/config.json cannot be used.', /every: .*string/],
  ['a list that is none', {}, {}, { include: 'users' }, '/state/config.json cannot be used.', /include: .*array/],
  ['no object at all', {}, {}, [], '/state/config.json cannot be used.', /the whole: .*object/],
  ['a bad value in the file', {}, {}, { every: '1w' }, '/state/config.json: every: Takes 1m to 7d', ''],
  ['a bad address in the file', {}, {}, { server: 'techze' }, '/state/config.json: server: The server must be', ''],
  ['less than a minute', {}, { TECHZE_EVERY: '59s' }, undefined, 'TECHZE_EVERY: Takes 1m to 7d', ''],
  ['more than a week', { every: '8d' }, {}, undefined, '--every: Takes 1m to 7d', ''],
  ['a number without a unit', { every: '15' }, {}, undefined, '--every: Takes 1m to 7d', ''],
  ['a class that does not exist', { include: 'users,faces' }, {}, undefined, '--include: “faces” is none of users', ''],
  ['a type that does not exist', {}, { TECHZE_TYPE: 'all' }, undefined, 'TECHZE_TYPE: “all” is none of', ''],
  [
    'credentials in the address',
    {},
    { TECHZE_SERVER: 'https://a:b@c.example' },
    undefined,
    'TECHZE_SERVER: The server address must not',
    '',
  ],
])('refuses %s and says where', (_, flags, env, config, message, hints) => {
  const failed = () => {
    try {
      return readSettings(flags, env, new Folder(config));
    } catch (error) {
      return error as Failure;
    }
  };
  expect(failed()).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  expect((failed() as Failure).hints.join('\n')).toMatch(hints);
});

it('fails on a value of a source that wins, though another would do', () => {
  expect(() => readSettings({ every: 'soon' }, { TECHZE_EVERY: '1h' }, new Folder())).toThrow(/^--every/);
});

it.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
])('reads and writes the duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(text);
});

it.each(['', '5', 'm', '-5m', '1.5h', '5 minutes', '99999999m'])('does not read %j as a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
