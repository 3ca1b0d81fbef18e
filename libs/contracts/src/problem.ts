import { z } from 'zod';
import { problemCodes, type ProblemCode } from './problem-codes.js';

/** One fault of a request: an RFC 6901 pointer into the body, or `/` and the name of a query parameter or header. */
export const ProblemFault = z.object({ pointer: z.string(), detail: z.string() });
export type ProblemFault = z.infer<typeof ProblemFault>;

/** The body of every error answer (RFC 9457, `application/problem+json`). */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    request_id: z.string(),
    errors: z.array(ProblemFault).optional(),
  })
  .catchall(z.unknown())
  .meta({
    id: 'Problem',
    example: {
      type: 'urn:techze:problem:diagnostic-not-found',
      title: 'Diagnostic not found',
      status: 404,
      detail: 'There is no such diagnostic.',
      instance: '/api/v1/diagnostics/dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
      code: 'diagnostic-not-found',
      request_id: '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11',
    },
  });
export type ProblemDocument = z.infer<typeof ProblemDocument>;

/** What a Problem needs to cross a process boundary unchanged. */
export const ProblemMessage = z.object({
  code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]),
  errors: z.array(ProblemFault).optional(),
  details: z.record(z.string(), z.number()).optional(),
  retry_after_seconds: z.number().optional(),
});
export type ProblemMessage = z.infer<typeof ProblemMessage>;

export type ProblemDetails = Readonly<Record<string, number>>;

export interface ProblemOptions {
  /** Faults of the request, a pointer each. */
  errors?: ProblemFault[];
  /** Figures of this very problem: extension members of its document (RFC 9457, 3.2), such as `required` and `got`. */
  details?: ProblemDetails;
  /** When to try again; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** What really happened: logged, never shown. */
  cause?: unknown;
}

/** The only error that domain code throws: born once, worded once, by its code. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly errors: ProblemFault[] | undefined;
  readonly details: ProblemDetails | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ProblemCode,
    options: ProblemOptions = {},
  ) {
    const row = problemCodes[code];
    super(row.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = row.status;
    this.title = row.title;
    this.errors = options.errors;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (row.status === 503 ? 1 : undefined);
  }

  toMessage(): ProblemMessage {
    const { code, errors, details, retryAfterSeconds } = this;
    return { code, errors, details, retry_after_seconds: retryAfterSeconds };
  }

  static fromMessage(message: ProblemMessage): Problem {
    const { code, errors, details, retry_after_seconds } = message;
    return new Problem(code, {
      ...(errors && { errors }),
      ...(details && { details }),
      ...(retry_after_seconds !== undefined && { retryAfterSeconds: retry_after_seconds }),
    });
  }

  /** @param instance the request's path without its query */
  toDocument(instance: string, requestId: string): ProblemDocument {
    return {
      ...this.details,
      type: `urn:techze:problem:${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.message,
      instance,
      code: this.code,
      request_id: requestId,
      ...(this.errors && { errors: this.errors }),
    };
  }
}
