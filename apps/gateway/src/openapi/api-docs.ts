import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ProblemDocument } from '@techze/contracts';
import { z } from 'zod';
import { describeKeyScopes } from './key-scopes.js';
import { describeRateLimits } from './rate-limits.js';

const DESCRIPTION = `Keeps fleets of computers healthy: dated diagnostics, explained scores, many tenants kept apart by the database itself.

Errors are problem+json (RFC 9457); ids are opaque; times are RFC 3339 in UTC; lists answer \`{data, page}\`.

An API key may what its role may, on the operations whose \`x-api-key-scope\` it has; an operation without one takes no key.

Every operation counts against the rate limit of its class, per user, agent or API key, and per source address before log-in. \`RateLimit-Policy\` and \`RateLimit\` (draft-ietf-httpapi-ratelimit-headers-10) say what it is and what is left of it: \`"diagnostics";q=50;w=60\` and \`"diagnostics";r=49;t=60\`. Beyond it the answer is 429 with \`Retry-After\`.`;

/** The OpenAPI document, from the controllers and the contracts alone. */
export function buildApiDocument(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('TechZe Diagnostic Service')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, description);
  // No parameter or answer names it by its schema: each status of problems has the one media type.
  const problem = z.toJSONSchema(ProblemDocument).$defs?.Problem;
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...(problem && { Problem: problem as object }) },
  };
  describeRateLimits(document);
  describeKeyScopes(document);
  return document;
}

/** The document at `/api/openapi.json` and its reader at `/api/docs`; built when first asked for. */
export function serveApiDocs(app: INestApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('api/docs', app, () => (document ??= buildApiDocument(app)), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'TechZe API',
  });
}
