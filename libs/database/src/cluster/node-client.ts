import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Client, DatabaseError, type ClientConfig, type QueryResult, type Submittable } from 'pg';
import { BEGIN, PrepareStatements, PROLOGUE, TIME_LIMIT } from './prepared.js';
import type { Statement } from './statements.js';
import { TenantQuery, type Preface } from './tenant-query.js';
import { wireValue, type RowShape } from './wire.js';
import { NoAnswerError } from './within.js';

/** The server enforces the time-out; a server that hangs cannot, so ours follows this much later. */
const HANG_GRACE_MS = 1000;
export const QUERY_CANCELED = '57014';

/** The statement was prepared before a table changed under it. It did nothing, and will do when it is asked again. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

/** The connection went in the middle of a statement; nobody knows what the server made of it. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** What was sent before it on the same connection takes long: it is asked elsewhere. It has done nothing but reading. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
  constructor() {
    super('a statement before it takes long');
  }
}

/** How a statement ended: well, by an error that is its own, by the time-out that the server was given, or with its connection. */
export type Ending = 'ok' | 'error' | 'timeout' | 'lost';

/** Told of every statement: what its caller waited for it, and how it ended. */
export type Listener = (ms: number, ending: Ending) => void;

/**
 * A client that remembers why it was lost, from its first moment on (a server may end a session in the same breath in
 * which it begins, before anybody listens), and whose socket can be cut: a server that hangs does not take leave.
 * Statements are answered in the order in which they are sent, so it also knows for how long the one at the head has run.
 */
export class NodeClient extends Client {
  /** Why the connection is lost; nothing more can be done with it. */
  fault: Error | undefined;
  /** Resolves when the connection is closed. */
  readonly ended = new Promise<void>((resolve) => this.once('end', resolve));
  private readonly socket: Socket;
  /** The statements under way, first come first. */
  private readonly underWay: UnderWay[] = [];
  private overtaken = false;
  private headSince = 0;
  private readonly shapes = new Map<string, RowShape>();
  private corked = false;

  constructor(config: ClientConfig = {}) {
    const socket = new Socket();
    // Inherits from the config instead of copying it: the pool hides the password from enumeration.
    super(Object.create(config, { stream: { value: () => socket } }) as ClientConfig);
    this.socket = socket;
    this.on('error', (error) => this.lose(error));
    // Of a connection that was told to end once all is answered, pg does not say that it ended before.
    this.connection.once('end', () => {
      if (this.underWay.length > 0) this.lose(new Error('the connection was closed'));
    });
  }

  /** Statements under way. */
  get inFlight(): number {
    return this.underWay.length;
  }

  /** For how long the server has been at what it is doing now; 0 when it is idle. */
  headMs(now = performance.now()): number {
    return this.underWay.length === 0 ? 0 : now - this.headSince;
  }

  /** Connects, and teaches the server what goes ahead of statements. */
  async open(): Promise<this> {
    await this.connect();
    await new Promise<void>((resolve, reject) => {
      const done = (error: Error | null) => (error ? reject(error) : resolve());
      this.query(new PrepareStatements([PROLOGUE, BEGIN, TIME_LIMIT], done) as unknown as Submittable);
    });
    return this;
  }

  /**
   * Sends one statement; several may be sent without waiting.
   * @param timeoutMs the time that the server was given for it
   * @param flush when what was sent together leaves together
   */
  ask(
    statement: Statement,
    values: readonly unknown[],
    preface: readonly Preface[],
    timeoutMs: number,
    flush: (leave: () => void) => void,
    listener: Listener,
  ): Promise<QueryResult> {
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      // What cannot be sent is not under way: nobody answers it.
      const sent = values.map((value) => wireValue(value));
      if (this.underWay.length === 0) this.headSince = sentAt;
      const asked: UnderWay = { limitMs: timeoutMs + HANG_GRACE_MS, abandon: reject, abandoned: false };
      this.underWay.push(asked);
      this.cork(flush);
      const query = new TenantQuery(preface, statement, sent, this.shapes, (error, result) => {
        const now = performance.now();
        const tookMs = now - this.headSince;
        this.headSince = now;
        if (error && endsSession(error)) this.lose(error);
        this.underWay.shift();
        if (this.overtaken) this.cut(new OvertakenError());
        if (asked.abandoned) return;
        const ending = error ? this.endingOf(error) : 'ok';
        if (ending !== 'lost') statement.ran(tookMs);
        listener(now - sentAt, ending);
        if (!error) resolve(result);
        else if (this.fault && !(this.fault instanceof OvertakenError))
          reject(new ConnectionLostError(this.fault.message, { cause: this.fault }));
        else if (query.name !== undefined && isStalePlan(error)) {
          statement.outdated(query.name);
          reject(new StalePlanError('the table has changed', { cause: error }));
        } else reject(error);
      });
      this.query(query as unknown as Submittable);
    });
  }

  /**
   * Cuts the connection when its server has not answered in time. When this process itself was held up, an answer that
   * already lies in the socket still counts: judgement waits until the sockets were read once more.
   */
  watch(now = performance.now()): void {
    if (!this.isOver(this.underWay[0]?.limitMs, now)) return;
    setImmediate(() => {
      const limitMs = this.underWay[0]?.limitMs;
      if (limitMs !== undefined && this.isOver(limitMs)) this.cut(new NoAnswerError(limitMs));
    });
  }

  /** All but the head are asked elsewhere; the connection ends when the head is answered, and what is behind it with it. */
  overtake(): void {
    this.overtaken = true;
    for (const waiting of this.underWay.slice(1)) {
      waiting.abandoned = true;
      waiting.abandon(new OvertakenError());
    }
  }

  /** Whatever comes next on it fails for this reason. Emits `lost` once, with whether statements were under way. */
  lose(reason: Error): void {
    if (this.fault) return;
    this.fault = reason;
    this.emit('lost', reason, this.underWay.length > 0);
  }

  /** Ends it at once: whatever is under way on it fails. */
  cut(reason: Error): void {
    this.lose(reason);
    this.socket.destroy();
  }

  private isOver(limitMs: number | undefined, now = performance.now()): boolean {
    return limitMs !== undefined && now - this.headSince >= limitMs;
  }

  private cork(flush: (leave: () => void) => void): void {
    if (this.corked) return;
    this.corked = true;
    const { stream } = this.connection;
    stream.cork();
    flush(() => {
      this.corked = false;
      stream.uncork();
    });
  }

  private endingOf(error: Error): Ending {
    if (this.fault && !(this.fault instanceof OvertakenError)) return 'lost';
    return error instanceof DatabaseError && error.code === QUERY_CANCELED ? 'timeout' : 'error';
  }
}

interface UnderWay {
  /** When the server has not answered by then, it hangs. */
  readonly limitMs: number;
  readonly abandon: (reason: Error) => void;
  abandoned: boolean;
}

/** Nothing more comes of this session. */
function endsSession(error: Error): boolean {
  return error instanceof DatabaseError && (error.severity === 'FATAL' || error.severity === 'PANIC');
}

/** "cached plan must not change result type" has no code of its own, and its words depend on the server's language. */
function isStalePlan(error: Error): boolean {
  return error instanceof DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';
}
