/** A place in a tenant's feed: right behind that event. Places are in order of commit, which no clock and no sequence tells. */
export interface FeedPosition {
  /** The transaction that wrote the event; 0n before all events. */
  readonly xact: bigint;
  readonly eventId: string;
}

/** Whoever was away for less than this resumes without a gap. The database drops a day only when all of it is older. */
export const KEPT_MS = 3 * 86_400_000;

/** `Last-Event-ID`. One digit less than what a bigint holds: no number that fits here is too large. */
const TEXT = /^(0|[1-9]\d{0,17})-(evt_[0-9a-f]{32})$/;
const PREFIX = 'evt_';
/** Of a UUIDv7: the hexadecimal digits of its time, and the rest. */
const TIME_DIGITS = 12;
const REST = '0'.repeat(20);

/** What a feed is at the beginning: nothing until then. Its time tells how long that is good for. */
export function beginning(nowMs: number): FeedPosition {
  return { xact: 0n, eventId: `${PREFIX}${nowMs.toString(16).padStart(TIME_DIGITS, '0')}${REST}` };
}

export function isBeginning({ xact }: FeedPosition): boolean {
  return xact === 0n;
}

/** @returns undefined for what no stream has ever sent */
export function parsePosition(text: string): FeedPosition | undefined {
  const [, xact, eventId] = TEXT.exec(text) ?? [];
  return xact === undefined || eventId === undefined ? undefined : { xact: BigInt(xact), eventId };
}

export function formatPosition({ xact, eventId }: FeedPosition): string {
  return `${xact}-${eventId}`;
}

/** Whether `one` lies behind `other`. */
export function isBehind(one: FeedPosition, other: FeedPosition): boolean {
  return one.xact === other.xact ? one.eventId > other.eventId : one.xact > other.xact;
}

/** Whether what came after it may be gone already. */
export function isTooOld({ eventId }: FeedPosition, nowMs: number): boolean {
  return nowMs - Number.parseInt(eventId.slice(PREFIX.length, PREFIX.length + TIME_DIGITS), 16) > KEPT_MS;
}
