import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Problem, type Principal } from '@techze/contracts';
import { currentContext, Logger } from '@techze/observability';
import { z } from 'zod';
import { ContextVerifier } from './context-verifier.js';
import { FRAME_FIELD } from './envelope.js';
import { BROADCASTS } from './keys.js';
import { RedisConnections } from './redis-connections.js';
import type { RawEntry } from './stream-entry.js';

/** Kept so that a process that was away hears them when it is back. */
const KEPT = 1_000;

/** KEYS: stream and channel; ARGV: how many to keep, field, message. Stores and publishes in one step, so that ids tell what was missed. */
const BROADCAST = `local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', ARGV[2], ARGV[3])
redis.call('PUBLISH', KEYS[1], id .. ' ' .. ARGV[3])
return id`;

const Broadcast = z.object({ topic: z.string().max(128), data: z.unknown(), token: z.string().max(16_384) });
type Broadcast = z.infer<typeof Broadcast>;

/** @param principal who sent it */
export type BroadcastHandler = (data: unknown, principal: Principal) => void | Promise<void>;

/** Messages that every process hears, also the one that sends them. */
@Injectable()
export class Broadcasts implements OnModuleInit {
  private readonly handlers = new Map<string, BroadcastHandler[]>();
  private readonly logger: Logger;
  /** The last one heard; before the first connection there is nothing to catch up with. */
  private lastId: string | undefined;
  private catchingUp: Promise<void> = Promise.resolve();

  constructor(
    private readonly connections: RedisConnections,
    private readonly modules: ModuleRef,
    logger: Logger,
  ) {
    this.logger = logger.named('broadcasts');
  }

  onModuleInit(): void {
    const { subscriber, commands } = this.connections;
    subscriber.subscribe(BROADCASTS, (message) => {
      const space = message.indexOf(' ');
      this.catchingUp = this.catchingUp.then(() => this.hear(message.slice(0, space), message.slice(space + 1)));
    });
    const catchUp = () => {
      this.catchingUp = this.catchingUp.then(() => this.catchUp());
    };
    subscriber.onReady(catchUp);
    commands.onReady(catchUp);
  }

  on(topic: string, handler: BroadcastHandler): void {
    const handlers = this.handlers.get(topic);
    if (handlers) handlers.push(handler);
    else this.handlers.set(topic, [handler]);
  }

  /**
   * @param token proves who sends it; by default the one of the work under way
   * @throws Problem('invalid-token') without a token, Problem('service-unavailable') without Redis
   */
  async send(topic: string, data: unknown, token = currentContext()?.token): Promise<void> {
    if (token === undefined) throw new Problem('invalid-token', { cause: 'a broadcast needs a signed context' });
    const message: Broadcast = { topic, data, token };
    const command = ['EVAL', BROADCAST, '1', BROADCASTS, String(KEPT), FRAME_FIELD, JSON.stringify(message)];
    await this.connections.commands.send(command).catch((cause: unknown) => {
      throw new Problem('service-unavailable', { cause });
    });
  }

  private async catchUp(): Promise<void> {
    const { commands } = this.connections;
    try {
      if (this.lastId === undefined) {
        const [newest] = await commands.send<readonly RawEntry[]>(['XREVRANGE', BROADCASTS, '+', '-', 'COUNT', '1']);
        this.lastId ??= newest?.[0] ?? '0-0';
        return;
      }
      const missed = await commands.send<readonly RawEntry[]>(['XRANGE', BROADCASTS, `(${this.lastId}`, '+']);
      for (const entry of missed) if (entry?.[1]?.[0] === FRAME_FIELD) await this.hear(entry[0], entry[1][1] ?? '');
    } catch (error) {
      this.logger.debug('catching up on broadcasts failed', { reason: String(error) });
    }
  }

  private async hear(id: string, text: string): Promise<void> {
    this.lastId = id;
    try {
      const { topic, data, token } = Broadcast.parse(JSON.parse(text));
      const handlers = this.handlers.get(topic);
      if (!handlers) return;
      // Looked up late: the verifier may itself listen to broadcasts (revoked sessions, new keys).
      const principal = await this.modules.get(ContextVerifier, { strict: false }).verify(token);
      for (const handler of handlers) await handler(data, principal);
    } catch (error) {
      this.logger.error('a broadcast failed', { err: error });
    }
  }
}
