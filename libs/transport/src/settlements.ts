import type { Logger } from '@techze/observability';
import { isRefusal, type RedisCommand, type RedisConnection } from './redis-connection.js';
import { MAX_FRAME_BYTES } from './envelope.js';

/** A reply that reached no subscriber (its caller is reconnecting) is published again this often, this far apart. */
const REPUBLISH_TIMES = 20;
const REPUBLISH_MS = 200;

interface Ack {
  readonly key: string;
  readonly group: string;
  readonly id: string;
  readonly done: () => void;
}
interface Turn {
  replies: Map<string, string[]>;
  acks: Ack[];
  letters: RedisCommand[];
}

/**
 * Writes what became of the work: dead letters, replies and acks of one turn of the event loop in one write, in this
 * order, so that an entry is never acked before its replies are out. What a broken connection swallowed is written again.
 */
export class Settlements {
  private turn: Turn = emptyTurn();
  private scheduled = false;
  private writing = 0;
  private idle: (() => void)[] = [];

  constructor(
    private readonly connection: RedisConnection,
    private readonly logger: Logger,
  ) {}

  reply(channel: string, reply: string): void {
    const replies = this.turn.replies.get(channel);
    if (replies) replies.push(reply);
    else this.turn.replies.set(channel, [reply]);
    this.schedule();
  }

  /** @param done runs when Redis has it */
  ack(key: string, group: string, id: string, done: () => void): void {
    this.turn.acks.push({ key, group, id, done });
    this.schedule();
  }

  /** @param command an XADD to the dead-letter stream */
  deadLetter(command: RedisCommand): void {
    this.turn.letters.push(command);
    this.schedule();
  }

  /** Settles when everything is written. */
  async drained(): Promise<void> {
    while (this.scheduled || this.writing > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Writes what there is now, on a connection that is about to be written to anyway: one write and one wake-up less. */
  flush(via: RedisConnection = this.connection): void {
    if (!this.scheduled) return;
    const turn = this.turn;
    this.turn = emptyTurn();
    this.scheduled = false;
    void this.write(turn, via);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  private async write(turn: Turn, via: RedisConnection): Promise<void> {
    this.writing += 1;
    await this.deliver([...turn.letters, ...publishCommands(turn.replies), ...ackCommands(turn.acks)], via);
    for (const { done } of turn.acks) done();
    this.writing -= 1;
    if (this.writing === 0 && !this.scheduled) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Until Redis has it all; after the first attempt on our own connection. */
  private async deliver(commands: RedisCommand[], via: RedisConnection): Promise<void> {
    let left = await this.attempt(commands, via);
    while (left.length > 0 && !this.connection.isClosed) {
      await this.connection.untilReady();
      left = await this.attempt(left, this.connection);
    }
  }

  /** @returns the commands of which it is unknown whether Redis got them */
  private async attempt(commands: readonly RedisCommand[], connection: RedisConnection): Promise<RedisCommand[]> {
    const outcomes = await connection.pipeline(commands);
    return commands.filter((command, index) => {
      const outcome = outcomes[index];
      if (outcome?.status === 'fulfilled') {
        if (command[0] === 'PUBLISH' && outcome.value === 0) this.republish(command, 1);
        return false;
      }
      if (!isRefusal(outcome?.reason)) return true;
      // A group or memory that is gone is repaired by those who read; there is nothing to write again.
      this.logger.warn('Redis refused to settle a message', { command: command[0], reason: outcome.reason.message });
      return false;
    });
  }

  private republish(command: RedisCommand, attempt: number): void {
    if (attempt > REPUBLISH_TIMES || this.connection.isClosed) return;
    setTimeout(() => {
      this.connection.send<number>(command).then(
        (receivers) => {
          if (receivers === 0) this.republish(command, attempt + 1);
        },
        () => this.republish(command, attempt + 1),
      );
    }, REPUBLISH_MS).unref();
  }
}

function emptyTurn(): Turn {
  return { replies: new Map(), acks: [], letters: [] };
}

function publishCommands(replies: Map<string, string[]>): RedisCommand[] {
  const commands: RedisCommand[] = [];
  for (const [channel, parts] of replies) {
    let batch: string[] = [];
    let length = 0;
    for (const part of parts) {
      if (length + part.length > MAX_FRAME_BYTES && batch.length > 0) {
        commands.push(['PUBLISH', channel, `[${batch.join(',')}]`]);
        batch = [];
        length = 0;
      }
      batch.push(part);
      length += part.length;
    }
    commands.push(['PUBLISH', channel, `[${batch.join(',')}]`]);
  }
  return commands;
}

function ackCommands(acks: readonly Ack[]): RedisCommand[] {
  const byStream = new Map<string, string[]>();
  for (const { key, group, id } of acks) {
    const command = byStream.get(key);
    if (command) command.push(id);
    else byStream.set(key, ['XACK', key, group, id]);
  }
  return [...byStream.values()];
}
