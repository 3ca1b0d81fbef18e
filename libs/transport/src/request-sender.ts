import type { BackendService } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { encodeFrame, FRAME_FIELD } from './envelope.js';
import { cutFrames, frameCap } from './frame-cutter.js';
import { keysOf } from './keys.js';
import type { PendingCall, PendingCalls } from './pending-calls.js';
import { isRefusal, type RedisConnection } from './redis-connection.js';
import type { ReplicaWatch } from './replica-watch.js';

/** Puts requests on the services' streams: all of one turn of the event loop in as few frames as is fair. */
export class RequestSender {
  private readonly queues = new Map<BackendService, PendingCall[]>();
  private scheduled = false;

  constructor(
    private readonly connection: RedisConnection,
    private readonly watch: ReplicaWatch,
    private readonly pending: PendingCalls,
    private readonly logger: Logger,
  ) {}

  enqueue(call: PendingCall): void {
    const queue = this.queues.get(call.service);
    if (queue) queue.push(call);
    else this.queues.set(call.service, [call]);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      for (const service of this.queues.keys()) this.flush(service);
    });
  }

  /** After each look at a service: sends what was held for it, or gives up once it is gone for good. */
  onLook(service: BackendService): void {
    if (this.watch.isAbsent(service)) {
      this.queues.delete(service);
      for (const call of this.pending.of(service)) this.pending.giveUp(call, `no live replica of ${service}`);
    } else this.flush(service);
  }

  private flush(service: BackendService): void {
    const queue = this.queues.get(service);
    // Without a known replica, calls are held: it may be starting, or reconnecting.
    const live = this.watch.of(service).live;
    if (!queue || queue.length === 0 || !live || !this.connection.isReady) return;
    this.queues.delete(service);
    const calls = queue.filter((call) => this.pending.has(call));
    for (const frame of cutFrames(calls, frameCap(calls.length, live))) void this.send(service, frame);
  }

  private async send(service: BackendService, frame: readonly PendingCall[]): Promise<void> {
    for (const call of frame) call.sent = true;
    const text = encodeFrame(frame.map(({ wire }) => wire));
    try {
      const entryId = await this.connection.send<string>(['XADD', keysOf(service).rpc, '*', FRAME_FIELD, text]);
      for (const call of frame) call.entryId = entryId;
    } catch (error) {
      this.recover(frame, error);
    }
  }

  private recover(frame: readonly PendingCall[], error: unknown): void {
    const refused = isRefusal(error);
    this.logger.warn('sending requests failed', { requests: frame.length, reason: String(error) });
    for (const call of frame) {
      if (!this.pending.has(call)) continue;
      if (refused) call.sent = false;
      if (refused || !this.pending.takeResend(call)) this.pending.giveUp(call, error);
      else this.enqueue(call);
    }
  }
}
