import { PoolHealth, PoolMetrics, PoolStats, services, SYSTEM_TENANT_ID } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { rows } from './support/rows.js';

const RESET = '/api/v3/pool/nodes/replica/reset';
const READS = ['/api/v3/pool/metrics', '/api/v3/pool/health', '/api/v3/pool/stats'];

interface Process {
  readonly service: string;
  readonly instance: string;
  readonly nodes: readonly { readonly id: string; readonly breaker: string }[];
}

describe('the pool', () => {
  const api = new Api();
  let operator: string;
  let admin: string;
  const get = (path: string, token = operator) => api.call(`/api/v3/pool/${path}`, { token });

  beforeAll(async () => {
    [operator, admin] = await Promise.all([api.tokenOf('operator'), api.tokenOf('admin')]);
    // Every process reports within two seconds of its start.
    await waitFor(async () => new Set((await get('metrics')).body.processes.map(byService)).size === services.length);
  });

  const byService = ({ service }: Process) => service;

  describe('is read by operators and admins:', () => {
    it.each(READS)('%s', async (path) => {
      expect((await api.call(path, { token: operator })).status).toBe(200);
      expect((await api.call(path, { token: admin })).status).toBe(200);
      for (const role of ['viewer', 'technician', 'manager']) {
        const answer = await api.call(path, { token: await api.tokenOf(role) });
        expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
      }
      const stranger = await api.call(path);
      expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer error="invalid_token"',
      ]);
      expect((await api.call(path, { method: 'POST', token: operator })).status).toBe(405);
    });
  });

  it('shows every process of all services and every node of each, as the contract has it', async () => {
    const { body } = await get('metrics');
    expect(PoolMetrics.strict().parse(body)).toEqual(body);
    expect(body.processes.map(byService)).toEqual([...services]);
    for (const { nodes } of body.processes) {
      expect(nodes.map(({ id }: { id: string }) => id)).toEqual(['primary', 'replica']);
      expect(nodes[0]).toMatchObject({ is_primary: true, breaker: 'closed', max: 20, lag_bytes: null, lag_ms: null });
      expect(nodes[1]).toMatchObject({ is_primary: false, breaker: 'closed', lag_ms: expect.any(Number) });
    }
    const [gateway] = body.processes;
    expect(gateway.nodes[0].throughput).toBeGreaterThan(0);
    expect(gateway.nodes[0].latency_ms.p50).toBeGreaterThan(0);
    expect(Date.parse(body.collected_at)).toBeLessThanOrEqual(Date.now());
  });

  it('has statistics since start, with the strategy in force in each process', async () => {
    const { body } = await get('stats');
    expect(PoolStats.strict().parse(body)).toEqual(body);
    expect(body.processes.map(byService)).toEqual([...services]);
    const [gateway] = body.processes;
    expect(gateway.strategy).toBe('weighted_round_robin');
    expect(gateway.nodes[0].totals.statements.ok).toBeGreaterThan(0);
    expect(gateway.nodes[0].histograms.query.buckets.at(-1)).toEqual({
      le_ms: null,
      count: gateway.nodes[0].histograms.query.count,
    });
  });

  it('is healthy, with hosts for operators and for nobody else, of whatever tenant', async () => {
    const { status, body } = await get('health');
    expect(PoolHealth.strict().parse(body)).toEqual(body);
    expect([status, body.status]).toEqual([200, 'healthy']);
    expect(body.nodes).toEqual([
      expect.objectContaining({ id: 'primary', is_primary: true, reachable: true, processes: 5, host: '127.0.0.1' }),
      expect.objectContaining({ id: 'replica', is_primary: false, weight_now: 1, last_error: null }),
    ]);
    for (const token of [admin, await api.tokenOf('admin', 1)]) {
      const answers = await Promise.all(['metrics', 'health', 'stats'].map((path) => get(path, token)));
      for (const { text } of answers) expect(text).not.toMatch(/127\.0\.0\.1|"host"|"port"|last_error/);
    }
  });

  it('is in the metrics of every process, under the documentation’s names', async () => {
    for (const [{ port } = { port: 0 }] of Object.values(api.suite.services)) {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      for (const node of ['primary', 'replica']) {
        expect(text).toMatch(new RegExp(`advanced_pool_connections\\{node="${node}",state="idle"\\} \\d`));
        expect(text).toContain(`advanced_pool_connections_max{node="${node}"} 20`);
        expect(text).toContain(`advanced_pool_circuit_breaker{node="${node}"} 0`);
        expect(text).toMatch(
          new RegExp(`advanced_pool_operations_total\\{node="${node}",operation="connect",result="ok"\\} [1-9]`),
        );
        expect(text).toMatch(new RegExp(`db_connections_active\\{node="${node}"\\} \\d`));
        expect(text).toMatch(new RegExp(`db_errors_total\\{node="${node}"\\} \\d`));
      }
      expect(text).toMatch(/advanced_pool_latency_seconds_count\{node="primary",operation="query"\} \d/);
      expect(text).toMatch(/db_query_duration_seconds_bucket\{le="\+Inf",node="primary"\} \d/);
    }
  });

  describe('a reset', () => {
    const reset = (node: string, token: string | undefined, call: object = {}) =>
      api.call(`/api/v3/pool/nodes/${node}/reset`, { method: 'POST', ...(token !== undefined && { token }), ...call });
    const recorded = () =>
      rows<Record<string, unknown>>(
        `select * from audit_events where event_type = 'BREAKER_RESET' order by timestamp desc`,
      );

    it('is accepted from an operator, and audited where operators live', async () => {
      const before = (await recorded()).length;
      const answer = await reset('replica', operator);
      expect([answer.status, answer.body]).toEqual([202, { node_id: 'replica' }]);
      const records = await recorded();
      expect(records).toHaveLength(before + 1);
      expect(records[0]).toMatchObject({
        tenant_id: SYSTEM_TENANT_ID,
        user_id: (await api.call('/api/v1/auth/me', { token: operator })).body.id,
        actor_type: 'user',
        resource_id: 'replica',
        success: true,
        request_id: answer.headers.get('x-request-id'),
      });
    });

    it('is not an admin’s, nor anybody else’s, and nothing is recorded', async () => {
      const before = (await recorded()).length;
      for (const role of ['viewer', 'technician', 'manager', 'admin'])
        expect((await reset('replica', await api.tokenOf(role))).status).toBe(403);
      expect((await reset('replica', undefined)).status).toBe(401);
      expect((await api.call(RESET, { token: operator })).status).toBe(405);
      expect(await recorded()).toHaveLength(before);
    });

    it.each(['unknown', 'Replica', 'replica%20', '%00', '..%2Freplica', 'x'.repeat(200)])(
      'of a node that is not there is 404: %s',
      async (node) => {
        const answer = await reset(node, operator);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          404,
          expect.stringContaining('application/problem+json'),
        ]);
        expect(answer.body.code).toMatch(/^(pool-node|route)-not-found$/);
      },
    );

    it.each<[number, object]>([
      [202, { raw: '', headers: { 'content-type': 'application/json' } }],
      [202, { json: {} }],
      [422, { json: { node_id: 'primary' } }],
      [422, { json: [] }],
      [422, { json: null }],
      [400, { raw: '{', headers: { 'content-type': 'application/json' } }],
      [415, { raw: 'x', headers: { 'content-type': 'text/plain' } }],
    ])('has no settings: %d for %j', async (status, call) => {
      expect((await reset('replica', operator, call)).status).toBe(status);
    });
  });
});
