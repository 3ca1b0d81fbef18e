import type { ClientConfig } from 'pg';
import { NodeClient } from './node-client.js';
import { within } from './within.js';

/** Less than the second within which health has to be answered. */
const PROBE_TIMEOUT_MS = 900;

/** What a node said of itself. */
export interface Sighting {
  /** It replays another node's changes and takes no writes. */
  readonly standby: boolean;
}

/** Asks a node how it is, over a connection of its own: a full pool is not a dead node. */
export class NodeProbe {
  private client: NodeClient | undefined;

  constructor(private readonly config: ClientConfig) {}

  /** Answers within a second, unless told otherwise. @throws what kept the node from answering */
  async ask(limitMs = PROBE_TIMEOUT_MS): Promise<Sighting> {
    try {
      return await within(limitMs, this.question());
    } catch (fault) {
      this.stop();
      throw fault;
    }
  }

  stop(): void {
    this.client?.cut(new Error('the probe was ended'));
    this.client = undefined;
  }

  private async question(): Promise<Sighting> {
    const client = this.client ?? (await this.connect());
    const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    return { standby: rows[0]?.standby === true };
  }

  private async connect(): Promise<NodeClient> {
    const client = new NodeClient(this.config);
    this.client = client;
    // The next question takes a new one.
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    await client.connect();
    return client;
  }
}
