import type { BackendService } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { fieldsOf } from './consumer-census.js';
import { keysOf, memoryMarkOf } from './keys.js';
import type { PendingCall, PendingCalls } from './pending-calls.js';
import type { RedisConnections } from './redis-connections.js';
import type { RequestSender } from './request-sender.js';
import { isBefore } from './stream-entry.js';
import { memoryMarkMs, reconcileDelayMs, watchMs } from './timings.js';
import { transportResendsTotal } from './transport.metrics.js';

/**
 * Notices when requests or replies may have been lost (Redis forgot its data, or a connection broke), and then looks for
 * each unanswered request: one that is neither waiting nor being worked on is sent again if that is safe.
 */
export class LostRequests {
  private timer: NodeJS.Timeout | undefined;
  private readonly forget: (() => void)[] = [];
  private readonly reconciliations = new Set<NodeJS.Timeout>();
  private marking = false;

  constructor(
    private readonly connections: RedisConnections,
    private readonly pending: PendingCalls,
    private readonly sender: RequestSender,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.mark(), watchMs);
    this.timer.unref();
    const { commands, subscriber } = this.connections;
    this.forget.push(
      commands.onReady(() => this.suspect()),
      subscriber.onReady(() => this.suspect()),
    );
  }

  stop(): void {
    clearInterval(this.timer);
    for (const timer of this.reconciliations) clearTimeout(timer);
    for (const forget of this.forget) forget();
  }

  /** Refreshes this process's mark in Redis; while there is none, Redis may have forgotten whatever was sent. */
  private async mark(): Promise<void> {
    const { commands, processName } = this.connections;
    if (this.marking || !commands.isReady) return;
    this.marking = true;
    const key = memoryMarkOf(processName);
    try {
      if ((await commands.send<number>(['PEXPIRE', key, String(memoryMarkMs)])) === 0) {
        this.suspect();
        await commands.send(['SET', key, '1', 'PX', String(memoryMarkMs)]);
      }
    } catch (error) {
      this.logger.debug('a memory mark failed', { reason: String(error) });
    } finally {
      this.marking = false;
    }
  }

  /** Looks after a while for what is under way now; what is sent from here on is safe, or the next mark tells. */
  private suspect(): void {
    const suspects = [...this.pending.all()];
    if (suspects.length === 0) return;
    const timer = setTimeout(() => {
      this.reconciliations.delete(timer);
      this.reconcile(suspects.filter((call) => this.pending.has(call))).catch((error: unknown) =>
        this.logger.debug('a reconciliation failed', { reason: String(error) }),
      );
    }, reconcileDelayMs());
    this.reconciliations.add(timer);
  }

  private async reconcile(suspects: readonly PendingCall[]): Promise<void> {
    const frames = new Map<string, PendingCall[]>();
    for (const call of suspects) {
      if (call.entryId === undefined) continue;
      const frame = frames.get(`${call.service} ${call.entryId}`);
      if (frame) frame.push(call);
      else frames.set(`${call.service} ${call.entryId}`, [call]);
    }
    await Promise.all([...frames.values()].map((frame) => this.reconcileFrame(frame)));
  }

  private async reconcileFrame(frame: readonly PendingCall[]): Promise<void> {
    const [first] = frame;
    // By value: sending the first again takes its entry away, and must not hide the others of its frame.
    const entryId = first?.entryId;
    if (!first || entryId === undefined || !(await this.isLost(first.service, entryId))) return;
    for (const call of frame) {
      if (!this.pending.has(call) || call.entryId !== entryId) continue;
      if (!this.pending.takeResend(call)) {
        this.pending.giveUp(call, 'Redis lost the request or its reply');
        continue;
      }
      transportResendsTotal.inc({ service: call.service });
      call.entryId = undefined;
      this.sender.enqueue(call);
    }
  }

  /** Neither unread nor in anybody's hands. */
  private async isLost(service: BackendService, entryId: string): Promise<boolean> {
    const key = keysOf(service).rpc;
    // In this order: an entry that is read in between was unread when first looked at.
    const [groups, pending, entry] = await this.connections.commands.pipeline([
      ['XINFO', 'GROUPS', key],
      ['XPENDING', key, service, entryId, entryId, '1'],
      ['XRANGE', key, entryId, entryId],
    ]);
    if (entry?.status !== 'fulfilled') return false;
    if (pending?.status === 'fulfilled' && (pending.value as unknown[]).length > 0) return false;
    if ((entry.value as unknown[]).length === 0) return true;
    const rows = groups?.status === 'fulfilled' ? (groups.value as readonly (readonly unknown[])[]) : [];
    const group = rows.map(fieldsOf).find((row) => row.get('name') === service);
    return group !== undefined && !isBefore(String(group.get('last-delivered-id')), entryId);
  }
}
