import { randomUUID, webcrypto } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Freight, Problem } from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { RedisConnections } from './redis-connections.js';
import type { RedisConnection } from './redis-connection.js';
import { longestDeadlineMs } from './timings.js';

/**
 * Up to this a text in the message costs less than two round trips. Above it the cost of quoting and parsing it again, on
 * the event loops of both sides, is what everybody else would wait for: 8 MiB stand in the way for 40 ms on each.
 */
const INLINE_MAX_BYTES = 64 * 1024;

/**
 * What one process may have lying in Redis: four of the largest bodies. Two gateways and two services of answers are half
 * of the 256 MB that Redis has, and a Redis that is full refuses everybody's requests.
 */
const LYING_MAX_BYTES = 32 * 1024 * 1024;

/** Longer than anybody can wait for an answer; what nobody fetched goes by itself. */
const LIFE_MS = 2 * longestDeadlineMs;

/** 8 MiB take a tenth of it on a slow network; a Redis that takes longer hangs. */
const LIMIT_MS = 2_000;

const PREFIX = 'tz:parcel:';
const NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Large contents of requests and answers: bytes that lie in Redis while the message only names them, and that are neither
 * made a string of nor quoted on their way. The message says their SHA-256 too, so they are bound to it as what it has in
 * itself is, no more and no less: other bytes under the name are refused; a message is as genuine as the signed context in
 * it, which covers who asks and not what.
 */
@Injectable()
export class Parcels {
  private opened: RedisConnection | undefined;
  /** Sizes of those of this process that were written and that nobody is known to have fetched. */
  private readonly lying = new Map<string, number>();
  /** Of those, and of those being written. */
  private lyingBytes = 0;

  constructor(private readonly connections: RedisConnections) {}

  /** @throws Problem `overloaded` with too much under way, `service-unavailable` without Redis, `deadline-exceeded` */
  async pack(bytes: Buffer): Promise<Freight> {
    const size = bytes.byteLength;
    if (size <= INLINE_MAX_BYTES) return { text: bytes.toString('utf8') };
    const parcel = randomUUID();
    await this.claim(size);
    try {
      const written = this.ask(['SET', keyOf(parcel), bytes, 'PX', String(LIFE_MS)]);
      const [sha256] = await Promise.all([sha256Of(bytes), written]);
      this.lying.set(parcel, size);
      return { parcel, sha256 };
    } catch (error) {
      // It may still be written: what it takes is given back behind that.
      void this.remove(parcel).finally(() => (this.lyingBytes -= size));
      throw error;
    }
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
    if (!('parcel' in freight)) return;
    await this.remove(freight.parcel);
    this.forget(freight.parcel);
  }

  private async fetch(freight: Freight, command: 'GET' | 'GETDEL'): Promise<Buffer> {
    if ('text' in freight) return Buffer.from(freight.text);
    if (!NAME.test(freight.parcel)) throw new Problem('internal', { cause: 'a name that no parcel has' });
    const bytes = await this.ask([command, keyOf(freight.parcel)]);
    if (!bytes) throw new Problem('service-unavailable', { cause: 'a parcel is gone: Redis lost its data' });
    if ((await sha256Of(bytes)) !== freight.sha256)
      throw new Problem('internal', { cause: 'a parcel is not what was sent' });
    return bytes;
  }

  private async claim(size: number): Promise<void> {
    if (this.lyingBytes + size > LYING_MAX_BYTES) await this.forgetFetched();
    if (this.lyingBytes + size > LYING_MAX_BYTES)
      throw new Problem('overloaded', { cause: 'too many parcels are under way' });
    this.lyingBytes += size;
  }

  /** Who packed an answer is not told that it was fetched. */
  private async forgetFetched(): Promise<void> {
    const { commands } = this.connections;
    const look = async (parcel: string) => {
      if ((await commands.sendWithin<number>(LIMIT_MS, ['EXISTS', keyOf(parcel)])) === 0) this.forget(parcel);
    };
    // Of which nothing is known, that still lies there.
    await Promise.allSettled([...this.lying.keys()].map(look));
  }

  private forget(parcel: string): void {
    this.lyingBytes -= this.lying.get(parcel) ?? 0;
    this.lying.delete(parcel);
  }

  /** Behind whatever was sent before. What cannot be said is no loss: it goes by itself. */
  private async remove(parcel: string): Promise<void> {
    await this.connection.sendBytes(['UNLINK', keyOf(parcel)]).catch(() => undefined);
  }

  private async ask(command: readonly (string | Buffer)[]): Promise<Buffer | null> {
    const leftMs = (currentContext()?.deadline ?? Infinity) - Date.now();
    if (leftMs <= 0) throw new Problem('deadline-exceeded');
    try {
      return await this.connection.sendBytesWithin(Math.min(LIMIT_MS, leftMs), command);
    } catch (cause) {
      throw new Problem('service-unavailable', { cause });
    }
  }

  /** One of their own: large ones must not stand before everybody's requests. */
  private get connection(): RedisConnection {
    return (this.opened ??= this.connections.openBlocking());
  }
}

function keyOf(parcel: string): string {
  return `${PREFIX}${parcel}`;
}

/** Off the event loop: 8 MiB take up to 30 ms. */
async function sha256Of(bytes: Buffer): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('base64');
}
