import type { Database } from '@techze/database';
import { CommitMark } from '@techze/observability';
import { acting, admin } from './open-database.js';

/** The tenant that all of it is done for. */
export const TENANT = 'tnt_a';
const principal = admin(TENANT);

/** What callers are told while no node can serve them. */
export const unavailable = expect.objectContaining({ code: 'service-unavailable', status: 503 });

/** What reads came to. Times are those of `performance.now()`. */
export interface ReadsSeen {
  succeeded: number;
  readonly failures: { at: number; error: unknown }[];
  /** By the port of the server that answered. */
  readonly byPort: Map<number, number>;
  slowestMs: number;
  /** The longest time in which no read at all succeeded. */
  gapMs: number;
}

/** The port of the server that a read was served by. */
export function readPort(database: Database): Promise<number> {
  return acting(principal, () =>
    database.read(async (manager) => {
      const rows = await manager.query<{ port: number }[]>('select inet_server_port() as port');
      return rows[0]?.port ?? 0;
    }),
  );
}

export interface Reading {
  readonly seen: ReadsSeen;
  /** Gap and slowest are those from now on: the trouble begins. */
  begin(): void;
  stop(): Promise<ReadsSeen>;
}

/** Keeps as many reads under way until told to stop. */
export function readOn(database: Database, readers = 8): Reading {
  const seen: ReadsSeen = { succeeded: 0, failures: [], byPort: new Map(), slowestMs: 0, gapMs: 0 };
  let goOn = true;
  let last = performance.now();
  const all = Array.from({ length: readers }, async () => {
    while (goOn) {
      const started = performance.now();
      try {
        const port = await readPort(database);
        seen.succeeded += 1;
        seen.byPort.set(port, (seen.byPort.get(port) ?? 0) + 1);
        seen.gapMs = Math.max(seen.gapMs, performance.now() - last);
        last = performance.now();
      } catch (error) {
        seen.failures.push({ at: performance.now(), error });
        // A failure may come at once: whoever asks for it does not ask again in the same turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - started);
    }
  });
  return {
    seen,
    begin: () => {
      seen.gapMs = 0;
      seen.slowestMs = 0;
      last = performance.now();
    },
    stop: async () => {
      goOn = false;
      await Promise.all(all);
      seen.gapMs = Math.max(seen.gapMs, performance.now() - last);
      return seen;
    },
  };
}

let written = 0;

/** Writes one row that is told from all others. @returns the id of it */
export async function write(database: Database, id = `dev_${(written += 1)}`): Promise<string> {
  await acting(principal, () =>
    database.write((manager) => manager.query('insert into devices (tenant_id, id) values ($1, $2)', [TENANT, id])),
  );
  return id;
}

/** One write that was acknowledged. */
export interface Acknowledged {
  readonly id: string;
  /** Where its commit is in the log of the primary that acknowledged it. */
  readonly lsn: string;
  readonly at: number;
}

export interface WritesSeen {
  readonly acknowledged: Acknowledged[];
  readonly failures: { id: string; at: number; ms: number; code: string }[];
}

/** Keeps as many writes under way until told to stop, each of another row; what failed is not tried again. */
export function writeOn(database: Database, writers = 4): { seen: WritesSeen; stop: () => Promise<WritesSeen> } {
  const seen: WritesSeen = { acknowledged: [], failures: [] };
  let goOn = true;
  const all = Array.from({ length: writers }, async () => {
    while (goOn) {
      const id = `dev_${(written += 1)}`;
      const commits = new CommitMark();
      const started = performance.now();
      try {
        await acting(
          principal,
          () =>
            database.write((manager) =>
              manager.query('insert into devices (tenant_id, id) values ($1, $2)', [TENANT, id]),
            ),
          { commits },
        );
        if (commits.lsn === undefined) throw new Error('the commit of a write was not told');
        seen.acknowledged.push({ id, lsn: commits.lsn, at: performance.now() });
      } catch (error) {
        const at = performance.now();
        const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        seen.failures.push({ id, at, ms: at - started, code });
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  });
  return {
    seen,
    stop: async () => {
      goOn = false;
      await Promise.all(all);
      return seen;
    },
  };
}
