import type { ServiceName } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { keysOf } from './keys.js';
import type { Settlements } from './settlements.js';
import { transportDeadLettersTotal } from './transport.metrics.js';

/** What is kept of one letter, and how many letters: people read them, nothing depends on them. */
const MAX_BODY_CHARACTERS = 64 * 1024;
const MAX_LETTERS = 10_000;

export type DeadLetterReason =
  'malformed' | 'oversized' | 'wrong-version' | 'invalid-token' | 'no-handler' | 'too-many-deliveries';

/** Keeps what could not be handled in `tz:{svc}:dlq`, counted and logged; never a token. */
export class DeadLetters {
  private readonly key: string;

  constructor(
    private readonly service: ServiceName,
    private readonly settlements: Settlements,
    private readonly logger: Logger,
  ) {
    this.key = keysOf(service).dlq;
  }

  /** @param message the part that failed; a member `token` is left out */
  keep(stream: string, entryId: string, reason: DeadLetterReason, message: unknown): void {
    const body = typeof message === 'string' ? withoutTokens(message) : JSON.stringify(message, withoutTokenMember);
    this.settlements.deadLetter([
      'XADD',
      this.key,
      'MAXLEN',
      '~',
      String(MAX_LETTERS),
      '*',
      'reason',
      reason,
      'stream',
      stream,
      'entry',
      entryId,
      'body',
      body.slice(0, MAX_BODY_CHARACTERS),
    ]);
    transportDeadLettersTotal.inc({ service: this.service, reason });
    this.logger.error('message dead-lettered', { stream, entry: entryId, reason });
  }
}

function withoutTokenMember(key: string, value: unknown): unknown {
  return key === 'token' ? undefined : value;
}

/** Text that could not be parsed may still hold somebody's token. */
function withoutTokens(text: string): string {
  return text.slice(0, MAX_BODY_CHARACTERS).replaceAll(/"token"\s*:\s*"[^"]*"?/g, '"token":"-"');
}
