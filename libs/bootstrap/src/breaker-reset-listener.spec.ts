import type { Principal } from '@techze/contracts';
import type { Database } from '@techze/database';
import { Logger } from '@techze/observability';
import type { BroadcastHandler, RpcClient } from '@techze/transport';
import { BreakerResetListener } from './breaker-reset-listener.js';

const TENANT = 'tnt_system';

/** The listener as the transport calls it, and what it did. */
function setUp() {
  const reset: string[] = [];
  const lines: string[] = [];
  const topics = new Map<string, BroadcastHandler>();
  const rpc = { onBroadcast: (topic: string, handler: BroadcastHandler) => void topics.set(topic, handler) };
  const pool = { resetBreaker: (id: string) => reset.push(id) > 0 };
  const logger = Logger.to({ write: (line: string) => void lines.push(line) });
  new BreakerResetListener(rpc as unknown as RpcClient, { pool } as unknown as Database, logger).onModuleInit();
  const hear = (data: unknown, principal: Principal) => void topics.get('pool.breaker-reset')?.(data, principal);
  return { reset, lines, hear };
}

function person(role: Extract<Principal, { kind: 'user' }>['role']): Principal {
  return { kind: 'user', tenant_id: TENANT, sub: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70', sid: 'ses_1', role };
}

test('an operator’s reset reaches the breaker of that node', () => {
  const { reset, hear } = setUp();
  hear({ node_id: 'replica_1' }, person('operator'));
  expect(reset).toEqual(['replica_1']);
});

test.each<Principal>([
  person('viewer'),
  person('technician'),
  person('manager'),
  person('admin'),
  { kind: 'agent', tenant_id: TENANT, device_id: 'dev_1', role: 'agent' },
  { kind: 'worker', tenant_id: TENANT, service: 'automation', role: 'worker' },
])('nobody else’s does: $kind $role', (principal) => {
  const { reset, lines, hear } = setUp();
  hear({ node_id: 'replica_1' }, principal);
  expect(reset).toEqual([]);
  expect(lines.join('')).toContain('a breaker reset was refused');
});

test.each([undefined, null, 'replica_1', {}, { node_id: 7 }])('what is no reset resets nothing: %p', (data) => {
  const { reset, hear } = setUp();
  expect(() => hear(data, person('operator'))).toThrow();
  expect(reset).toEqual([]);
});
