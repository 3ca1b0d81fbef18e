import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../processes/run-program.js';
import { waitFor } from '../processes/wait-for.js';
import { folderFor } from './os-user.js';
import { PostgresNode, SUPERUSER, type PostgresSettings } from './postgres-node.js';
import { findPostgresPrograms, type PostgresPrograms } from './postgres-programs.js';
import { copyForStandby } from './standby-copy.js';

export interface PostgresClusterOptions {
  /** Holds the data folders; made when absent. When `nobody` must run PostgreSQL and cannot enter it, one in /var/tmp stands for it. */
  readonly folder: string;
  /** How many replicas; without it as many as the folder holds, and one in a new folder. */
  readonly replicas?: number;
  /** Ports of an earlier run by the node's id, kept when free. */
  readonly ports?: Readonly<Record<string, number>>;
  /** False for throw-away data: commits no longer wait for the disk. */
  readonly durable?: boolean;
  /** Further settings of postgresql.conf for all nodes. */
  readonly settings?: PostgresSettings;
}

/** A PostgreSQL primary and its streaming replicas on 127.0.0.1, from the programs that npm installed. */
export class PostgresCluster {
  /** The node that is made first and that the replicas are copies of. */
  readonly primary: PostgresNode;
  /** `replica`, `replica-2`, … */
  readonly replicas: readonly PostgresNode[];
  /** Whose changes a node replays; a node that replays nobody's is not there. */
  private readonly leaders = new Map<PostgresNode, PostgresNode>();

  private constructor(
    readonly folder: string,
    /** The superuser's password; the superuser is `postgres`. */
    readonly password: string,
    private readonly programs: PostgresPrograms,
    { settings, replicas }: { settings: PostgresSettings; replicas: number },
  ) {
    const node = (id: string): PostgresNode => {
      const made: PostgresNode = new PostgresNode(id, join(folder, id), programs, password, () => ({
        ...settings,
        ...this.standbySettings(made),
      }));
      return made;
    };
    this.primary = node('primary');
    this.replicas = Array.from({ length: replicas }, (_each, index) => node(replicaId(index)));
    for (const replica of this.replicas) this.leaders.set(replica, this.primary);
  }

  /** Prepares the cluster without starting it. */
  static async create(options: PostgresClusterOptions): Promise<PostgresCluster> {
    const programs = await findPostgresPrograms();
    const folder = folderFor(options.folder, programs.user);
    await chmod(folder, 0o700);
    const password = await rememberedPassword(join(folder, 'superuser-password'));
    const settings = { ...SETTINGS, ...(options.durable === false && THROW_AWAY), ...options.settings };
    const replicas = options.replicas ?? Math.max(1, replicasIn(folder));
    const cluster = new PostgresCluster(folder, password, programs, { settings, replicas });
    for (const node of cluster.nodes) node.port = options.ports?.[node.id];
    return cluster;
  }

  get nodes(): readonly PostgresNode[] {
    return [this.primary, ...this.replicas];
  }

  /** The first replica: there is always one. */
  get replica(): PostgresNode {
    return this.replicas[0] as PostgresNode;
  }

  /** Starts all nodes; makes them the first time. Takes over what already runs. Ready when the replicas stream. */
  async start(): Promise<void> {
    const isNew = !this.primary.isInitialised;
    if (isNew) await this.initialise();
    const portBefore = this.primary.port;
    await this.primary.start();
    // It is all ours: a log-in has business in the databases that it was let into, and in no other.
    if (isNew) await this.primary.query('revoke connect on database postgres, template1 from public');
    const moved = portBefore !== undefined && portBefore !== this.primary.port;
    await Promise.all(this.replicas.map((replica) => this.startReplica(replica, moved)));
  }

  /** Stops the replicas, then the primary. */
  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.primary.stop();
  }

  /** Stops all and removes their data. */
  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Lets a running standby replay the changes of another node from now on, one that was promoted. It keeps its data,
   * so it must not hold anything that the other one does not.
   */
  async follow(standby: PostgresNode, leader: PostgresNode): Promise<void> {
    await this.keepSlot(standby, leader);
    this.lead(leader, standby);
    await standby.reload();
    await this.untilStreaming(standby, 30_000);
  }

  /** Makes a node anew as a standby of another; what it held is gone. So a primary returns that was replaced. */
  async rejoin(node: PostgresNode, leader: PostgresNode): Promise<void> {
    await node.kill();
    this.lead(leader, node);
    await this.keepSlot(node, leader);
    await copyForStandby(leader, node.dataDir, this.programs.user);
    await node.start();
    await this.untilStreaming(node, 30_000);
  }

  /** Waits until each standby that runs has replayed all that its leader has committed so far. */
  async untilReplicated(timeoutMs = 10_000): Promise<void> {
    const following = [...this.leaders].filter(([standby]) => standby.isRunning);
    await Promise.all(following.map(([standby, leader]) => this.untilCaughtUp(standby, leader, timeoutMs)));
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

  private async startReplica(replica: PostgresNode, primaryMoved: boolean): Promise<void> {
    if (primaryMoved) await replica.stop();
    if (replica.isInitialised) {
      if (await this.resumes(replica)) return;
      await replica.stop();
    }
    await this.rejoin(replica, this.primary);
  }

  /** @returns false when only a new copy helps: it was promoted, is too far behind, or is damaged */
  private async resumes(replica: PostgresNode): Promise<boolean> {
    try {
      await replica.start();
      const [row] = await replica.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
      if (!row?.standby) return false;
      await this.untilStreaming(replica, 15_000);
      return true;
    } catch {
      return false;
    }
  }

  private lead(leader: PostgresNode, standby: PostgresNode): void {
    this.leaders.delete(leader);
    this.leaders.set(standby, leader);
  }

  private standbySettings(standby: PostgresNode): PostgresSettings {
    const leader = this.leaders.get(standby);
    if (!leader) return {};
    return {
      hot_standby_feedback: 'on',
      primary_conninfo: `host=127.0.0.1 port=${leader.port} user=${SUPERUSER} password=${this.password} application_name=${standby.id}`,
      primary_slot_name: slotOf(standby),
    };
  }

  /** What the leader keeps of its log for a standby begins now. The server may not have seen yet that a killed one left. */
  private async keepSlot(standby: PostgresNode, leader: PostgresNode): Promise<void> {
    const slot = slotOf(standby);
    await leader.withClient((client) =>
      waitFor(
        async () => {
          const old = 'from pg_replication_slots where slot_name = $1 and not active';
          await client.query(`select pg_drop_replication_slot(slot_name) ${old}`, [slot]);
          return client.query('select pg_create_physical_replication_slot($1, true)', [slot]);
        },
        { what: `${slot} was not free` },
      ),
    );
  }

  private async untilStreaming(standby: PostgresNode, timeoutMs: number): Promise<void> {
    const leader = this.leaders.get(standby) ?? this.primary;
    await leader.withClient((client) =>
      waitFor(
        async () =>
          (
            await client.query(
              "select 1 from pg_stat_replication where state = 'streaming' and application_name = $1",
              [standby.id],
            )
          ).rowCount,
        { timeoutMs, what: `${standby.name} did not stream` },
      ),
    );
  }

  private async untilCaughtUp(standby: PostgresNode, leader: PostgresNode, timeoutMs: number): Promise<void> {
    const [row] = await leader.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn');
    await standby.withClient((client) =>
      waitFor(
        async () =>
          (await client.query<{ done: boolean }>('select pg_last_wal_replay_lsn() >= $1::pg_lsn as done', [row?.lsn]))
            .rows[0]?.done,
        { timeoutMs, everyMs: 5, what: `${standby.name} did not catch up` },
      ),
    );
  }
}

function replicaId(index: number): string {
  return index === 0 ? 'replica' : `replica-${index + 1}`;
}

/** How many replicas a folder holds. */
function replicasIn(folder: string): number {
  let count = 0;
  while (existsSync(join(folder, replicaId(count)))) count += 1;
  return count;
}

/** Slots have names without dashes. */
function slotOf(standby: PostgresNode): string {
  return `techze_${standby.id.replaceAll('-', '_')}`;
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
  wal_retrieve_retry_interval: '250ms', // a standby asks sooner than every 5 s whether its leader is back
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
