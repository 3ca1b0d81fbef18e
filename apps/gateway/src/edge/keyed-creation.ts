import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { currentContext } from '@techze/observability';
import type { FastifyReply } from 'fastify';

/** What any route that takes an Idempotency-Key may answer about it. */
export const keyProblems = ['idempotency-key-in-use', 'idempotency-key-reused', 'outcome-unknown'] as const;

/** A route that makes one resource, once a key: 201, and documents Idempotency-Key. */
export function KeyedCreation(): MethodDecorator {
  return applyDecorators(
    HttpCode(201),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
    }),
  );
}

/** Says that this answer was given before. Without a key it was the transport that asked twice, and nobody else's business. */
export function sayReplayed(reply: FastifyReply, replayed: boolean): void {
  if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
}
