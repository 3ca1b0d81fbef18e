import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, loadConfig } from './load-config.js';
import { defineSection } from './section.js';
import { flag, integer, list, required } from './variables.js';

const section = defineSection(
  'example',
  { TOKEN: required('a token'), LIMIT: integer(1, 10, 5), ON: flag(false), HOSTS: list(), NOTE: z.string().optional() },
  ({ TOKEN, LIMIT, ON, HOSTS }) => ({ token: TOKEN, limit: LIMIT, on: ON, hosts: HOSTS }),
);
const load = (environment: NodeJS.ProcessEnv) => loadConfig([section], environment).get(section.token);

describe('the configuration', () => {
  it('is typed, has defaults, and cannot be changed', () => {
    const value = load({ TOKEN: 't', HOSTS: 'a, b,' });
    expect(value).toEqual({ token: 't', limit: 5, on: false, hosts: ['a', 'b'] });
    expect(Object.isFrozen(value)).toBe(true);
    expect(Object.isFrozen((value as { hosts: string[] }).hosts)).toBe(true);
  });

  it('names every fault at once and shows no value', () => {
    const attempt = () => load({ LIMIT: '11secret', ON: 'secret' });
    expect(attempt).toThrow(ConfigurationError);
    try {
      attempt();
    } catch (error) {
      const { message } = error as Error;
      for (const name of ['TOKEN', 'LIMIT', 'ON']) expect(message).toContain(name);
      expect(message).not.toContain('secret');
    }
  });

  describe('takes a secret from the file that NAME_FILE names', () => {
    const directory = mkdtempSync(join(tmpdir(), 'techze-config-'));
    const file = join(directory, 'token');
    writeFileSync(file, 'from the file\n');
    afterAll(() => rmSync(directory, { recursive: true }));

    it('without the line’s end', () => expect(load({ TOKEN_FILE: file })).toMatchObject({ token: 'from the file' }));
    it('but not when both are set', () =>
      expect(() => load({ TOKEN: 't', TOKEN_FILE: file })).toThrow('TOKEN: set it or TOKEN_FILE, not both'));
    it('and says so when it cannot be read', () =>
      expect(() => load({ TOKEN_FILE: `${file}.not` })).toThrow('TOKEN_FILE: cannot be read (ENOENT)'));
  });
});
