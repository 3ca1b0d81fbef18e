import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Problem } from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { z } from 'zod';
import { pagingConfig, type PagingConfig } from './paging.config.js';

/** Where a list in the order (created_at, id) descending goes on: behind this row. */
const Position = z.tuple([z.iso.datetime(), z.string()]);

export interface PagePosition {
  readonly createdAt: string;
  readonly id: string;
}

const SIGNATURE_BYTES = 16;

/** Cursors are opaque to callers and signed: a position that we did not give is refused. */
@Injectable()
export class Cursors {
  constructor(@Inject(pagingConfig.token) private readonly config: PagingConfig) {}

  /** @param list which list the cursor is for: one list's cursor is no good in another, nor in another tenant's */
  encode(list: string, { createdAt, id }: PagePosition): string {
    const payload = Buffer.from(JSON.stringify([createdAt, id]));
    return Buffer.concat([this.sign(list, payload), payload]).toString('base64url');
  }

  /** @throws Problem `invalid-cursor` */
  decode(list: string, cursor: string): PagePosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(SIGNATURE_BYTES);
    const signature = bytes.subarray(0, SIGNATURE_BYTES);
    // Decoding is lenient, a cursor is not: one spelling each.
    const genuine = bytes.toString('base64url') === cursor && signature.length === SIGNATURE_BYTES;
    if (!genuine || !timingSafeEqual(signature, this.sign(list, payload))) throw new Problem('invalid-cursor');
    const [createdAt, id] = Position.parse(JSON.parse(payload.toString()));
    return { createdAt, id };
  }

  private sign(list: string, payload: Buffer): Buffer {
    return createHmac('sha256', this.config.cursorKey)
      .update(`${currentContext()?.principal?.tenant_id ?? ''}\n${list}\n`)
      .update(payload)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  }
}
