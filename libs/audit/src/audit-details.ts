import { plainText } from './plain-text.js';

const MAX_BYTES = 8 * 1024;
const MAX_DEPTH = 6;
const MAX_TEXT_CHARS = 1024;
const MAX_KEY_CHARS = 128;
/** Names that begin so are the trail's own (sealed-details.ts). */
const RESERVED = /^\$+/;
const REDACTED = '[redacted]';
const TRUNCATED = '[truncated]';
/** Set on the details themselves when anything of them was left out. */
const TRUNCATED_FLAG = '_truncated';
const FLAG_BYTES = Buffer.byteLength(`{,"${TRUNCATED_FLAG}":true}`);

/** Names of members that hold secrets, letters and digits only: `refresh_token`, `X-Api-Key`, `clientSecret`, `Set-Cookie`. */
const SECRET_NAME =
  /passw(or)?d|passphrase|pwd|secret|token|authori[sz]ation|credential|cookie|bearer|jwt|(api|private|signing|encryption|access|device)key/;

/**
 * JSON that may be kept for years: secrets redacted by key, text made plain, at most 8 KiB.
 * Keeps what comes first; when something is missing, `_truncated: true` says so.
 */
export function auditDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = new BoundedCopy(MAX_BYTES - FLAG_BYTES);
  const kept = copy.object(details, 0);
  return copy.truncated ? { ...kept, [TRUNCATED_FLAG]: true } : kept;
}

/** Copies JSON depth first for as long as the bytes last; `undefined` where there was no room. */
class BoundedCopy {
  truncated = false;

  constructor(private bytesLeft: number) {}

  object(source: object, depth: number): Record<string, unknown> {
    const kept: [string, unknown][] = [];
    for (const [name, value] of Object.entries(source)) {
      if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue;
      const key = plainText(name, MAX_KEY_CHARS)?.replace(RESERVED, '') ?? '';
      if (!this.spend(jsonBytes(key) + ':,'.length)) break;
      const copied = isSecret(name) ? this.leaf(REDACTED) : this.value(value, depth);
      if (copied !== undefined) kept.push([key, copied]);
    }
    return Object.fromEntries(kept);
  }

  private array(source: readonly unknown[], depth: number): unknown[] {
    const kept: unknown[] = [];
    for (const item of source) {
      const copied = this.spend(','.length) ? this.value(item, depth) : undefined;
      if (copied === undefined) break;
      kept.push(copied);
    }
    return kept;
  }

  private value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        this.truncated ||= value.length > MAX_TEXT_CHARS;
        return this.leaf(plainText(value, MAX_TEXT_CHARS));
      case 'number':
        return this.leaf(Number.isFinite(value) ? value : null);
      case 'boolean':
        return this.leaf(value);
      case 'bigint':
        return this.leaf(value.toString());
      case 'object':
        return this.structure(value, depth);
      case 'undefined':
      case 'function':
      case 'symbol':
        return this.leaf(null);
    }
  }

  private structure(value: object | null, depth: number): unknown {
    if (value === null) return this.leaf(null);
    if (value instanceof Date) return this.leaf(Number.isNaN(value.getTime()) ? null : value.toISOString());
    if (depth >= MAX_DEPTH || ArrayBuffer.isView(value)) {
      this.truncated = true;
      return this.leaf(TRUNCATED);
    }
    if (!this.spend('{}'.length)) return undefined;
    return Array.isArray(value) ? this.array(value, depth + 1) : this.object(value, depth + 1);
  }

  private leaf(value: string | number | boolean | null): unknown {
    return this.spend(jsonBytes(value)) ? value : undefined;
  }

  /** Once something did not fit nothing more does: what is kept is a beginning, not a sieve. */
  private spend(bytes: number): boolean {
    if (bytes <= this.bytesLeft) {
      this.bytesLeft -= bytes;
      return true;
    }
    this.truncated = true;
    this.bytesLeft = 0;
    return false;
  }
}

function jsonBytes(value: string | number | boolean | null): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}
