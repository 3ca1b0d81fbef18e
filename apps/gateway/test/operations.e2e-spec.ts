import { diagnosticBody } from './support/diagnostics.js';
import { Api } from './support/api.js';

const api = new Api();

describe('every process', () => {
  const ports = Object.entries(api.suite.services).flatMap(([service, instances]) =>
    instances.map(({ port }) => [service, port] as const),
  );
  const ask = (port: number, path: string) => fetch(`http://127.0.0.1:${port}${path}`);

  it.each(ports)('%s is live, ready and healthy, in the documented words', async (_service, port) => {
    expect((await ask(port, '/live')).status).toBe(200);
    expect((await ask(port, '/ready')).status).toBe(200);
    const health = await ask(port, '/health');
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({
      status: 'healthy',
      checks: { database: true, redis: true, pool: true },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  it.each(ports)('%s has the documentation’s HTTP and database metrics', async (_service, port) => {
    const metrics = await (await ask(port, '/metrics')).text();
    for (const name of [
      'http_requests_total',
      'http_request_duration_seconds',
      'http_requests_in_progress',
      'db_connections_active',
      'db_query_duration_seconds',
      'db_errors_total',
      'advanced_pool_connections',
      'advanced_pool_connections_max',
      'advanced_pool_operations_total',
      'advanced_pool_latency_seconds',
      'advanced_pool_circuit_breaker',
      'cache_hits_total',
      'cache_misses_total',
      'cache_operations_duration_seconds',
    ]) {
      expect(metrics).toContain(`# TYPE ${name} `);
    }
    expect(metrics).toMatch(/http_requests_total\{method="GET",route="\/ready",status="200"\} \d+/);
    expect(metrics).not.toMatch(/tnt_[0-9a-f]{32}/);
  });
});

describe('the gateway', () => {
  it('knows the whole suite', async () => {
    const { status, body } = await api.call('/api/v1/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'healthy', checks: { database: true, redis: true, pool: true } });
    expect(body.services).toEqual(
      ['diagnostics', 'ai', 'automation', 'analytics'].map((service) => ({ service, status: 'healthy', replicas: 1 })),
    );
  });

  it('counts routes as templates, and hits and misses of the cache', async () => {
    const token = await api.tokenOf('technician');
    const { id } = (await api.call('/api/v1/diagnostics', { token, json: diagnosticBody() })).body;
    for (let time = 0; time < 2; time += 1) await api.call(`/api/v1/diagnostics/${id}`, { token });
    const metrics = (await api.call('/metrics')).text;
    expect(metrics).toContain('route="/api/v1/diagnostics/:id",status="200"');
    expect(metrics).not.toContain(id);
    const [diagnostics] = api.suite.services.diagnostics ?? [];
    const cached = await (await fetch(`http://127.0.0.1:${diagnostics?.port}/metrics`)).text();
    expect(cached).toMatch(/cache_hits_total\{cache="diagnostics"\} [1-9]/);
    expect(cached).toMatch(/cache_misses_total\{cache="diagnostics"\} [1-9]/);
  });

  it('serves its contract: every operation has a summary, its answers and its problems', async () => {
    expect((await api.call('/api/docs')).status).toBe(200);
    const document = (await api.call('/api/openapi.json')).body;
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.values<Record<string, { summary?: string; operationId?: string; responses: object }>>(
      document.paths,
    ).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThanOrEqual(8);
    for (const { summary, operationId, responses } of operations) {
      for (const [status, { content = {} }] of Object.entries<{
        content?: Record<string, { schema: { $ref?: string } }>;
      }>(responses as never)) {
        const [media] = Object.values(content);
        const name = media?.schema.$ref?.split('/').at(-1);
        if (name !== undefined)
          expect([status, name, document.components.schemas[name]]).toEqual([
            status,
            name,
            expect.objectContaining({ example: expect.anything() }),
          ]);
      }
      expect(summary).toEqual(expect.any(String));
      expect(operationId).toEqual(expect.any(String));
      expect(Object.keys(responses).length).toBeGreaterThan(0);
    }
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    for (const reference of new Set(references)) {
      const name = /^"\$ref":"#\/components\/schemas\/(\w+)"$/.exec(reference)?.[1];
      expect([reference, name !== undefined && name in document.components.schemas]).toEqual([reference, true]);
    }
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['CreateDiagnostic', 'Diagnostic', 'Finding', 'Health', 'Problem']),
    );
  });

  it('documents nothing that it does not route, and routes nothing for services whose time is to come', async () => {
    const { paths } = (await api.call('/api/openapi.json')).body;
    const areas = Object.keys(paths).flatMap((path) => /^\/api\/v3\/([^/]+)/.exec(path)?.[1] ?? []);
    expect([...new Set(areas)].sort()).toEqual(['ai', 'pool']);
    for (const path of ['automation/workflows', 'analytics/dashboard'])
      expect((await api.call(`/api/v3/${path}`)).status).toBe(404);
  });
});
