import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The API answers JSON only; the documentation page needs its own scripts and styles. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const DOCS_PATH = '/api/docs';

/** What an answer of the API tells the browser that shows it, whoever writes the answer. */
export const apiHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': API_POLICY,
  'cache-control': 'no-store',
  vary: 'Origin',
} as const;

/** Adds them to every answer that passes through the server's hooks. */
export function setSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    addSecurityHeaders(request, reply);
    done();
  });
}

/** What the handler said itself stays. */
export function addSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const docs = request.url.startsWith(DOCS_PATH);
  const headers = docs
    ? { ...apiHeaders, 'content-security-policy': DOCS_POLICY, 'cache-control': 'no-cache' }
    : apiHeaders;
  for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) void reply.header(name, value);
  if (request.protocol === 'https')
    void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
}
