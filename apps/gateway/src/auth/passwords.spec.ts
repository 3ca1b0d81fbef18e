import { hash } from '@node-rs/argon2';
import { Passwords } from './passwords.js';

const passwords = new Passwords();

describe('a password', () => {
  it('is the same however a keyboard composes it', async () => {
    const stored = await passwords.hash('caf\u00e9 com \ufb01lhos na padaria');
    expect(await passwords.matches(stored, 'cafe\u0301 com filhos na padaria')).toBe(true);
    expect(await passwords.matches(stored, 'cafe com filhos na padaria')).toBe(false);
  });

  it('of an earlier release, hashed as it was typed, goes on to work', async () => {
    const typed = 'cafe\u0301 com filhos na padaria';
    const stored = await hash(typed, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    expect(await passwords.matches(stored, typed)).toBe(true);
    expect(await passwords.matches(stored, 'another one')).toBe(false);
  });

  it.each([
    ['nobody', undefined],
    ['somebody who is invited', null],
  ])('matches none of %s', async (_case, stored) => {
    expect(await passwords.matches(stored, 'nobody has this password')).toBe(false);
  });
});
