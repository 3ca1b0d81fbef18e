/** How the transport behaves in time. Not configuration: the guarantees below hold for these values together. */

/** A replica's `alive` key lives this long; three beats may be missed before peers doubt it. */
export const aliveMs = 1_500;
export const beatMs = 500;
/** A replica without an `alive` key but with an open connection is stalled, not dead; after this long it counts as dead. */
export const stallGraceMs = 5_000;
/** Between two looks for entries of dead peers, orphans and due retries: a killed replica is noticed within aliveMs + this. */
export const sweepMs = 250;
/** Between two looks of a client at the services it calls. */
export const watchMs = 250;
/** A service without a live replica for this long is refused at once; until then calls wait for it. With two looks: less than a second. */
export const absenceGraceMs = 400;
/** Longest deadline of a request: an entry older than this cannot hold work that somebody waits for. */
export const longestDeadlineMs = 30_000;
/** An entry that Redis says is ours but that never arrived (its connection broke) is taken again after this long. */
export const orphanMs = 1_000;
/** Server side of a blocking read. */
export const blockMs = 2_000;
/** After Redis lost its data, or a connection, replies that are still under way get this long before a request counts as lost. */
export const reconcileAfterMs = 300;

/** All processes lose it at the same time: they look, and send again, at different ones. */
export function reconcileDelayMs(random: () => number = Math.random): number {
  return reconcileAfterMs * (1 + random() / 2);
}

/** A request or event that was delivered this often without an end is dead-lettered. */
export const maxDeliveries = 3;
export const maxEventDeliveries = 5;

/** Wait before the next delivery of an event whose handler failed: 0.5, 1, 2, 4 s. */
export function eventBackoffMs(deliveries: number): number {
  return 500 * 2 ** Math.min(Math.max(deliveries, 1) - 1, 6);
}

/** Wait before connection attempt `retry` (from 0): 50 ms doubling to 1 s, with jitter, for ever. */
export function reconnectDelayMs(retry: number, random: () => number = Math.random): number {
  return Math.round(Math.min(50 * 2 ** Math.min(retry, 10), 1_000) * (0.5 + random() / 2));
}

/** A client's mark in Redis lives this long without a refresh. */
export const memoryMarkMs = 15_000;

/**
 * An event on a stream is good for as long as the context under which it was published, with the tolerance for clocks.
 * What no one read by then is published again, freshly signed: the outbox sees to that.
 */
export const eventLifeMs = 90_000;
