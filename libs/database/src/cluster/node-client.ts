import { Socket } from 'node:net';
import { Client, type ClientConfig, type PoolClient } from 'pg';

/**
 * A client that remembers why it was lost, from its first moment on (a server may end a session in the same breath in
 * which it begins, before anybody listens), and whose socket can be cut: a server that hangs does not take leave.
 */
export class NodeClient extends Client {
  /** Why the connection is lost; nothing more can be done with it. */
  fault: Error | undefined;
  private readonly socket: Socket;

  constructor(config: ClientConfig = {}) {
    const socket = new Socket();
    // Inherits from the config instead of copying it: the pool hides the password from enumeration.
    super(Object.create(config, { stream: { value: () => socket } }) as ClientConfig);
    this.socket = socket;
    this.on('error', (error) => this.lose(error));
  }

  /** Whatever comes next on it fails for this reason. */
  lose(reason: Error): void {
    this.fault ??= reason;
  }

  /** Ends it at once: whatever is under way on it fails. */
  cut(reason: Error): void {
    this.lose(reason);
    this.socket.destroy();
  }
}

/** A NodeClient out of a pool. */
export type PooledClient = PoolClient & Pick<NodeClient, 'cut' | 'fault' | 'lose'>;
