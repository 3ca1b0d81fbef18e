import type { z } from 'zod';
import type { Role } from './principal.js';
import type { BackendService } from './services.js';

/**
 * What a redelivery (its first replica died) may do:
 * `true` run again; `'key'` run again under the idempotency key that the effect's transaction records;
 * `false` answer "outcome unknown".
 */
export type Idempotence = true | 'key' | false;

/** A request that one replica of one service executes: its wire pattern and both of its schemas. */
export interface Command<Request extends z.ZodType = z.ZodType, Response extends z.ZodType = z.ZodType> {
  readonly service: BackendService;
  readonly pattern: string;
  readonly request: Request;
  readonly response: Response;
  readonly idempotent: Idempotence;
  /** Who may ask; held at the edge and again by the service that executes. */
  readonly roles: readonly Role[];
}

export function defineCommand<Request extends z.ZodType, Response extends z.ZodType>(
  command: Command<Request, Response>,
): Command<Request, Response> {
  return Object.freeze(command);
}
