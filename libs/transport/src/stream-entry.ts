/** An entry of a stream in the hands of this process. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: readonly string[];
  /** How often it was handed to a consumer, this time included. */
  readonly deliveries: number;
  /** Whether another delivery may already have begun the work. */
  readonly redelivered: boolean;
}

/** Second field of an entry that was split off a redelivered frame: how often its requests were begun before. */
export const BEGUN_FIELD = 'begun';

/**
 * @param deliveries of this very entry, this time included
 * @param redelivered whether one of them may have begun the work
 */
export function entryOf(id: string, fields: readonly string[], deliveries: number, redelivered: boolean): StreamEntry {
  const begun = fields[2] === BEGUN_FIELD ? Number.parseInt(fields[3] ?? '', 10) || 0 : 0;
  return { id, fields, deliveries: begun + deliveries, redelivered: redelivered || begun > 0 };
}

/** A stream of one service and its consumer group. */
export interface StreamGroup {
  readonly key: string;
  readonly group: string;
  readonly consumer: string;
}

/** RESP2 shape of XREADGROUP. */
export type ReadReply = readonly (readonly [key: string, entries: readonly RawEntry[]])[] | null;
/** RESP2 shape of one entry; deleted ones have no fields. */
export type RawEntry = readonly [id: string, fields: readonly string[] | null] | null;

/** `a` before `b` in a stream. */
export function isBefore(a: string, b: string): boolean {
  const [aTime = '', aCount = '0'] = a.split('-');
  const [bTime = '', bCount = '0'] = b.split('-');
  return aTime === bTime ? BigInt(aCount) < BigInt(bCount) : BigInt(aTime) < BigInt(bTime);
}
