import { BaseRpcContext } from '@nestjs/microservices';

interface Received {
  readonly id: string;
  readonly pattern: string;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Nest's view of a received message: the second argument of handlers, and what the processing hooks see. */
export class StreamsContext extends BaseRpcContext<[received: Received, deliveries: number]> {
  get received(): Received {
    return this.args[0];
  }
  getId(): string {
    return this.received.id;
  }
  getPattern(): string {
    return this.received.pattern;
  }
  /** What the caller's `setOnDispatchHook` attached. */
  getMetadata(): Readonly<Record<string, string>> | undefined {
    return this.received.metadata;
  }
  getDeliveries(): number {
    return this.args[1];
  }
}
