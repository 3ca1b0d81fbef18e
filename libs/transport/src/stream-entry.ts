/** An entry of a stream in the hands of this process. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: readonly string[];
  /** How often it was handed to a consumer, this time included. */
  readonly deliveries: number;
  /** Whether another delivery may already have begun the work. */
  readonly redelivered: boolean;
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
