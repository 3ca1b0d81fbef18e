import type { FastifyInstance } from 'fastify';

/** The API answers JSON only; the documentation page needs its own scripts and styles. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const DOCS_PATH = '/api/docs';

/** What every answer tells the browser that shows it. */
export function setSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    const docs = request.url.startsWith(DOCS_PATH);
    void reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': docs ? DOCS_POLICY : API_POLICY,
    });
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', docs ? 'no-cache' : 'no-store');
    if (request.protocol === 'https')
      void reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains');
    const vary = reply.getHeader('vary');
    if (vary === undefined) void reply.header('vary', 'Origin');
    done();
  });
}
