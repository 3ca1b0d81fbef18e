import { gunzip } from 'node:zlib';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Problem } from '@techze/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Limits of a JSON body (api.md, "Limits"). */
export const BODY_MAX_BYTES = 1024 * 1024;
const BATCH_MAX_BYTES = 8 * 1024 * 1024;
const DEPTH_MAX = 32;
const KEYS_MAX = 1_000;
const EVIDENCE_KEYS_MAX = 20_000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const utf8 = new TextDecoder('utf-8', { fatal: true });

interface BodyConfig {
  readonly bodyMaxBytes?: number;
  readonly batchOf?: string;
}

/**
 * The route takes a batch: up to 8 MiB, with its items under that key. An item that breaks a limit is replaced by its
 * Problem, so that it never loses the others.
 */
export function TakesBatch(batchOf: string): MethodDecorator {
  return RouteConfig({ bodyMaxBytes: BATCH_MAX_BYTES, batchOf } satisfies BodyConfig);
}

/** Takes `application/json`, plain or gzipped, and nothing else. Call before any route is added. */
export function parseJsonBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { bodyMaxBytes } = (route.config ?? {}) as BodyConfig;
    if (bodyMaxBytes !== undefined) route.bodyLimit = bodyMaxBytes;
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    readBody(request, body as Buffer, request.routeOptions.bodyLimit ?? BODY_MAX_BYTES).then(
      (value) => done(null, value),
      (error: unknown) => done(error as Error),
    );
  });
}

async function readBody(request: FastifyRequest, body: Buffer, maxBytes: number): Promise<unknown> {
  const { batchOf } = request.routeOptions.config as BodyConfig;
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return parseJson(body, batchOf);
  if (encoding !== 'gzip') throw new Problem('unsupported-media-type');
  return parseJson(await inflate(body, maxBytes), batchOf);
}

function inflate(body: Buffer, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: maxBytes }, (error, inflated) => {
      if (!error) return resolve(inflated);
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      reject(new Problem(tooLarge ? 'payload-too-large' : 'malformed-json', { cause: error }));
    });
  });
}

/**
 * An empty body is no body.
 * @param batchOf where a list of items is: each is looked at by itself, and replaced by its Problem where it has one
 * @throws Problem when it is not UTF-8 JSON, too deep, too wide, or has a key that could reach a prototype
 */
export function parseJson(body: Buffer, batchOf?: string): unknown {
  if (body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (cause) {
    throw new Problem('malformed-json', { cause });
  }
  const items = batchOf === undefined ? undefined : listIn(value, batchOf);
  if (batchOf === undefined || !items) {
    inspect(value, 1, 'outside');
    return value;
  }
  const envelope = { ...(value as object), [batchOf]: null };
  inspect(envelope, 1, 'outside');
  return { ...envelope, [batchOf]: items.map(sifted) };
}

function listIn(value: unknown, key: string): unknown[] | undefined {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return Array.isArray(list) ? list : undefined;
}

function sifted(item: unknown): unknown {
  try {
    inspect(item, 1, 'outside');
    return item;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Where a value stands: `sections.<name>.data` may be wide, for it is a machine's evidence. */
type Place = 'outside' | 'sections' | 'section' | 'evidence';

function inspect(value: unknown, depth: number, place: Place): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEPTH_MAX) throw new Problem('json-too-deep');
  if (Array.isArray(value)) {
    const inside = place === 'evidence' ? 'evidence' : 'outside';
    for (const [index, item] of value.entries()) {
      if (isTooBig(item)) value[index] = `${item}`;
      else inspect(item, depth + 1, inside);
    }
    return;
  }
  const keys = Object.keys(value);
  if (keys.length > (place === 'evidence' ? EVIDENCE_KEYS_MAX : KEYS_MAX)) throw new Problem('json-too-wide');
  for (const key of keys) {
    if (FORBIDDEN_KEYS.has(key)) throw new Problem('json-forbidden-key');
    const member = (value as Record<string, unknown>)[key];
    if (isTooBig(member)) (value as Record<string, unknown>)[key] = `${member}`;
    else inspect(member, depth + 1, placeOf(key, place));
  }
}

/** 1e400: on its way it would become null, as if nobody had said anything. As a word it stays what it is, a bad value. */
function isTooBig(value: unknown): value is number {
  return value === Infinity || value === -Infinity;
}

function placeOf(key: string, parent: Place): Place {
  if (parent === 'evidence') return 'evidence';
  if (parent === 'sections') return 'section';
  if (parent === 'section') return key === 'data' ? 'evidence' : 'outside';
  return key === 'sections' ? 'sections' : 'outside';
}
