import { type Failure, isFailure } from '../failure.js';
import { type Access, isDevice } from '../upload/access.js';
import { UnreachableFailure } from '../upload/api-client.js';
import type { Delivery } from '../upload/diagnostics-api.js';
import type { Spool } from './spool.js';
import { CorruptEntryError, type SpooledDiagnostic, type SpoolEntry } from './spooled-file.js';

/** The server remembers a key for a day: a try of unknown outcome that is older has to be looked up. */
const KEY_REMEMBERED_MS = 20 * 3_600_000;
/** Around the window in which it was tried: this machine's clock may be wrong. */
const CLOCK_MARGIN_MS = 86_400_000;
/** Diagnostics that break the server are stepped over, as long as it is not all of them. */
const MAX_STEPPED_OVER = 3;

export type Stored = Extract<Delivery, { outcome: 'stored' }>;

export interface SendOptions {
  /** Ways in; each diagnostic goes only where it was meant to go, as whom it was collected. */
  accesses: readonly Access[];
  agentId: string | undefined;
  now: () => number;
  onStored?: (entry: SpoolEntry, stored: Stored, access: Access) => void;
  /** Words for a person about a diagnostic that was not sent and will not be. */
  onLost?: (entry: SpoolEntry, words: string, failure?: Failure) => void;
}

export interface SendReport {
  stored: number;
  rejected: number;
  corrupt: number;
  /** What waits for credentials that are not here. */
  withoutAccess: number;
  /** Why it stopped before the end, or stepped over some. */
  failure: Failure | undefined;
  retryAfterMs: number;
}

type Sent =
  | { outcome: 'stored' | 'rejected' | 'corrupt' | 'gone' | 'withoutAccess' }
  | { outcome: 'kept'; failure: Failure; retryAfterMs: number; serverBroke: boolean };

/** Sends what waits, oldest first. Stops where the next would fare no better. Call it with the spool's lock held. */
export async function sendSpooled(spool: Spool, options: SendOptions): Promise<SendReport> {
  const counts = { stored: 0, rejected: 0, corrupt: 0, withoutAccess: 0 };
  const report: SendReport = { ...counts, failure: undefined, retryAfterMs: 0 };
  let steppedOver = 0;
  for (const entry of spool.list()) {
    const sent = await sendOne(spool, entry, options);
    if (sent.outcome === 'gone') continue;
    if (sent.outcome !== 'kept') {
      report[sent.outcome] += 1;
      continue;
    }
    report.failure = sent.failure;
    report.retryAfterMs = sent.retryAfterMs;
    steppedOver += 1;
    if (!sent.serverBroke || steppedOver > MAX_STEPPED_OVER) break;
  }
  return report;
}

async function sendOne(spool: Spool, entry: SpoolEntry, options: SendOptions): Promise<Sent> {
  let diagnostic: SpooledDiagnostic | undefined;
  try {
    diagnostic = spool.read(entry);
  } catch (error) {
    if (!(error instanceof CorruptEntryError)) throw error;
    spool.quarantine(entry);
    options.onLost?.(entry, `is damaged (${error.message}) and was put aside`);
    return { outcome: 'corrupt' };
  }
  if (diagnostic === undefined) return { outcome: 'gone' };
  const access = options.accesses.find((each) => each.serves(diagnostic));
  if (access !== undefined) return deliver(spool, entry, diagnostic, access, options);
  if (!isOfAnEarlierEnrolment(diagnostic, options.accesses)) return { outcome: 'withoutAccess' };
  const words = `was collected as ${diagnostic.sender}, and this machine has been enrolled anew since`;
  spool.reject(entry, { message: `It ${words}.`, hints: [] });
  options.onLost?.(entry, `${words}: it was put aside`);
  return { outcome: 'rejected' };
}

/** The credential of that enrolment is gone for good: nobody can ever send it as that device. */
function isOfAnEarlierEnrolment({ sender }: SpooledDiagnostic, accesses: readonly Access[]): boolean {
  return isDevice(sender) && accesses.some((access) => isDevice(access.sender));
}

async function deliver(
  spool: Spool,
  entry: SpoolEntry,
  { payload }: SpooledDiagnostic,
  access: Access,
  options: SendOptions,
): Promise<Sent> {
  try {
    const bearer = await access.logIn();
    if (await wasStoredLongAgo(entry, payload, access, options)) {
      spool.remove(entry);
      return { outcome: 'stored' };
    }
    const tried = spool.markTried(entry, new Date(options.now()));
    if (tried === undefined) return { outcome: 'gone' };
    const delivery = await access.api.deliver(payload, tried.key, bearer);
    if (delivery.outcome === 'kept') return delivery;
    if (delivery.outcome === 'stored') {
      spool.remove(tried);
      options.onStored?.(tried, delivery, access);
      return { outcome: 'stored' };
    }
    const { failure } = delivery;
    spool.reject(tried, { message: failure.message, hints: failure.hints });
    options.onLost?.(tried, 'was refused for good and put aside', failure);
    return { outcome: 'rejected' };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const retryAfterMs = error instanceof UnreachableFailure ? error.retryAfterMs : 0;
    return { outcome: 'kept', failure: error, retryAfterMs, serverBroke: false };
  }
}

/** Answers get lost. Within a day the server knows the key; later it is asked for the diagnostic itself. */
async function wasStoredLongAgo(
  { firstTriedAt }: SpoolEntry,
  payload: string,
  access: Access,
  { agentId, now }: SendOptions,
): Promise<boolean> {
  if (firstTriedAt === null || agentId === undefined) return false;
  if (Math.abs(now() - firstTriedAt.getTime()) < KEY_REMEMBERED_MS) return false;
  const { collected_at: collectedAt } = JSON.parse(payload) as { collected_at: string };
  const [from, to] = [firstTriedAt.getTime() - CLOCK_MARGIN_MS, now() + CLOCK_MARGIN_MS];
  const window = { from: new Date(Math.min(from, to)), to: new Date(Math.max(from, to)) };
  return access.api.isStored({ agentId, collectedAt, ...window }, await access.logIn());
}
