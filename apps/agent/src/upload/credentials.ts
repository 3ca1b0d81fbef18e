import { readFile } from 'node:fs/promises';
import { exitCodes, Failure, messageOf } from '../failure.js';

export type Credentials = { token: string } | { email: string; password: string };
export type Environment = Readonly<Record<string, string | undefined>>;

async function readVariable(env: Environment, name: string): Promise<string | undefined> {
  const value = env[name];
  if (value) return value;
  const path = env[`${name}_FILE`];
  if (!path) return undefined;
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    throw new Failure(exitCodes.usage, `${name}_FILE cannot be read: ${messageOf(error)}`);
  }
}

/**
 * From the environment only: flags would show in the list of processes.
 * @throws Failure (exit 2) when there are none, or when they could not be sent
 */
export async function readCredentials(env: Environment): Promise<Credentials> {
  const token = await readVariable(env, 'TECHZE_TOKEN');
  if (token !== undefined) {
    if (/^[\x21-\x7e]+$/.test(token)) return { token };
    throw new Failure(exitCodes.usage, 'TECHZE_TOKEN is not a token: it has blanks or other characters in it.');
  }
  const [email, password] = [await readVariable(env, 'TECHZE_EMAIL'), await readVariable(env, 'TECHZE_PASSWORD')];
  if (email !== undefined && password !== undefined) return { email, password };
  throw new Failure(exitCodes.usage, 'No credentials to log in with.', [
    'Set TECHZE_TOKEN, or TECHZE_EMAIL and TECHZE_PASSWORD (or the same names with _FILE and a path).',
  ]);
}
