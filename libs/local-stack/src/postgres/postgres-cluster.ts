import { randomBytes } from 'node:crypto';
import { appendFile, chmod, chown, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../processes/run-program.js';
import { waitFor } from '../processes/wait-for.js';
import { folderFor } from './os-user.js';
import { PostgresNode, SUPERUSER, type PostgresSettings } from './postgres-node.js';
import { findPostgresPrograms, type PostgresPrograms } from './postgres-programs.js';
import { copyForStandby } from './standby-copy.js';

const SLOT = 'techze_replica';

export interface PostgresClusterOptions {
  /** Holds both data folders; made when absent. When `nobody` must run PostgreSQL and cannot enter it, one in /var/tmp stands for it. */
  readonly folder: string;
  /** Ports of an earlier run, kept when free. */
  readonly ports?: { readonly primary?: number; readonly replica?: number };
  /** False for throw-away data: commits no longer wait for the disk. */
  readonly durable?: boolean;
  /** Further settings of postgresql.conf for both nodes. */
  readonly settings?: PostgresSettings;
}

/** A PostgreSQL primary and its streaming replica on 127.0.0.1, from the programs that npm installed. */
export class PostgresCluster {
  private constructor(
    readonly primary: PostgresNode,
    readonly replica: PostgresNode,
    /** The superuser's password; the superuser is `postgres`. */
    readonly password: string,
    private readonly programs: PostgresPrograms,
    readonly folder: string,
  ) {}

  /** Prepares the cluster without starting it. */
  static async create(options: PostgresClusterOptions): Promise<PostgresCluster> {
    const programs = await findPostgresPrograms();
    const folder = folderFor(options.folder, programs.user);
    await chmod(folder, 0o700);
    const password = await rememberedPassword(join(folder, 'superuser-password'));
    const settings = { ...SETTINGS, ...(options.durable === false && THROW_AWAY), ...options.settings };
    const primary = new PostgresNode('primary', join(folder, 'primary'), programs, password, () => settings);
    const replica = new PostgresNode('replica', join(folder, 'replica'), programs, password, () => ({
      ...settings,
      hot_standby_feedback: 'on',
      primary_conninfo: `host=127.0.0.1 port=${primary.port} user=${SUPERUSER} password=${password} application_name=replica`,
      primary_slot_name: SLOT,
    }));
    primary.port = options.ports?.primary;
    replica.port = options.ports?.replica;
    return new PostgresCluster(primary, replica, password, programs, folder);
  }

  get nodes(): readonly PostgresNode[] {
    return [this.primary, this.replica];
  }

  /** Starts both nodes; makes them the first time. Takes over what already runs. Ready when the replica streams. */
  async start(): Promise<void> {
    if (!this.primary.isInitialised) await this.initialise();
    const portBefore = this.primary.port;
    await this.primary.start();
    if (this.replica.isRunning && portBefore !== undefined && portBefore !== this.primary.port)
      await this.replica.stop();
    if (this.replica.isInitialised) {
      if (await this.resumeReplica()) return;
      await this.replica.stop();
    }
    await this.copyReplica();
    await this.replica.start();
    await this.untilStreaming(30_000);
  }

  /** Stops the replica, then the primary. */
  async stop(): Promise<void> {
    await this.replica.stop();
    await this.primary.stop();
  }

  /** Stops both and removes their data. */
  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Waits until the replica has replayed all that the primary has committed so far. */
  async untilReplicated(timeoutMs = 10_000): Promise<void> {
    const [row] = await this.primary.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn');
    await this.replica.withClient((client) =>
      waitFor(
        async () =>
          (await client.query<{ done: boolean }>('select pg_last_wal_replay_lsn() >= $1::pg_lsn as done', [row?.lsn]))
            .rows[0]?.done,
        { timeoutMs, everyMs: 5, what: 'the replica did not catch up' },
      ),
    );
  }

  /** Made under another name and renamed when it is whole: an initdb may be cut short, or outlive whoever started it. */
  private async initialise(): Promise<void> {
    const { dataDir } = this.primary;
    await rm(dataDir, { recursive: true, force: true });
    for (const left of await readdir(this.folder))
      if (left.startsWith(UNFINISHED)) await rm(join(this.folder, left), { recursive: true, force: true });
    const mark = join(this.folder, `${UNFINISHED}${randomBytes(4).toString('hex')}`);
    const passwordFile = `${mark}.password`;
    try {
      await writeFile(passwordFile, this.password, { mode: 0o600 });
      const { uid, gid } = this.programs.user;
      if (uid !== undefined && gid !== undefined) await chown(passwordFile, uid, gid);
      await runProgram(
        this.programs.initdb,
        ['-D', mark, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'].concat(
          '--locale-provider=builtin',
          '--locale=C.UTF-8',
          '--no-sync',
        ),
        { ...this.programs.user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } },
      );
      await appendFile(join(mark, 'postgresql.conf'), "\ninclude 'techze.conf'\n");
      await rename(mark, dataDir);
    } finally {
      await rm(passwordFile, { force: true });
    }
  }

  /** @returns false when only a new copy helps: it was promoted, is too far behind, or is damaged */
  private async resumeReplica(): Promise<boolean> {
    try {
      await this.replica.start();
      const [row] = await this.replica.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
      if (!row?.standby) return false;
      await this.untilStreaming(15_000);
      return true;
    } catch {
      return false;
    }
  }

  private async copyReplica(): Promise<void> {
    await this.primary.query(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1',
      [SLOT],
    );
    await this.primary.query('select pg_create_physical_replication_slot($1, true)', [SLOT]);
    await copyForStandby(this.primary, this.replica.dataDir, this.programs.user);
  }

  private async untilStreaming(timeoutMs: number): Promise<void> {
    await this.primary.withClient((client) =>
      waitFor(
        async () => (await client.query("select 1 from pg_stat_replication where state = 'streaming'")).rowCount,
        { timeoutMs, what: 'the replica did not stream' },
      ),
    );
  }
}

/** Begins the name of what initdb has not finished. */
const UNFINISHED = 'initdb-';

const SETTINGS: PostgresSettings = {
  shared_preload_libraries: 'pg_stat_statements',
  max_connections: 300,
  shared_buffers: '128MB',
  wal_level: 'replica',
  hot_standby: 'on',
  max_wal_senders: 10,
  max_replication_slots: 10,
  max_slot_wal_keep_size: '2GB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
};

const THROW_AWAY: PostgresSettings = { fsync: 'off', full_page_writes: 'off' };

async function rememberedPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const password = randomBytes(24).toString('base64url');
    await writeFile(file, password, { mode: 0o600, flag: 'wx' });
    return password;
  }
}
