import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IfMatch as Versions } from '@techze/contracts';
import type { FastifyRequest } from 'fastify';

const STRONG_TAG = /^"v(\d{1,9})"$/;
const MAX_TAGS = 100;

/**
 * The versions that If-Match names (RFC 9110: compared strongly, so a weak tag matches nothing).
 * Absent or `*`: any version will do, since what is not there is 404 anyway.
 */
export function versionsOf(header: string | undefined): Versions {
  const tags = header?.split(',').map((tag) => tag.trim());
  if (!tags || tags.includes('*')) return undefined;
  return tags.slice(0, MAX_TAGS).flatMap((tag) => {
    const match = STRONG_TAG.exec(tag);
    return match ? [Number(match[1])] : [];
  });
}

/** The request's If-Match, as the command takes it. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  versionsOf(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);
