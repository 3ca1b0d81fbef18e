import { type NodeClient } from './node-client.js';
import { lsnBytes } from './replication.js';
import { NoAnswerError, within } from './within.js';

/** Less than the second within which health has to be answered. */
const PROBE_TIMEOUT_MS = 900;

/** What a node said of itself. */
export type Sighting =
  | {
      /** It takes writes, or believes so. */
      readonly role: 'primary';
      /** Where its log ends now, in bytes. */
      readonly lsn: number;
      /** Grows by one with each promotion. */
      readonly timeline: number;
    }
  | {
      /** It replays another node's changes and takes no writes. */
      readonly role: 'standby';
      /** How far it has replayed, in bytes. */
      readonly lsn: number;
      /** It is connected to the node whose changes it replays. */
      readonly streaming: boolean;
    };

const QUESTION = `select pg_is_in_recovery() as standby,
  case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0') else pg_current_wal_lsn() end::text as lsn,
  case when pg_is_in_recovery() then 0
    else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end as timeline,
  exists (select from pg_stat_wal_receiver) as streaming`;

interface Answer {
  standby: boolean;
  lsn: string;
  timeline: number;
  streaming: boolean;
}

/** Asks a node how it is, over a connection of its own: a full pool is not a dead node. */
export class NodeProbe {
  private client: NodeClient | undefined;
  private stopped = false;

  constructor(private readonly create: () => NodeClient) {}

  /** Answers within a second, unless told otherwise. @throws what kept the node from answering */
  async ask(limitMs = PROBE_TIMEOUT_MS): Promise<Sighting> {
    const known = this.client;
    try {
      return await within(limitMs, this.question());
    } catch (fault) {
      this.reconnect();
      // That an old connection was ended says nothing of the node; whether a new one can be made does.
      if (known && !this.stopped && !(fault instanceof NoAnswerError)) return this.ask(limitMs);
      throw fault;
    }
  }

  /** The next question goes over a new connection. */
  reconnect(): void {
    this.client?.cut(new Error('the probe was ended'));
    this.client = undefined;
  }

  stop(): void {
    this.stopped = true;
    this.reconnect();
  }

  private async question(): Promise<Sighting> {
    const client = this.client ?? (await this.connect());
    const { rows } = await client.query<Answer>(QUESTION);
    if (!rows[0]) throw new Error('the probe got no row');
    const { standby, lsn, timeline, streaming } = rows[0];
    return standby
      ? { role: 'standby', lsn: lsnBytes(lsn), streaming }
      : { role: 'primary', lsn: lsnBytes(lsn), timeline };
  }

  private async connect(): Promise<NodeClient> {
    const client = this.create();
    this.client = client;
    // The next question takes a new one.
    client.once('lost', () => {
      if (this.client === client) this.client = undefined;
    });
    await client.connect();
    return client;
  }
}
