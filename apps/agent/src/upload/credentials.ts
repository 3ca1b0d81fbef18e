import { readFile } from 'node:fs/promises';
import { exitCodes, Failure, messageOf } from '../failure.js';

export type Credentials = { token: string } | { email: string; password: string };
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable, or what the file holds that the same name with _FILE points to. */
export async function readSecret(env: Environment, name: string): Promise<string | undefined> {
  const value = env[name];
  if (value) return value;
  const path = env[`${name}_FILE`];
  return path ? readSecretFile(path, `${name}_FILE`) : undefined;
}

/** @throws Failure (exit 2) when the file cannot be read */
export async function readSecretFile(path: string, where: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    throw new Failure(exitCodes.usage, `${where} cannot be read: ${messageOf(error)}`);
  }
}

/**
 * An account's, from the environment only: flags would show in the list of processes. Undefined when there are none.
 * @throws Failure (exit 2) when they could not be sent
 */
export async function readCredentials(env: Environment): Promise<Credentials | undefined> {
  const token = await readSecret(env, 'TECHZE_TOKEN');
  if (token !== undefined) {
    if (/^[\x21-\x7e]+$/.test(token)) return { token };
    throw new Failure(exitCodes.usage, 'TECHZE_TOKEN is not a token: it has blanks or other characters in it.');
  }
  const [email, password] = [await readSecret(env, 'TECHZE_EMAIL'), await readSecret(env, 'TECHZE_PASSWORD')];
  return email !== undefined && password !== undefined ? { email, password } : undefined;
}
