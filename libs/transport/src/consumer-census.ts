import { isRefusal, type RedisConnection } from './redis-connection.js';

/** What a consumer group knows of one consumer. */
export interface Consumer {
  readonly name: string;
  readonly pending: number;
}

/** @returns the group's consumers; none when stream or group do not exist */
export async function consumersOf(connection: RedisConnection, key: string, group: string): Promise<Consumer[]> {
  try {
    const rows = await connection.send<readonly (readonly unknown[])[]>(['XINFO', 'CONSUMERS', key, group]);
    return rows.map((row) => {
      const fields = fieldsOf(row);
      return { name: String(fields.get('name')), pending: Number(fields.get('pending')) };
    });
  } catch (error) {
    if (isRefusal(error)) return [];
    throw error;
  }
}

/** A replica that takes work, and one that only finishes what it has. */
export type AliveState = 'serving' | 'draining';

/** @returns the names whose `alive` key exists, and what it says */
export async function aliveAmong(
  connection: RedisConnection,
  names: readonly string[],
  keyOf: (name: string) => string,
): Promise<Map<string, AliveState>> {
  const alive = new Map<string, AliveState>();
  if (names.length === 0) return alive;
  const values = await connection.send<readonly (AliveState | null)[]>(['MGET', ...names.map(keyOf)]);
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (value) alive.set(name, value);
  }
  return alive;
}

/**
 * Names of the connections that Redis holds. The kernel closes a dead process's connections, so this tells
 * dead from stalled. Undefined where the ACL does not let us look.
 */
export async function connectedNames(connection: RedisConnection): Promise<Set<string> | undefined> {
  try {
    return namesIn(await connection.send<string>(['CLIENT', 'LIST', 'TYPE', 'NORMAL']));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

export function namesIn(clientList: string): Set<string> {
  const names = new Set<string>();
  for (const [, name] of clientList.matchAll(/ name=(\S+)/g)) if (name) names.add(name);
  return names;
}

/** A flat name-value reply as a map. */
export function fieldsOf(row: readonly unknown[]): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (let index = 0; index + 1 < row.length; index += 2) fields.set(String(row[index]), row[index + 1]);
  return fields;
}
