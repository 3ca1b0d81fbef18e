import type { BackendService, EventType } from '@techze/contracts';

export interface OutboxOptions {
  /** The process's service: the consumer that its inbox stands for. */
  readonly service: BackendService;
  /** Every kind of event that this release knows, whoever writes or reads it: any process may relay any of them. */
  readonly events: readonly EventType[];
}
export const OUTBOX_OPTIONS = Symbol('outbox options');
