import { isUtf8 } from 'node:buffer';
import { gunzip } from 'node:zlib';
import { RouteConfig } from '@nestjs/platform-fastify';
import { inspectJson, Problem, UnparsedJson } from '@techze/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Limits of a JSON body (api.md, "Limits"). */
export const BODY_MAX_BYTES = 1024 * 1024;
const BATCH_MAX_BYTES = 8 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

interface BodyConfig {
  readonly bodyMaxBytes?: number;
  readonly batchOf?: string;
  readonly unparsed?: true;
}

/**
 * The route takes a batch: up to 8 MiB, with its items under that key. An item that breaks a limit is replaced by its
 * Problem, so that it never loses the others.
 */
export function TakesBatch(batchOf: string): MethodDecorator {
  return RouteConfig({ bodyMaxBytes: BATCH_MAX_BYTES, batchOf } satisfies BodyConfig);
}

/**
 * The route takes up to 8 MiB and hands it on as it is: parsing so much would hold up everybody else's requests. Who
 * parses it there keeps the limits (`inspectJson`).
 */
export function TakesUnparsed(): MethodDecorator {
  return RouteConfig({ bodyMaxBytes: BATCH_MAX_BYTES, unparsed: true } satisfies BodyConfig);
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
  const { batchOf, unparsed } = request.routeOptions.config as BodyConfig;
  const read = (bytes: Buffer) => (unparsed && bytes.length > 0 ? unparsedJson(bytes) : parseJson(bytes, batchOf));
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return read(body);
  if (encoding !== 'gzip') throw new Problem('unsupported-media-type');
  return read(await inflate(body, maxBytes));
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
    inspectJson(value);
    return value;
  }
  const envelope = { ...(value as object), [batchOf]: null };
  inspectJson(envelope);
  return { ...envelope, [batchOf]: items.map(sifted) };
}

/** Not even a string is made of it. */
function unparsedJson(body: Buffer): UnparsedJson {
  if (!isUtf8(body)) throw new Problem('malformed-json');
  return new UnparsedJson(body);
}

function listIn(value: unknown, key: string): unknown[] | undefined {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return Array.isArray(list) ? list : undefined;
}

function sifted(item: unknown): unknown {
  try {
    inspectJson(item);
    return item;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
