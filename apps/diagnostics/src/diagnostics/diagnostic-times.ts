/** Before this nobody collected anything for us: a clock that says so has lost its battery. */
const EARLIEST_MS = Date.UTC(2020, 0);

/** When a diagnostic was collected, came in, and counts. */
export interface DiagnosticTimes {
  /** By the clock of the device. */
  readonly collectedAt: Date;
  readonly receivedAt: Date;
  /** What the diagnostics and the samples of a device are ordered by. */
  readonly seenAt: Date;
  /** How far the clock of the device is ahead, milliseconds; null where nothing shows that it is wrong. */
  readonly clockSkewMs: number | null;
}

/**
 * A moment that cannot be right is put right: one to come would freeze the device's state, one before our time would never
 * become its state. Whatever lies between may be true: agents keep diagnostics until they are online.
 */
export function timesOf(collectedAt: Date, receivedAt: Date): DiagnosticTimes {
  const possible = collectedAt <= receivedAt && collectedAt.getTime() >= EARLIEST_MS;
  return {
    collectedAt,
    receivedAt,
    seenAt: possible ? collectedAt : receivedAt,
    clockSkewMs: possible ? null : collectedAt.getTime() - receivedAt.getTime(),
  };
}
