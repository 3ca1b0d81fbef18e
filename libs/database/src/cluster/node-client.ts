import { Socket } from 'node:net';
import { Client, type ClientConfig, type PoolClient } from 'pg';

/** A client whose socket can be cut: a goodbye to a server that hangs would wait for its answer. */
export class NodeClient extends Client {
  private readonly socket: Socket;

  constructor(config: ClientConfig = {}) {
    const socket = new Socket();
    // Inherits from the config instead of copying it: the pool hides the password from enumeration.
    super(Object.create(config, { stream: { value: () => socket } }) as ClientConfig);
    this.socket = socket;
  }

  cut(): void {
    this.socket.destroy();
  }
}

/** A NodeClient out of a pool. */
export type PooledClient = PoolClient & Pick<NodeClient, 'cut'>;
