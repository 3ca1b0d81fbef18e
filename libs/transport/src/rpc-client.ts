import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { Problem, services, type BackendService, type Command, type Idempotence } from '@techze/contracts';
import { currentContext, formatTraceparent, Logger, readsAfter } from '@techze/observability';
import type { z } from 'zod';
import { Broadcasts, type BroadcastHandler } from './broadcasts.js';
import { isRequest, MAX_ENTRY_BYTES, MAX_USER_AGENT, type ReplyEnvelope, type RequestEnvelope } from './envelope.js';
import { LostRequests } from './lost-requests.js';
import { PendingCalls } from './pending-calls.js';
import { RedisConnections } from './redis-connections.js';
import { ReplicaWatch } from './replica-watch.js';
import { ReplyChannel } from './reply-channel.js';
import { RequestSender } from './request-sender.js';
import { longestDeadlineMs } from './timings.js';
import { transportConfig, type TransportConfig } from './transport.config.js';
import { transportCallsTotal, transportIgnoredRepliesTotal } from './transport.metrics.js';

export interface CallOptions {
  /** At most this long, and never beyond the deadline of the work under way. */
  deadlineMs?: number;
}

/** Calls the services: one request, one execution by one of the replicas, one answer or one Problem. */
@Injectable()
export class RpcClient extends ClientProxy implements OnModuleInit, OnApplicationShutdown {
  private readonly pending = new PendingCalls();
  private readonly replies: ReplyChannel;
  private readonly watch: ReplicaWatch;
  private readonly sender: RequestSender;
  private readonly lost: LostRequests;

  constructor(
    @Inject(transportConfig.token) private readonly config: TransportConfig,
    connections: RedisConnections,
    private readonly broadcasts: Broadcasts,
    logger: Logger,
  ) {
    super();
    const log = logger.named('transport');
    this.replies = new ReplyChannel(connections);
    this.watch = new ReplicaWatch(connections.commands, (service) => this.sender.onLook(service), log);
    this.sender = new RequestSender(connections.commands, this.watch, this.pending, log);
    this.lost = new LostRequests(connections, this.pending, this.sender, log);
  }

  onModuleInit(): void {
    this.replies.open((reply) => this.settle(reply));
    this.watch.start();
    this.lost.start();
  }

  /**
   * Who acts, the trace, the deadline and the idempotency key are those of the work under way; what it wrote is seen
   * there, and it is told of what was written there.
   * @throws Problem: the handler's own, or invalid-token, deadline-exceeded, service-unavailable, overloaded,
   *   outcome-unknown, payload-too-large
   */
  call<Request extends z.ZodType, Response extends z.ZodType>(
    command: Command<Request, Response>,
    data: z.input<Request>,
    options: CallOptions = {},
  ): Promise<z.output<Response>> {
    const packet = this.createPacket(command.pattern, data);
    return this.dispatch(command.service, command.idempotent, packet, options) as Promise<z.output<Response>>;
  }

  /**
   * Refuses at once what could only wait in vain. Each call does; who has costs before the call asks first.
   * @throws Problem service-unavailable, overloaded
   */
  admit(service: BackendService): void {
    if (this.watch.isAbsent(service))
      throw new Problem('service-unavailable', { cause: `no live replica of ${service}` });
    const { maxPending } = this.config;
    if (this.pending.countOf(service) >= maxPending || this.watch.of(service).lag >= maxPending)
      throw new Problem('overloaded', { cause: `too much waits for ${service}` });
  }

  /** Live replicas of a service as last seen; 0 before the first look. */
  replicas(service: BackendService): number {
    return this.watch.of(service).live ?? 0;
  }

  /** Tells every process. @throws Problem('invalid-token') without a token, Problem('service-unavailable') without Redis */
  broadcast(topic: string, data: unknown, options: { token?: string } = {}): Promise<void> {
    return this.broadcasts.send(topic, data, options.token);
  }

  onBroadcast(topic: string, handler: BroadcastHandler): void {
    this.broadcasts.on(topic, handler);
  }

  /** Nothing to do: connections come and go by themselves. */
  override async connect(): Promise<void> {}

  override close(): void {
    this.watch.stop();
    this.lost.stop();
    for (const call of [...this.pending.all()]) this.pending.giveUp(call, 'this process is shutting down');
  }

  onApplicationShutdown(): void {
    this.close();
  }

  override unwrap<T>(): T {
    return this.replies as T;
  }

  /** Nest's `send`: the service is the first part of the pattern; nothing is known of its idempotence. */
  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const service = services.find((name) => String(packet.pattern).startsWith(`${name}.`));
    if (!service || service === 'gateway') throw new Error(`no service answers ${String(packet.pattern)}`);
    this.dispatch(service, false, packet, {}).then(
      (response) => callback({ response, isDisposed: true }),
      (err: unknown) => callback({ err }),
    );
    return () => undefined;
  }

  /** Nest's `emit`: to every process. */
  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    await this.broadcast(String(packet.pattern), packet.data);
    return undefined as T;
  }

  private dispatch(
    service: BackendService,
    idempotent: Idempotence,
    packet: ReadPacket,
    options: CallOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request = this.envelope(packet, options);
      this.admit(service);
      if (!isRequest(request)) throw new Problem('internal', { cause: 'a request that no service would take' });
      const wire = JSON.stringify(request);
      if (wire.length + 2 > MAX_ENTRY_BYTES) throw new Problem('payload-too-large');
      const { id, deadline } = request;
      const { commits } = currentContext() ?? {};
      const call = {
        id,
        service,
        idempotent,
        deadline,
        wire,
        commits,
        resolve,
        reject,
        entryId: undefined,
        sent: false,
        resends: 0,
      };
      this.pending.add(call);
      this.sender.enqueue(call);
    });
  }

  private envelope(packet: ReadPacket, { deadlineMs = this.config.deadlineMs }: CallOptions): RequestEnvelope {
    const context = currentContext();
    if (context?.token === undefined) throw new Problem('invalid-token', { cause: 'a call needs a signed context' });
    const now = Date.now();
    const deadline = Math.min(context.deadline, now + Math.min(deadlineMs, longestDeadlineMs));
    if (deadline <= now) throw new Problem('deadline-exceeded');
    return {
      id: randomUUID(),
      pattern: String(packet.pattern),
      data: packet.data as unknown,
      reply: this.replies.name,
      deadline,
      token: context.token,
      request_id: context.requestId,
      traceparent: formatTraceparent(context.trace),
      tracestate: context.trace.tracestate,
      idempotency_key: context.idempotencyKey,
      ip_address: context.ipAddress,
      user_agent: context.userAgent?.slice(0, MAX_USER_AGENT),
      read_primary: context.readPrimary,
      read_after: readsAfter(context),
      metadata: packet.metadata,
    };
  }

  private settle(reply: ReplyEnvelope): void {
    const call = this.pending.take(reply.id);
    if (!call) return transportIgnoredRepliesTotal.inc();
    const { service } = call;
    const outcome = reply.problem?.code ?? 'ok';
    transportCallsTotal.add(`${service} ${outcome}`, () => ({ service, outcome }));
    if (reply.lsn !== undefined) call.commits?.advance(reply.lsn);
    if (reply.problem) call.reject(Problem.fromMessage(reply.problem));
    else call.resolve(reply.data);
  }
}
