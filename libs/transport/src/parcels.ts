import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Freight, Problem } from '@techze/contracts';
import { RedisConnections } from './redis-connections.js';
import type { RedisConnection } from './redis-connection.js';
import { longestDeadlineMs } from './timings.js';

/**
 * Up to this a text in the message costs less than two round trips. Above it the cost of quoting and parsing it again, on
 * the event loops of both sides, is what everybody else would wait for: 8 MiB stand in the way for 40 ms on each.
 */
const INLINE_MAX_BYTES = 64 * 1024;

/** Longer than anybody can wait for an answer; what nobody fetched goes by itself. */
const LIFE_MS = 2 * longestDeadlineMs;

const PREFIX = 'tz:parcel:';
const NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Large contents of requests and answers: bytes that lie in Redis while the message only names them, and that are neither
 * made a string of nor quoted on their way.
 */
@Injectable()
export class Parcels {
  private opened: RedisConnection | undefined;

  constructor(private readonly connections: RedisConnections) {}

  /** @throws Problem `service-unavailable` without Redis */
  async pack(bytes: Buffer): Promise<Freight> {
    if (bytes.byteLength <= INLINE_MAX_BYTES) return { text: bytes.toString('utf8') };
    const parcel = randomUUID();
    await this.ask(['SET', `${PREFIX}${parcel}`, bytes, 'PX', String(LIFE_MS)]);
    return { parcel };
  }

  /** It stays: a request that is delivered again needs it again. @throws Problem `service-unavailable` when it is not there */
  unpack(freight: Freight): Promise<Buffer> {
    return this.fetch(freight, 'GET');
  }

  /** The same, and it is gone. */
  unpackOnce(freight: Freight): Promise<Buffer> {
    return this.fetch(freight, 'GETDEL');
  }

  /** Nobody needs it any more. */
  async discard(freight: Freight): Promise<void> {
    // What cannot be said now is no loss: it goes by itself.
    if ('parcel' in freight) await this.ask(['UNLINK', `${PREFIX}${freight.parcel}`]).catch(() => undefined);
  }

  private async fetch(freight: Freight, command: 'GET' | 'GETDEL'): Promise<Buffer> {
    if ('text' in freight) return Buffer.from(freight.text);
    if (!NAME.test(freight.parcel)) throw new Problem('internal', { cause: 'a name that no parcel has' });
    const bytes = await this.ask([command, `${PREFIX}${freight.parcel}`]);
    if (!bytes) throw new Problem('service-unavailable', { cause: 'a parcel is gone: Redis lost its data' });
    return bytes;
  }

  /** On a connection of their own: large ones must not stand before everybody's requests. */
  private async ask(command: readonly (string | Buffer)[]): Promise<Buffer | null> {
    this.opened ??= this.connections.openBlocking();
    try {
      await this.opened.untilReady();
      return await this.opened.sendBytes(command);
    } catch (cause) {
      throw new Problem('service-unavailable', { cause });
    }
  }
}
