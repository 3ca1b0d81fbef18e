import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '@techze/contracts';
import { isLater, type CommitMark } from './commit-mark.js';
import type { TraceContext } from './trace-context.js';

/** What travels with one piece of work through every call, and over the transport to the next process. */
export interface RequestContext {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** Epoch milliseconds after which nobody waits for the outcome any more. */
  readonly deadline: number;
  /** Who acts; absent until a credential was verified. */
  readonly principal?: Principal;
  /** The verified token itself: handed on to the next service, which verifies it again. */
  readonly token?: string;
  readonly ipAddress?: string;
  readonly userAgent?: string;
  /** Nothing less than the newest will do: reads go to the primary. */
  readonly readPrimary?: boolean;
  /** The session's newest commit (an LSN) before this work: its reads go where that was replayed. */
  readonly readAfter?: string;
  /** Told of every commit that this work makes, here or in a service that it calls. */
  readonly commits?: CommitMark;
  /** The caller's own key: the effect of all requests that carry it happens once. */
  readonly idempotencyKey?: string;
  /** The transport's id of this very request; the same however often it is delivered. */
  readonly messageId?: string;
  /** An earlier delivery may have begun the work, or be at it still. */
  readonly redelivered?: boolean;
}

/** The commit that reads of this work must see: its own newest, or the one that its session brought along. */
export function readsAfter({ readAfter, commits }: RequestContext): string | undefined {
  const own = commits?.lsn;
  if (own === undefined || readAfter === undefined) return own ?? readAfter;
  return isLater(own, readAfter) ? own : readAfter;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the work under way, if it has one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs `work` in a copy of the current context with some members replaced. */
export function runWith<T>(changes: Partial<RequestContext>, work: () => T): T {
  const context = storage.getStore();
  if (!context) throw new Error('there is no request context to extend');
  return storage.run({ ...context, ...changes }, work);
}
